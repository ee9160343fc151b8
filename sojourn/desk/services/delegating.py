"""An officer who will be away lets another decide what she may decide, until a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.plain_words import plain_words
from sojourn.core.trail import record
from sojourn.desk import decisions, policy
from sojourn.desk.errors import (
    DelegateUnfit,
    DelegationEnded,
    DelegationPeriodWrong,
    MayNotDelegate,
    NoSuchDelegation,
    ReasonMissing,
    field_error,
)
from sojourn.desk.models import LONGEST_DELEGATION, Delegation

LONGEST_REASON = 200


@dataclass(frozen=True)
class Period:
    """From the first day up to the second, which no longer belongs to it."""

    valid_from: date
    valid_to: date


@transaction.atomic
def delegate(*, to_user: UUID, period: Period, reason: str, actor: Actor, kind: str = "") -> Delegation:
    """Another officer may decide in this one's right, one kind of decision or every kind, for a period.

    The right stays the giver's: what she loses is lost to both, and what she was lent she cannot lend.
    """
    if not policy.can_delegate(actor):
        raise MayNotDelegate
    if kind:
        decisions.named(kind)
    receiver = User.objects.filter(pk=to_user).first()
    if receiver is None or not _is_officer(receiver) or to_user == actor.user_id:
        raise DelegateUnfit(errors=[field_error("to_user", DelegateUnfit)])
    _refuse_wrong_period(period)
    missing = ReasonMissing(errors=[field_error("reason", ReasonMissing)])
    delegation = Delegation.objects.create(
        giver_id=actor.user_id,  # type: ignore[misc]  # an officer is a person
        receiver=receiver,
        kind=kind,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
        reason=plain_words(reason, LONGEST_REASON, missing),
        given_at=now(),
    )
    facts = {"kind": kind, "valid_from": str(period.valid_from), "valid_to": str(period.valid_to)}
    record(action="delegation.given", actor=actor, subject=delegation, **facts)
    return delegation


@transaction.atomic
def end_delegation(*, delegation_id: UUID, actor: Actor) -> Delegation:
    """The delegation opens nothing any more; what was decided under it stays."""
    delegation = Delegation.objects.locked().filter(pk=delegation_id).first()
    if delegation is None or not policy.can_view(actor, delegation):
        raise NoSuchDelegation
    if delegation.ended_at is not None:
        raise DelegationEnded
    if not policy.can_end(actor, delegation):
        raise MayNotDelegate
    delegation.ended_at = now()
    delegation.save(update_fields=["ended_at"])
    record(action="delegation.ended", actor=actor, subject=delegation)
    return delegation


def officer_called(username: str) -> User | None:
    """The officer at work who signs in under this name."""
    user = User.objects.filter(username=username).first()
    return user if user is not None and _is_officer(user) else None


def _is_officer(user: User) -> bool:
    """Of a bureau: who signs in as staff without a division, such as an assessor, decides for nobody."""
    at_work = actor_for(user, second_factor=True)
    return at_work.role == Role.OFFICER and bool(at_work.divisions)


def _refuse_wrong_period(period: Period) -> None:
    length = period.valid_to - period.valid_from
    if period.valid_from < today() or not 0 < length.days <= LONGEST_DELEGATION.days:
        raise DelegationPeriodWrong(
            days=LONGEST_DELEGATION.days,
            errors=[
                {
                    "field": "valid_to",
                    "code": DelegationPeriodWrong.code,
                    "detail": str(DelegationPeriodWrong(days=LONGEST_DELEGATION.days)),
                }
            ],
        )
