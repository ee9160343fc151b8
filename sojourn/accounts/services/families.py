"""Families and older people sign in by telephone: a code is asked for, and whoever types it is who has the telephone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sojourn.accounts import courier, lockout, phones
from sojourn.accounts.errors import AccountClosed, CodesAskedTooOften, PhoneUnreadable, SignInLocked
from sojourn.accounts.models import Membership, SignInCode, SignInPhone, User
from sojourn.accounts.services.staffing import forgive_try, hold, note_sign_in, take_try
from sojourn.accounts.states import CodeWay
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.ids import uuid7
from sojourn.core.masking import mask_phone
from sojourn.core.phones import dialled, is_mobile
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

DIGITS = 6
HOUR = timedelta(hours=1)
TOPIC = "sign_in_code"


@dataclass(frozen=True)
class Asked:
    """A code is on its way; ``wait`` is how long until another may be asked for."""

    code_id: UUID
    way: CodeWay
    wait: timedelta
    is_new: bool = True


@transaction.atomic
def ask_code(*, phone: str, way: CodeWay, address: str) -> Asked:
    """A fresh code is on its way to this telephone, whether or not it has an account; a fixed line is called.

    One that was asked for a moment ago stands, and no second is sent. PhoneUnreadable for what is no number;
    CodesAskedTooOften where the telephone or the network had too many.
    """
    number = dialled(phone)
    if number is None:
        wrong = {"field": "phone", "code": PhoneUnreadable.code, "detail": PhoneUnreadable.title}
        raise PhoneUnreadable(errors=[wrong])
    way = way if is_mobile(number) else CodeWay.VOICE
    index = phones.index_of(number)
    at, pause = now(), timedelta(seconds=_limit("sign_in_code_wait_seconds"))
    hold(locks=lockout.of_asking(index.hex()), at=at)  # of two who ask at once one finds the other's code
    sent = SignInCode.objects.filter(phone_index__in=phones.indexes_of(number), used_at=None)
    latest = sent.order_by("-asked_at").first()
    if latest is not None and latest.asked_at + pause > at and latest.expires_at > at:
        return Asked(latest.pk, way, latest.asked_at + pause - at, is_new=False)
    _take_ask(index, address, at)
    return Asked(_send(number, index, way, address), way, pause)


@transaction.atomic
def open_by_code(*, code_id: UUID, code: str, address: str) -> User | None:
    """Whoever has the telephone is signed in; the first time, an account of a family is opened for her.

    Any code opens that was sent to the telephone of ``code_id`` and still may. None for a wrong one, counted
    before it is compared; SignInLocked after too many, AccountClosed for whose account was closed.
    """
    asked = SignInCode.objects.filter(pk=code_id).first()
    if asked is None:
        return None
    index = bytes(asked.phone_index)
    locks = lockout.of_phone(index.hex(), address)
    take_try(locks=locks)
    number = phones.opened(asked.phone_cipher, table=phones.OF_CODES, row=asked.pk)
    sent = SignInCode.objects.live_at(now(), tries=_limit("sign_in_code_tries"))
    live = list(sent.filter(phone_index__in=phones.indexes_of(number)).locked())
    right = [each for each in live if phones.is_code(code, digest=each.code_digest, row=each.pk)]
    if not right:
        for each in live:
            each.tries += 1
            each.save(update_fields=["tries"])
        return None
    forgive_try(locks=[*locks, *lockout.of_asking(index.hex())])
    SignInCode.objects.filter(pk__in=[each.pk for each in live]).update(used_at=now())
    user = _account_of(number)
    if not user.is_active:
        raise AccountClosed
    note_sign_in(user_id=user.pk)
    return user


@transaction.atomic
def open_family_account(*, phone: str, sample_name: str = "", actor: Actor) -> User:
    """The account that signs in with this telephone, opened now if there was none: it may do nothing yet.

    With ``sample_name`` a new account is one of the sample world and bears that name.
    """
    number = dialled(phone)
    if number is None:
        wrong = {"field": "phone", "code": PhoneUnreadable.code, "detail": PhoneUnreadable.title}
        raise PhoneUnreadable(errors=[wrong])
    return _account_of(number, actor, sample_name)


def asked_phone(code_id: UUID) -> str | None:
    """The telephone that a code was sent to, for who asked for it; None once that is forgotten."""
    asked = SignInCode.objects.filter(pk=code_id, used_at=None).first()
    return phones.opened(asked.phone_cipher, table=phones.OF_CODES, row=asked.pk) if asked else None


def phone_of(user_id: UUID) -> str | None:
    """The telephone by which a user signs in, to reach her; None for one who signs in otherwise."""
    kept = SignInPhone.objects.filter(pk=user_id).first()
    return phones.opened(kept.phone_cipher, table=phones.OF_ACCOUNTS, row=user_id) if kept else None


def masked_phone(kept: SignInPhone) -> str:
    """The ends of the telephone by which somebody signs in."""
    return mask_phone(phones.opened(kept.phone_cipher, table=phones.OF_ACCOUNTS, row=kept.pk))


def minutes_of_codes() -> int:
    """For how many minutes a code opens, today."""
    return _limit("sign_in_code_minutes")


def minutes_of_fresh_proof() -> int:
    """For how many minutes after signing in a family may add a passkey, today."""
    return _limit("passkey_fresh_minutes")


def forget_old_codes(*, at: datetime) -> int:
    """Codes that no longer open, and no longer count for a network, are gone; how many."""
    deleted, _by_model = SignInCode.objects.filter(expires_at__lte=at, asked_at__lt=at - HOUR).delete()
    return deleted


def _take_ask(index: bytes, address: str, at: datetime) -> None:
    try:
        take_try(locks=lockout.of_asking(index.hex()))
    except SignInLocked as locked:
        raise CodesAskedTooOften(wait=locked.wait) from None
    network = lockout.network_of(address)
    asked = SignInCode.objects.filter(network=network, asked_at__gt=at - HOUR)
    if network and asked.count() >= _limit("sign_in_codes_an_hour_of_a_network"):
        first = asked.order_by("asked_at").values_list("asked_at", flat=True)[0]
        raise CodesAskedTooOften(wait=first + HOUR - at)


def _send(number: str, index: bytes, way: CodeWay, address: str) -> UUID:
    code_id, at, minutes = uuid7(), now(), minutes_of_codes()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    asked = SignInCode.objects.create(
        id=code_id,
        phone_index=index,
        phone_cipher=phones.sealed(number, table=phones.OF_CODES, row=code_id),
        code_digest=phones.digest_of(code, row=code_id),
        network=lockout.network_of(address),
        asked_at=at,
        expires_at=at + timedelta(minutes=minutes),
    )
    body = _spoken(code, minutes) if way == CodeWay.VOICE else _written(code, minutes)
    courier.tell(kind=way.value, topic=TOPIC, recipient=number, body=body, expires_at=asked.expires_at)
    return code_id


def _written(code: str, minutes: int) -> str:
    said = _("【旅居养老】登录验证码 {code}，{minutes} 分钟内有效。不要告诉别人，工作人员也不会问您要。")
    return said.format(code=code, minutes=minutes)


def _spoken(code: str, minutes: int) -> str:
    """Digit by digit, twice."""
    said = _("您好，这里是旅居养老。您的登录验证码是：{digits}。再说一遍：{digits}。{minutes} 分钟内有效。")
    return said.format(digits="，".join(code), minutes=minutes)


def _account_of(number: str, actor: Actor = SYSTEM, sample_name: str = "") -> User:
    """The account of a telephone; whoever signs in first with it has a new one, without a passphrase."""
    found = SignInPhone.objects.filter(phone_index__in=phones.indexes_of(number))
    known = found.select_related("user").first()
    if known is not None:
        return known.user
    user = User(username="", name=sample_name, is_sample=bool(sample_name))
    user.username = f"family-{user.pk.hex}"
    user.set_unusable_password()
    user.save(force_insert=True)
    cipher = phones.sealed(number, table=phones.OF_ACCOUNTS, row=user.pk)
    SignInPhone.objects.create(
        user=user, phone_index=phones.index_of(number), phone_cipher=cipher, since=now()
    )
    membership = Membership.objects.create(user=user, role=Role.FAMILY, valid_from=today())
    record(action="user.created", actor=actor, subject=user, is_sample=user.is_sample)
    record(action="membership.granted", actor=actor, subject=membership, role=Role.FAMILY)
    return user


def _limit(key: str) -> int:
    return rule(key, on=today())
