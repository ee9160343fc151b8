"""People who sign in, and their posts; programs and their keys."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password

from sojourn.accounts import phones
from sojourn.accounts.models import (
    AccessToken,
    ApiClient,
    ApiKey,
    Membership,
    Passkey,
    SignInPhone,
    User,
)
from sojourn.accounts.secrets import digest_of, fresh
from sojourn.core.actors import Role
from sojourn.core.clock import now
from tests.accounts.device import Device

PASSPHRASE = "候鸟 南飞 过冬 北归 有时"


class UserFactory(factory.django.DjangoModelFactory):
    """Someone who can sign in with PASSPHRASE and holds no post."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"样例·工作人员{n}")
    password = factory.LazyFunction(lambda: make_password(PASSPHRASE))


def keep_phone(user_id: UUID, number: str) -> str:
    """This user signs in with this telephone."""
    SignInPhone.objects.create(
        user_id=user_id,
        phone_index=phones.index_of(number),
        phone_cipher=phones.sealed(number, table=phones.OF_ACCOUNTS, row=user_id),
        since=now(),
    )
    return number


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


class PasskeyFactory(factory.django.DjangoModelFactory):
    """A passkey that ``device`` holds (tests.accounts.device), for localhost."""

    class Meta:
        model = Passkey

    class Params:
        device = factory.LazyFunction(Device)

    user = factory.SubFactory(UserFactory)
    name = "我的手机"
    domain = "localhost"
    credential_id = factory.LazyAttribute(lambda passkey: passkey.device.credential_id)
    public_key = factory.LazyAttribute(lambda passkey: passkey.device.public_key)
    sign_count = 0
    created_at = factory.LazyFunction(now)


class ApiClientFactory(factory.django.DjangoModelFactory):
    """A program that may read about facilities, and acts for one in a county of 广州."""

    class Meta:
        model = ApiClient

    name = factory.Sequence(lambda n: f"样例·护理系统{n}")
    holder_kind = "facility"
    holder_id = factory.LazyFunction(uuid4)
    holder_number = "FC44-000001-0"
    division_code = "440106"
    scopes = factory.List(["facilities.read"])


class ApiKeyFactory(factory.django.DjangoModelFactory):
    """A live key whose secret is ``secret``."""

    class Meta:
        model = ApiKey

    class Params:
        secret = factory.LazyFunction(lambda: fresh("sjk_"))

    client = factory.SubFactory(ApiClientFactory)
    place = 1
    digest = factory.LazyAttribute(lambda key: digest_of(key.secret))
    expires_on = date(2099, 1, 1)


def token_of(key: ApiKey, scopes: list[str]) -> str:
    """A live access token of this key."""
    secret = fresh("sjt_")
    lasting = now() + timedelta(minutes=10)
    AccessToken.objects.create(digest=digest_of(secret), key=key, scopes=scopes, expires_at=lasting)
    return secret
