"""The family's way in: no passphrase, no puzzle, a telephone."""

from django.urls import path

from sojourn.accounts.pages import family, passkeys
from sojourn.web.access import Access, declared

anyone, signed_in = declared(Access.PUBLIC), declared(Access.FAMILY)

urlpatterns = [
    path("", anyone(family.ask), name="family_sign_in"),
    path("code/", anyone(family.enter), name="family_code"),
    path("passkey/", anyone(passkeys.sign_in), name="family_passkey"),
    path("again/", signed_in(passkeys.again), name="family_again"),
]
