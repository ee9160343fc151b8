"""What a family keeps of her own sign-in."""

from django.urls import path

from sojourn.accounts.pages import passkeys, sessions
from sojourn.web.access import Access, declared

family = declared(Access.FAMILY)

urlpatterns = [
    path("sessions/", family(sessions.show_family), name="my_sessions"),
    path("passkeys/", family(passkeys.show), name="my_passkeys"),
    path("passkeys/new/", family(passkeys.add), name="my_passkey_new"),
    path("passkeys/<uuid:pk>/remove/", family(passkeys.remove), name="my_passkey_remove"),
]
