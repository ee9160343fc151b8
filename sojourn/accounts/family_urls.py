"""The family's way in: no passphrase, no puzzle, a telephone."""

from django.urls import path

from sojourn.accounts.pages import family
from sojourn.web.access import Access, declared

anyone = declared(Access.PUBLIC)

urlpatterns = [
    path("", anyone(family.ask), name="family_sign_in"),
    path("code/", anyone(family.enter), name="family_code"),
]
