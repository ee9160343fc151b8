"""The verbs of accounts: who has one, what posts she holds, and what opens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt, encrypt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from sojourn.accounts import lockout, policy, totp
from sojourn.accounts.actors import actor_for
from sojourn.accounts.errors import (
    AccountClosed,
    AccountOpen,
    BeyondYourReach,
    DivisionUnknown,
    MembershipEnded,
    MembershipHeld,
    SecondFactorHeld,
    SecondFactorMissing,
    SignInLocked,
    UsernameTaken,
    WeakPassphrase,
)
from sojourn.accounts.lockout import Lock
from sojourn.accounts.models import Membership, Passkey, Session, SignInTries, User
from sojourn.accounts.passphrases import lightly_hashed
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.refusals import Invalid
from sojourn.core.trail import record
from sojourn.provinces.models import Division


@dataclass(frozen=True)
class Post:
    """A role and where it is held: a division for staff, a holder for others."""

    role: Role
    division_code: str = ""
    holder_kind: str = ""
    holder_id: UUID | None = None


@dataclass(frozen=True)
class CodeCheck:
    """What a code proved: the second factor that it opens, or that it had opened it before."""

    factor: Authenticator | None = None
    is_used: bool = False


# --- accounts and posts ---------------------------------------------------------------------------
@transaction.atomic
def create_user(*, username: str, name: str, passphrase: str, actor: Actor, is_sample: bool = False) -> User:
    """Open an account that can sign in and, without a post, do nothing more; a sample's passphrase is a drawn one."""
    if actor.role not in {Role.SYSTEM, Role.ADMIN}:
        raise BeyondYourReach
    user = User(username=username, name=name, is_sample=is_sample)
    if is_sample:
        user.password = lightly_hashed(_strong(passphrase, user))
    else:
        user.set_password(_strong(passphrase, user))
    with refusing("accounts_user_username_key", UsernameTaken):
        user.save(force_insert=True)
    record(action="user.created", actor=actor, subject=user, is_sample=is_sample)
    return user


@transaction.atomic
def open_account(*, username: str, name: str, passphrase: str, post: Post, actor: Actor) -> User:
    """Open an account together with its first post, so that whoever opened it can look after it."""
    user = create_user(username=username, name=name, passphrase=passphrase, actor=actor)
    grant_post(user_id=user.pk, post=post, actor=actor)
    return user


@transaction.atomic
def grant_post(*, user_id: UUID, post: Post, actor: Actor) -> Membership:
    """Give a user a role in a division or at a holder, from today on."""
    user = User.objects.locked().get(pk=user_id)
    if not policy.can_grant(actor, post.division_code):
        raise BeyondYourReach
    if post.division_code and not Division.objects.filter(pk=post.division_code).exists():
        raise DivisionUnknown(errors=[_wrong("division_code", DivisionUnknown)])
    if post.role == Role.OFFICER and not post.division_code:
        raise DivisionUnknown(errors=[_wrong("division_code", DivisionUnknown)])
    if user.memberships.live_on(today()).filter(role=post.role, **_place_of(post)).exists():
        raise MembershipHeld
    membership = Membership.objects.create(user=user, role=post.role, valid_from=today(), **_place_of(post))
    record(
        action="membership.granted",
        actor=actor,
        subject=membership,
        role=post.role,
        division=post.division_code,
        holder=post.holder_kind,
    )
    return membership


@transaction.atomic
def end_post(*, membership_id: int, actor: Actor) -> Membership:
    """Take a role away at once; the row stays as history."""
    membership = Membership.objects.locked().get(pk=membership_id)
    if not policy.can_grant(actor, membership.division_code):
        raise BeyondYourReach
    if membership.valid_to is not None:
        raise MembershipEnded
    membership.valid_to = today()
    membership.save(update_fields=["valid_to"])
    record(action="membership.ended", actor=actor, subject=membership, role=membership.role)
    return membership


@transaction.atomic
def change_passphrase(*, user_id: UUID, passphrase: str, actor: Actor) -> User:
    """Replace a passphrase, by its owner or by who looks after the account; other sessions end with the old one."""
    user = User.objects.locked().get(pk=user_id)
    if actor.user_id != user.pk and not may_look_after(actor, user):
        raise BeyondYourReach
    user.set_password(_strong(passphrase, user))
    user.save(update_fields=["password"])
    record(action="user.passphrase_changed", actor=actor, subject=user)
    return user


@transaction.atomic
def close_account(*, user_id: UUID, actor: Actor) -> User:
    """Nobody signs in with this account any more, and its sessions end; what it did stays."""
    user = _looked_after(user_id, actor)
    if not user.is_active:
        raise AccountClosed
    return _set_active(user, actor, is_active=False, action="user.closed")


@transaction.atomic
def reopen_account(*, user_id: UUID, actor: Actor) -> User:
    """A closed account can sign in again, with the passphrase and second factor it had."""
    user = _looked_after(user_id, actor)
    if user.is_active:
        raise AccountOpen
    return _set_active(user, actor, is_active=True, action="user.reopened")


# --- signing in -----------------------------------------------------------------------------------
@transaction.atomic
def take_try(*, locks: Sequence[Lock]) -> None:
    """Use up one try at each lock before it is known whether it succeeds, so that tries at once all count.

    Where a lock is shut, SignInLocked tells for how long, and nothing is used up.
    """
    at = now()
    rows = hold(locks=locks, at=at)
    wait = max(_wait_left(rows[lock.key], lock, at) for lock in locks)
    if wait:
        raise SignInLocked(wait=wait)
    for row in rows.values():
        row.failures = 1 if at - row.last_at > lockout.FORGOTTEN_AFTER else row.failures + 1
        row.last_at = at
        row.save(update_fields=["failures", "last_at"])


