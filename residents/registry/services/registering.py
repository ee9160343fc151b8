"""Residents come onto the register of their home."""

from django.db import transaction

from residents.registry import policy
from residents.registry.errors import FactsInvalid, NotYourDivision, field_error
from residents.registry.facts import ResidentFacts, checked
from residents.registry.models import Resident, ResidentKey
from residents.registry.naming import RESIDENT_PREFIX
from residents.registry.safe import Safe
from residents.registry.services.holding import columns_of, refuse_known_identity, refusing_known_identity
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.core.counters import next_numbers
from sojourn.core.ids import uuid7
from sojourn.core.trail import record
from sojourn.provinces.models import Division

RESIDENT_COUNTER = "registry_resident_number"


@transaction.atomic
def register_resident(
    *, home_division_code: str, facts: ResidentFacts, is_sample: bool = False, actor: Actor
) -> Resident:
    """A person stands once in the register of her home province, under a number and a key of her own."""
    if not policy.can_register(actor, home_division_code):
        raise NotYourDivision
    province = _province_of(home_division_code)
    values = checked(facts, on=today())
    refuse_known_identity(values, actor)
    safe = Safe.made(uuid7())
    [number] = next_numbers(prefix=RESIDENT_PREFIX, counter=RESIDENT_COUNTER, province_codes=[province])
    resident = Resident(
        id=safe.resident_id,
        owner=province,
        number=number,
        home_division_id=home_division_code,
        is_sample=is_sample,
        **columns_of(values, safe),
    )
    with refusing_known_identity():
        resident.save(force_insert=True)
    ResidentKey.objects.create(resident=resident, wrapped=safe.wrapped_by(province))
    record(action="resident.registered", actor=actor, subject=resident, number=number)
    return resident


def _province_of(division_code: str) -> str:
    province = Division.objects.filter(pk=division_code).values_list("province_code", flat=True).first()
    if province is None:
        raise FactsInvalid(errors=[field_error("home_division", "unknown", division_code)])
    return province
