"""What the law wants kept is kept: a hold refuses erasure and purge until it is lifted."""

from uuid import UUID

from django.db import transaction

from residents.registry import policy
from residents.registry.errors import HoldGroundMissing, HoldLifted, NoSuchHold, ReasonMissing
from residents.registry.models import Resident
from residents.registry.models.life import LegalHold
from residents.registry.services.disclosing import asked_case
from residents.registry.services.holding import held, permit_proven, person
from residents.registry.states import HoldGround, ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.plain_words import plain_words
from sojourn.core.trail import record

LONGEST_REASON = 200


@transaction.atomic
def set_hold(*, resident_id: UUID, ground: str, case: str, reason: str, actor: Actor) -> LegalHold:
    """From now on a resident's information is neither erased nor purged, for a case that needs it."""
    resident = held(resident_id, actor)
    permit_proven(policy.can_change(actor, resident), actor)
    if ground not in HoldGround.values:
        raise HoldGroundMissing
    if resident.status == ResidentStatus.ERASED:
        raise NoSuchHold
    hold = LegalHold.objects.create(
        resident=resident,
        ground=HoldGround(ground),
        case=asked_case(case),
        reason=reason_of(reason),
        set_by_id=person(actor),
        set_at=now(),
    )
    record(action="resident.held", actor=actor, subject=resident, ground=ground, case=hold.case)
    return hold


@transaction.atomic
def lift_hold(*, hold_id: UUID, reason: str, actor: Actor) -> LegalHold:
    """The case is over; what else is due may happen again."""
    place = (
        LegalHold.objects.visible_to(actor).filter(pk=hold_id).values_list("resident_id", flat=True).first()
    )
    if place is None:
        raise NoSuchHold
    resident = Resident.objects.locked().get(pk=place)
    hold = LegalHold.objects.locked().get(pk=hold_id)
    permit_proven(policy.can_change(actor, resident), actor)
    if hold.lifted_at is not None:
        raise HoldLifted
    hold.lifted_by_id, hold.lifted_at, hold.lift_reason = actor.user_id, now(), reason_of(reason)
    hold.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    record(action="resident.released", actor=actor, subject=resident, case=hold.case)
    return hold


def reason_of(text: str) -> str:
    """A reason as it is kept: said, and short."""
    return plain_words(text, LONGEST_REASON, ReasonMissing)