def hold(*, locks: Sequence[Lock], at: datetime) -> dict[str, SignInTries]:
    """The counts of these locks by key, held until commit: who comes at the same time waits."""
    fresh = [SignInTries(key=lock.key, last_at=at) for lock in locks]
    SignInTries.objects.bulk_create(fresh, ignore_conflicts=True)
    return {row.key: row for row in SignInTries.objects.locked().filter(pk__in=[lock.key for lock in locks])}


@transaction.atomic
def forgive_try(*, locks: Sequence[Lock]) -> None:
    """The try was a success: what it proved is open again, and the others get back the try it took."""
    rows = {row.key: row for row in SignInTries.objects.locked().filter(pk__in=[lock.key for lock in locks])}
    for lock in locks:
        row = rows.get(lock.key)
        if row is not None and lock.forgiven:
            row.delete()
        elif row is not None:
            row.failures = max(row.failures - 1, 0)
            row.save(update_fields=["failures"])


@transaction.atomic
def check_code(*, user_id: UUID, code: str) -> CodeCheck:
    """Try a code of the authenticator app, or a recovery code; each opens once, and too many wrong ones lock."""
    locks = lockout.of_codes(user_id)
    take_try(locks=locks)
    check = _opened_by(user_id, code)
    if check.factor is not None:
        forgive_try(locks=locks)
    return check


@transaction.atomic
def set_second_factor(*, user_id: UUID, secret: str, code_step: int, actor: Actor) -> Authenticator:
    """From now on the account opens only with the codes of this secret; recovery codes stand by.

    ``code_step`` is the step of the code that proved the app holds the secret: it does not open again.
    """
    user = User.objects.locked().get(pk=user_id)
    if actor.user_id != user.pk and not may_look_after(actor, user):
        raise BeyondYourReach
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        raise SecondFactorHeld
    data = {"secret": encrypt(secret), "step": code_step}
    factor = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    RecoveryCodes.activate(user)
    record(action="user.second_factor_set", actor=actor, subject=user)
    return factor


@transaction.atomic
def remove_second_factor(*, user_id: UUID, actor: Actor) -> User:
    """App, passkeys and recovery codes open nothing any more; the next sign-in leads to setting up new ones."""
    user = User.objects.locked().get(pk=user_id)
    if actor.user_id != user.pk and not may_look_after(actor, user):
        raise BeyondYourReach
    deleted, _ = Authenticator.objects.filter(user=user).delete()
    passkeys, _ = Passkey.objects.as_second_factor().filter(user=user).delete()
    if not deleted + passkeys:
        raise SecondFactorMissing
    SignInTries.objects.filter(pk__in=[lock.key for lock in lockout.of_codes(user_id)]).delete()
    record(action="user.second_factor_removed", actor=actor, subject=user)
    return user


@transaction.atomic
def note_sign_in(*, user_id: UUID) -> None:
    """The trail says that this user signed in, and for which places, so that those who oversee them see it."""
    user = User.objects.get(pk=user_id)
    record(action="user.signed_in", actor=actor_for(user, second_factor=True), subject=user)


def forget_ended(*, at: datetime) -> int:
    """Sessions that have ended are gone, and counts of failures that no longer weigh."""
    tries, _ = SignInTries.objects.filter(last_at__lt=at - lockout.FORGOTTEN_AFTER).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    return tries + sessions


def _wait_left(row: SignInTries, lock: Lock, at: datetime) -> timedelta:
    return lockout.wait_left(row.failures, allowed=lock.allowed, since=row.last_at, at=at)


def _opened_by(user_id: UUID, code: str) -> CodeCheck:
    types = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    factors = Authenticator.objects.filter(
        user_id=user_id, type__in=types
    )  # one at a time: the count is locked
    for factor in factors.order_by("pk"):
        if factor.type == Authenticator.Type.RECOVERY_CODES:
            if factor.wrap().validate_code(code):
                return CodeCheck(factor)
            continue
        step = totp.step_of(decrypt(factor.data["secret"]), code, at=now())
        if step is not None and step <= factor.data.get("step", 0):
            return CodeCheck(is_used=True)
        if step is not None:
            factor.data["step"] = step
            factor.save(update_fields=["data"])
            return CodeCheck(factor)
    return CodeCheck()


# --- what they rest on ----------------------------------------------------------------------------
def may_look_after(actor: Actor, user: User) -> bool:
    """Whether this actor may close, reopen or reset this account."""
    codes = user.memberships.live_on(today()).values_list("division_code", flat=True)
    return policy.can_look_after(actor, codes)


def _looked_after(user_id: UUID, actor: Actor) -> User:
    user = User.objects.locked().get(pk=user_id)
    if not may_look_after(actor, user):
        raise BeyondYourReach
    return user


def _set_active(user: User, actor: Actor, *, is_active: bool, action: str) -> User:
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    record(action=action, actor=actor, subject=user)
    return user


def _strong(passphrase: str, user: User) -> str:
    try:
        validate_password(passphrase, user)
    except ValidationError as error:
        errors = [{"field": "passphrase", "code": "weak", "detail": line} for line in error.messages]
        raise WeakPassphrase(errors=errors) from None
    return passphrase


def _wrong(field: str, refusal: type[Invalid]) -> dict:
    return {"field": field, "code": refusal.code, "detail": refusal.title}


def _place_of(post: Post) -> dict:
    return {
        "division_code": post.division_code,
        "holder_kind": post.holder_kind,
        "holder_id": post.holder_id,
    }
