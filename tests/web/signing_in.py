"""A test client that has signed in, with or without a second factor."""

import time

from django.test import Client

from sojourn.accounts.models import User
from tests.factories.accounts import SecondFactorFactory

BACKEND = "sojourn.accounts.backends.StaffBackend"


def sign_in(user: User, *, second_factor: bool = True) -> Client:
    """A client whose session holds what allauth writes after each step of sign-in."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    session = client.session
    records = [{"method": "password", "at": time.time()}]
    if second_factor:
        SecondFactorFactory(user=user)
        records.append({"method": "mfa", "at": time.time(), "type": "totp"})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
