"""People who sign in, and their posts."""

from datetime import date

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password

from sojourn.accounts.models import Membership, User
from sojourn.core.actors import Role

PASSPHRASE = "候鸟 南飞 过冬 北归 有时"


class UserFactory(factory.django.DjangoModelFactory):
    """Someone who can sign in with PASSPHRASE and holds no post."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"样例·工作人员{n}")
    password = factory.LazyFunction(lambda: make_password(PASSPHRASE))


class MembershipFactory(factory.django.DjangoModelFactory):
    """A post held since the bases were designated; by default of an officer of a county."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.OFFICER
    division_code = "440106"
    valid_from = date(2021, 11, 15)


class SecondFactorFactory(factory.django.DjangoModelFactory):
    """An authenticator app that shows the codes of ``secret``."""

    class Meta:
        model = Authenticator

    class Params:
        secret = factory.LazyFunction(generate_totp_secret)

    user = factory.SubFactory(UserFactory)
    type = Authenticator.Type.TOTP
    data = factory.LazyAttribute(lambda factor: {"secret": encrypt(factor.secret)})
