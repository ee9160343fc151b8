"""Passkeys: added by who has just proved who she is, proved by the device that holds them, removed by their owner."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction
from django.utils.translation import gettext as _

from sojourn.accounts import courier, lockout, passkeys
from sojourn.accounts.actors import actor_for
from sojourn.accounts.errors import (
    AccountClosed,
    BeyondYourReach,
    PasskeyCopied,
    PasskeyHeld,
    PasskeyRefused,
    PasskeyStale,
    PasskeyUnknown,
    PasskeyUnnamed,
    TooManyPasskeys,
)
from sojourn.accounts.models import Passkey, PasskeyChallenge, User
from sojourn.accounts.passkeys import Key, Owner, Site
from sojourn.accounts.services.families import phone_of
from sojourn.accounts.services.staffing import forgive_try, note_sign_in, take_try
from sojourn.accounts.states import CodeWay, PasskeyDeed
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.masking import mask_phone
from sojourn.core.phones import is_mobile
from sojourn.core.refusals import NotVisible, Refusal
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

TOLD_FOR = timedelta(days=3)
ADDED, REMOVED = "passkey_added", "passkey_removed"


@dataclass(frozen=True)
class Begun:
    """What a browser is handed: the challenge stays here, the session keeps its id."""

    challenge_id: UUID
    options: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back from a browser, for the challenge that its session was handed."""

    challenge_id: UUID | None
    site: Site
    text: str = field(repr=False)


@dataclass(frozen=True)
class PasskeyCheck:
    """The passkey that was proved or added, or why none was: the challenge is used up either way."""

    passkey: Passkey | None = None
    refusal: Refusal | None = None


# --- signing in -----------------------------------------------------------------------------------
@transaction.atomic
def begin_sign_in(*, site: Site, address: str) -> Begun:
    """A browser is asked for any passkey it has for this site; SignInLocked where its network asked too often."""
    locks = lockout.of_passkeys(address)
    if locks:
        take_try(locks=locks)
    challenge = _challenge(PasskeyDeed.SIGN_IN, None)
    options = passkeys.asked_to_prove(site, held=[], challenge=bytes(challenge.challenge))
    return Begun(challenge.pk, options)


@transaction.atomic
def open_by_passkey(*, answer: Answer, address: str) -> PasskeyCheck:
    """Whoever holds a family's passkey is signed in. To the staff theirs is no way in without the passphrase."""
    challenge = _taken(answer.challenge_id, PasskeyDeed.SIGN_IN, None)
    check = _checked(answer, challenge, None)
    if check.passkey is None:
        return check
    user = check.passkey.user
    if not user.is_active:
        return PasskeyCheck(refusal=AccountClosed())
    locks = lockout.of_passkeys(address)
    if locks:
        forgive_try(locks=locks)
    note_sign_in(user_id=user.pk)
    return check


# --- proving the second factor --------------------------------------------------------------------
@transaction.atomic
def begin_proof(*, user_id: UUID, site: Site) -> Begun:
    """A browser is asked for one of this account's passkeys."""
    challenge = _challenge(PasskeyDeed.PROVE, user_id)
    held = [bytes(one) for one in _at(site, user_id).values_list("credential_id", flat=True)]
    options = passkeys.asked_to_prove(site, held=held, challenge=bytes(challenge.challenge))
    return Begun(challenge.pk, options)


@transaction.atomic
def check_passkey(*, user_id: UUID, answer: Answer) -> PasskeyCheck:
    """Try a passkey as second factor, counted together with the codes: too many wrong ones lock."""
    locks = lockout.of_codes(user_id)
    take_try(locks=locks)
    check = _checked(answer, _taken(answer.challenge_id, PasskeyDeed.PROVE, user_id), user_id)
    if check.passkey is not None:
        forgive_try(locks=locks)
    return check


def has_app(user_id: UUID) -> bool:
    """Whether an authenticator app stands behind this account's passphrase."""
    return Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists()


def has_passkey_as_second_factor(user_id: UUID) -> bool:
    """Whether a passkey stands behind this account's passphrase."""
    return Passkey.objects.as_second_factor().filter(user_id=user_id).exists()


# --- adding and removing --------------------------------------------------------------------------
@transaction.atomic
def begin_adding(*, name: str, site: Site, actor: Actor) -> Begun:
    """A browser is asked to make a passkey for whoever asks; PasskeyUnnamed and TooManyPasskeys before it is made."""
    user = _herself(actor)
    _named(name)
    held = list(user.passkeys.values_list("credential_id", "domain"))
    most = rule("passkeys_of_an_account", on=today())
    if len(held) >= most:
        raise TooManyPasskeys(most=most)
    challenge = _challenge(PasskeyDeed.ADD, user.pk)
    options = passkeys.asked_to_make(
        site,
        owner=Owner(user.pk.bytes, _shown(user)),
        held=[bytes(credential) for credential, domain in held if domain == site.domain],
        challenge=bytes(challenge.challenge),
    )
    return Begun(challenge.pk, options)


