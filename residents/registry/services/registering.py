"""Residents come onto the register of their home, one by one or many at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from residents.registry import policy
from residents.registry.errors import AlreadyRegistered, FactsInvalid, NotYourDivision, field_error
from residents.registry.facts import ResidentFacts, checked
from residents.registry.models import Resident, ResidentKey
from residents.registry.naming import RESIDENT_PREFIX
from residents.registry.safe import Safe, blinded_with
from residents.registry.services.counting import counting_known
from residents.registry.services.holding import columns_of, known_identities, refusing_known_identity
from residents.registry.states import PrivateField
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.core.copying import blank, copy_in, filled
from sojourn.core.counters import next_numbers
from sojourn.core.ids import uuid7
from sojourn.core.keyring import LOOKUP, keyring
from sojourn.core.trail import record_rows
from sojourn.provinces.models import Division

RESIDENT_COUNTER = "registry_resident_number"
IDENTITY = PrivateField.IDENTITY_NUMBER
BLANK = blank(Resident)


@dataclass(frozen=True)
class NewResident:
    """What is known of a person on the day she is registered, and where her household is."""

    home_division_code: str
    facts: ResidentFacts = field(repr=False)
    is_sample: bool = False


def register_resident(
    *, home_division_code: str, facts: ResidentFacts, is_sample: bool = False, actor: Actor
) -> Resident:
    """A person stands once in the register of her home province, under a number and a key of her own."""
    with counting_known(facts, actor):
        [pk] = register_residents(rows=[NewResident(home_division_code, facts, is_sample)], actor=actor)
        return Resident.objects.get(pk=pk)


@transaction.atomic
def register_residents(*, rows: Sequence[NewResident], actor: Actor) -> list[UUID]:
    """All of these people stand in the register, each under a number and a key of her own, or none of them does.

    The identifiers of the registrations come back in the order of the rows.
    """
    owners, given = _admitted(rows, actor)
    _refuse_known(given, actor)
    return _written(rows, owners, given, actor)


@transaction.atomic
def register_unknown(*, rows: Sequence[NewResident], actor: Actor) -> list[UUID]:
    """The same for people of whom this transaction asked already that none of them stands here.

    Who is registered in the meantime is refused by the database.
    """
    owners, given = _admitted(rows, actor)
    return _written(rows, owners, given, actor)


def _admitted(rows: Sequence[NewResident], actor: Actor) -> tuple[list[str], list[dict]]:
    """The province of each and what is known of her in its one written form, if this actor may register them all."""
    provinces = _provinces_for({row.home_division_code for row in rows}, actor)
    day = today()
    return [provinces[row.home_division_code] for row in rows], [checked(row.facts, on=day) for row in rows]


def _written(
    rows: Sequence[NewResident], owners: Sequence[str], given: Sequence[Mapping], actor: Actor
) -> list[UUID]:
    blinded = blinded_with(keyring().newest(LOOKUP))
    safes = [Safe.made(uuid7()) for _ in rows]
    numbers = next_numbers(prefix=RESIDENT_PREFIX, counter=RESIDENT_COUNTER, province_codes=owners)
    # One is locked and spelt while the database writes the one before her.
    residents = (
        [safe.resident_id, *filled(BLANK, columns_of(values, safe, blinded) | _placed(row, owner, number))]
        for row, values, owner, safe, number in zip(rows, given, owners, safes, numbers, strict=True)
    )
    with refusing_known_identity():
        copy_in(Resident, ("id", *BLANK), residents)
    wrapping = {owner: keyring().newest(owner) for owner in set(owners)}
    copy_in(
        ResidentKey,
        ("resident_id", "wrapped"),
        ((s.resident_id, s.wrapped_with(wrapping[owner])) for s, owner in zip(safes, owners, strict=True)),
    )
    ids = [safe.resident_id for safe in safes]
    lines = ((key, {"number": number}) for key, number in zip(ids, numbers, strict=True))
    record_rows(action="resident.registered", actor=actor, model=Resident, lines=lines)
    return ids


def _placed(row: NewResident, owner: str, number: str) -> dict:
    home = row.home_division_code
    return {"owner": owner, "number": number, "home_division_id": home, "is_sample": row.is_sample}


def _provinces_for(codes: Collection[str], actor: Actor) -> dict[str, str]:
    """The province of each division, if this actor may register there and every code names one."""
    if not all(policy.can_register(actor, code) for code in codes):
        raise NotYourDivision
    provinces = dict(Division.objects.filter(code__in=codes).values_list("code", "province_code"))
    if missing := sorted(set(codes) - set(provinces)):
        raise FactsInvalid(errors=[field_error("home_division", "unknown", code) for code in missing])
    return provinces


def _refuse_known(given: Sequence[Mapping], actor: Actor) -> None:
    """An identity number stands on this node once; who may see the other registration learns its number."""
    numbers = [values[IDENTITY] for values in given if values.get(IDENTITY)]
    known = known_identities(numbers, actor)
    if known:
        raise AlreadyRegistered(detail=next((other.number for other in known.values() if other), ""))
    if len(set(numbers)) < len(numbers):
        raise AlreadyRegistered
