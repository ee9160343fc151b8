"""What is registered of a resident is put right; what it said before stays in her history."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from residents.registry import policy
from residents.registry.errors import AlreadyMoving, FactsInvalid, HomeElsewhere, NotYourDivision, field_error
from residents.registry.facts import ResidentFacts, checked
from residents.registry.homes import Homes
from residents.registry.models import Resident
from residents.registry.models.life import Transfer
from residents.registry.services.counting import counting_known
from residents.registry.services.holding import (
    columns_of,
    held,
    permit,
    refuse_known_identity,
    refuse_unless_kept_here,
    refusing_known_identity,
    safe_of,
)
from residents.registry.services.waiting import hold_items_of, wait_at_home_of
from residents.registry.states import RESIDENT_FLOW, TOLD_BY_IDENTITY, ResidentStatus, TransferStatus
from sojourn.core.actors import Actor, reach_of
from sojourn.core.clock import today
from sojourn.core.refusals import LostUpdate
from sojourn.core.trail import record


def correct_resident(
    *, resident_id: UUID, facts: ResidentFacts, seen_version: int | None = None, actor: Actor
) -> Resident:
    """The named facts of a resident are as given; what is not named stays.

    With ``seen_version`` the correction is refused if the registration has changed since.
    """
    with counting_known(facts, actor):
        return _corrected(resident_id, facts, seen_version, actor)


@transaction.atomic
def correct_home(*, resident_id: UUID, to_division_code: str, actor: Actor) -> Resident:
    """Her household was registered in a wrong division of her province; that it moved is another thing (moving).

    For officers who reach both divisions: nobody takes her in there.
    """
    hold_items_of(resident_id)
    resident = held(resident_id, actor)
    permit(policy.can_change(actor, resident))
    refuse_unless_kept_here(resident)
    refuse_no_home(resident, to_division_code)
    if not policy.can_register(actor, to_division_code):
        raise NotYourDivision
    if Transfer.objects.filter(resident=resident, status=TransferStatus.OUT).exists():
        raise AlreadyMoving
    for row in Resident.objects.locked().filter(pk__in=Resident.objects.with_merged(resident.pk)):
        row.home_division_id = to_division_code  # what went into hers goes with her
        row.save(update_fields=["home_division"])
    resident.refresh_from_db()
    record(action="resident.corrected", actor=actor, subject=resident, corrected=["home_division"])
    wait_at_home_of(resident.pk)
    return resident


def refuse_no_home(resident: Resident, division_code: str) -> None:
    """HomeElsewhere beyond her own province, FactsInvalid where no household can be registered."""
    if division_code[:2] != resident.owner[:2]:
        raise HomeElsewhere
    if division_code not in Homes.within([reach_of(resident.owner)]).names:
        detail = _("请在所列选项中选择")
        raise FactsInvalid(errors=[field_error("home_division", "unacceptable", detail)])


def _corrected(resident_id: UUID, facts: ResidentFacts, seen_version: int | None, actor: Actor) -> Resident:
    resident = held(resident_id, actor)
    permit(policy.can_change(actor, resident))
    refuse_unless_kept_here(resident)
    safe = safe_of(resident)
    if seen_version is not None and seen_version != resident.version:
        raise LostUpdate
    known = {name: getattr(resident, name) for name in ("name", *TOLD_BY_IDENTITY)}
    values = checked(facts, known=known, on=today())
    _must_agree_with_identity(resident, values)
    refuse_known_identity(values, actor, but=resident)
    columns = columns_of(values, safe)
    for column, value in columns.items():
        setattr(resident, column, value)
    with refusing_known_identity():
        resident.save(update_fields=columns)
    resident.refresh_from_db(fields=["version", "changed_at"])
    record(action="resident.corrected", actor=actor, subject=resident, corrected=sorted(facts))
    return resident


@transaction.atomic
def record_death(*, resident_id: UUID, died_on: date, actor: Actor) -> Resident:
    """A resident died on this day; her registration stays."""
    resident = held(resident_id, actor)
    permit(policy.can_change(actor, resident))
    status = RESIDENT_FLOW.after("record_death", ResidentStatus(resident.status))
    if resident.birth_on is None or not resident.birth_on <= died_on <= today():
        detail = _("去世日期早于出生日期或晚于今天")
        raise FactsInvalid(errors=[field_error("died_on", "out_of_range", detail)])
    resident.status, resident.died_on = status, died_on
    resident.save(update_fields=["status", "died_on"])
    resident.refresh_from_db(fields=["version", "changed_at"])
    record(action="resident.died", actor=actor, subject=resident)
    return resident


def _must_agree_with_identity(resident: Resident, values: dict) -> None:
    """Birth and sex follow from the identity number that stands: who was born otherwise has another number."""
    if resident.identity_cipher is None or "identity_number" in values:
        return
    errors = [
        field_error(name, "differs_from_identity", _("与身份证号码不一致"))
        for name in TOLD_BY_IDENTITY
        if name in values and values[name] != getattr(resident, name)
    ]
    if errors:
        raise FactsInvalid(errors=errors)
