"""Somebody whom a member of another node handed out is at home here from now on."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from residents.registry.errors import AlreadyRegistered
from residents.registry.facts import ResidentFacts, checked
from residents.registry.models import Resident
from residents.registry.services.correcting import correct_resident
from residents.registry.services.holding import known_identities
from residents.registry.services.moving import give_to, province_of
from residents.registry.services.registering import register_resident
from residents.registry.states import RESIDENT_FLOW, ResidentStatus
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import today
from sojourn.core.trail import record


@dataclass(frozen=True)
class Arriving:
    """Who comes: her facts, the division of her household now, whence and under which number she stood there."""

    facts: ResidentFacts = field(repr=False)
    division_code: str
    from_member: str
    from_number: str
    is_sample: bool = False


def refuse_unless_receivable(who: Arriving) -> None:
    """Refused: facts that cannot stand, and an identity that stands for somebody here who is not the new home's."""
    checked(who.facts, on=today())
    _known_here(who)


@transaction.atomic
def receive_resident(*, who: Arriving, actor: Actor) -> Resident:
    """She is registered at her new home under a number and a key of its own, or as the one who stands there already.

    Who was at home on this node before and moved out comes back to her registration, with the facts that came.
    """
    known = _known_here(who)
    if known is None:
        resident = register_resident(
            home_division_code=who.division_code, facts=who.facts, is_sample=who.is_sample, actor=actor
        )
    else:
        resident = _taken_back(known, who, actor)
    record(
        action="resident.received",
        actor=actor,
        subject=resident,
        from_member=who.from_member,
        from_number=who.from_number,
    )
    return resident


def _taken_back(known: UUID, who: Arriving, actor: Actor) -> Resident:
    """Who stands in the register of the new home stays as she is; who had moved out is registered again."""
    resident = Resident.objects.locked().get(pk=known)
    if resident.status == ResidentStatus.REGISTERED:
        return resident
    for row in Resident.objects.locked().filter(pk__in=Resident.objects.with_merged(resident.pk)):
        give_to(row, who.division_code)
    resident.refresh_from_db()
    resident.status = RESIDENT_FLOW.after("move_back", ResidentStatus(resident.status))
    resident.moved_out_on = None
    resident.save(update_fields=["status", "moved_out_on"])
    record(action="resident.moved_back", actor=actor, subject=resident)
    return correct_resident(resident_id=resident.pk, facts=who.facts, actor=SYSTEM)


def _known_here(who: Arriving) -> UUID | None:
    """Whose registration of this node her identity number is; None where it is nobody's.

    AlreadyRegistered where she died here, or is at home in another province of this node: officers of both find out.
    """
    plain = who.facts.get("identity_number")
    known = known_identities([plain], SYSTEM) if plain else {}
    for resident in known.values():
        if resident is None:
            raise AlreadyRegistered
        home = province_of(who.division_code)
        is_ours = resident.status == ResidentStatus.REGISTERED and resident.owner == home
        if not is_ours and resident.status != ResidentStatus.MOVED_OUT:
            raise AlreadyRegistered
        return resident.pk
    return None