@transaction.atomic
def add_passkey(*, name: str, answer: Answer, actor: Actor) -> PasskeyCheck:
    """From now on this passkey opens the account, or to the staff its second step; its owner is told."""
    user = _herself(actor)
    challenge = _taken(answer.challenge_id, PasskeyDeed.ADD, user.pk)
    try:
        called = _named(name)
        key = passkeys.made(answer.text, site=answer.site, challenge=_word_of(challenge))
        if user.passkeys.count() >= (most := rule("passkeys_of_an_account", on=today())):
            raise TooManyPasskeys(most=most)
        with refusing("accounts_passkey_credential_id_key", PasskeyHeld):
            passkey = _kept(user, called, answer.site, key)
    except (PasskeyRefused, PasskeyUnnamed, PasskeyHeld, TooManyPasskeys) as refusal:
        return PasskeyCheck(refusal=refusal)
    phone = phone_of(user.pk)
    if phone is None:
        RecoveryCodes.activate(user)
    record(action="user.passkey_added", actor=actor, subject=user, passkey=str(passkey.pk))
    said = _("【旅居养老】您的账号刚刚添加了一个通行密钥。如果不是您本人，请马上登录，在“通行密钥”里移除它。")
    _tell(phone, ADDED, said)
    return PasskeyCheck(passkey)


@transaction.atomic
def remove_passkey(*, passkey_id: UUID, actor: Actor) -> User:
    """This passkey opens nothing any more, and what it opened as second factor is shut; its owner is told."""
    user = _herself(actor)
    passkey = Passkey.objects.visible_to(actor).locked().filter(pk=passkey_id, user=user).first()
    if passkey is None:
        raise NotVisible
    passkey.delete()
    if not user.passkeys.exists() and not has_app(user.pk):
        Authenticator.objects.filter(user=user).delete()  # recovery codes of nothing
    record(action="user.passkey_removed", actor=actor, subject=user, passkey=str(passkey_id))
    said = _("【旅居养老】您的账号刚刚移除了一个通行密钥，以后用电话和验证码照样可以登录。")
    _tell(phone_of(user.pk), REMOVED, said)
    return user


def forget_challenges(*, at: datetime) -> int:
    """Challenges that no answer can be given to any more are gone; how many."""
    deleted, _by_model = PasskeyChallenge.objects.filter(expires_at__lte=at).delete()
    return deleted


# --- what they rest on ----------------------------------------------------------------------------
def _checked(answer: Answer, challenge: PasskeyChallenge | None, user_id: UUID | None) -> PasskeyCheck:
    """What an answer proves of a passkey of this account, or of any family's where none is named."""
    try:
        word = _word_of(challenge)
        named = passkeys.named_in(answer.text)
        every = Passkey.objects.filter(domain=answer.site.domain, credential_id=named).locked()
        every = every.filter(user__phone__isnull=False) if user_id is None else every.filter(user_id=user_id)
        passkey = every.select_related("user").first()
        if passkey is None:
            raise PasskeyUnknown
        key = Key(bytes(passkey.credential_id), bytes(passkey.public_key), passkey.sign_count)
        count = passkeys.proven(answer.text, site=answer.site, challenge=word, key=key)
    except PasskeyRefused as refusal:
        return PasskeyCheck(refusal=refusal)
    if passkeys.is_copied(before=passkey.sign_count, now=count):
        actor = actor_for(passkey.user)
        record(action="user.passkey_suspected", actor=actor, subject=passkey.user, passkey=str(passkey.pk))
        return PasskeyCheck(refusal=PasskeyCopied())
    passkey.sign_count, passkey.last_used_at = count, now()
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return PasskeyCheck(passkey)


def _challenge(deed: PasskeyDeed, user_id: UUID | None) -> PasskeyChallenge:
    return PasskeyChallenge.objects.create(
        deed=deed,
        user_id=user_id,
        challenge=secrets.token_bytes(passkeys.CHALLENGE_BYTES),
        expires_at=now() + timedelta(minutes=rule("passkey_challenge_minutes", on=today())),
    )


def _taken(challenge_id: UUID | None, deed: PasskeyDeed, user_id: UUID | None) -> PasskeyChallenge | None:
    """The challenge, which from now on nobody else finds; None for one that is not live or was for something else."""
    live = PasskeyChallenge.objects.live_at(now()).filter(pk=challenge_id, deed=deed, user_id=user_id)
    challenge = live.locked().first()
    if challenge is not None:
        PasskeyChallenge.objects.filter(pk=challenge.pk).delete()
    return challenge


def _word_of(challenge: PasskeyChallenge | None) -> bytes:
    if challenge is None:
        raise PasskeyStale
    return bytes(challenge.challenge)


def _at(site: Site, user_id: UUID):
    return Passkey.objects.filter(user_id=user_id, domain=site.domain)


def _herself(actor: Actor) -> User:
    user = User.objects.locked().filter(pk=actor.user_id, is_active=True).first()
    if user is None:
        raise BeyondYourReach
    return user


def _named(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > passkeys.LONGEST_NAME or not called.isprintable():
        wrong = {"field": "name", "code": PasskeyUnnamed.code, "detail": PasskeyUnnamed.title}
        raise PasskeyUnnamed(errors=[wrong])
    return called


def _kept(user: User, name: str, site: Site, key: Key) -> Passkey:
    if Passkey.objects.filter(credential_id=key.credential_id).exists():
        raise PasskeyHeld
    return Passkey.objects.create(
        user=user,
        name=name,
        domain=site.domain,
        credential_id=key.credential_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        created_at=now(),
    )


def _shown(user: User) -> str:
    """What her device shows in its list: her telephone by its ends, or the login name of the staff."""
    phone = phone_of(user.pk)
    return mask_phone(phone) if phone else user.username


def _tell(phone: str | None, topic: str, body: str) -> None:
    """Words for the telephone of a family; the staff have none here, and read it in the trail."""
    if phone is None:
        return
    way = CodeWay.TEXT if is_mobile(phone) else CodeWay.VOICE
    courier.tell(kind=way.value, topic=topic, recipient=phone, body=body, expires_at=now() + TOLD_FOR)
