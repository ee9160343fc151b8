"""Sign-in under our addresses, each page with its declared access; the names are those allauth looks for."""

from django.urls import path

from sojourn.accounts.pages import sessions
from sojourn.accounts.pages import staff as pages
from sojourn.accounts.pages import staff_passkeys as passkeys
from sojourn.web.access import Access, declared

anyone, signed_in = declared(Access.PUBLIC), declared(Access.SIGNED_IN)

urlpatterns = [
    path("sign-in/", anyone(pages.sign_in), name="account_login"),
    path("sign-in/code/", anyone(passkeys.prove_code), name="mfa_authenticate"),
    path("sign-in/passkey/", anyone(passkeys.prove_passkey), name="staff_passkey"),
    # Also for whoever gave a passphrase and not yet a code: she may turn back.
    path("sign-out/", anyone(pages.sign_out), name="account_logout"),
    path("passphrase/", signed_in(pages.change_passphrase), name="account_change_password"),
    path("confirm/", signed_in(pages.confirm), name="account_reauthenticate"),
    path("confirm/code/", signed_in(passkeys.confirm_code), name="mfa_reauthenticate"),
    path("confirm/passkey/", signed_in(passkeys.confirm_passkey), name="mfa_reauthenticate_webauthn"),
    path("sessions/", signed_in(sessions.show_staff), name="staff_sessions"),
    path("second-factor/", signed_in(passkeys.show_second_factor), name="mfa_index"),
    path("second-factor/set-up/", signed_in(pages.set_up_second_factor), name="mfa_activate_totp"),
    path("second-factor/remove/", signed_in(pages.remove_second_factor), name="mfa_deactivate_totp"),
    path("recovery-codes/", signed_in(pages.show_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", signed_in(pages.renew_recovery_codes), name="mfa_generate_recovery_codes"),
    path("passkeys/new/", signed_in(passkeys.add_passkey), name="staff_passkey_new"),
    path("passkeys/<uuid:pk>/remove/", signed_in(passkeys.remove_passkey), name="staff_passkey_remove"),
]
