"""Operators and facilities come onto the register."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction

from providers.facilities import naming, policy
from providers.facilities.errors import (
    CreditCodeTaken,
    FacilityAlreadyRegistered,
    FactsInvalid,
    NoSuchOperator,
    NotYourDivision,
    field_error,
)
from providers.facilities.facts import FacilityFacts, checked, checked_name
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.reports import (
    Beds,
    FacilityGrade,
    FeatureAnswers,
    Prices,
    answer_rows,
    bed_columns,
    price_columns,
)
from providers.facilities.services.grading import Grading
from providers.facilities.states import RegistrationType
from sojourn.core import identifiers
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.copying import copy_in
from sojourn.core.counters import next_numbers
from sojourn.core.trail import record_all
from sojourn.provinces.models import Division

OPERATOR_COUNTER = "facilities_operator_number"
FACILITY_COUNTER = "facilities_facility_number"
ANSWER_COLUMNS = ("feature", "answer", "as_of", "reported_by")


@dataclass(frozen=True)
class NewOperator:
    """What is known of an operator on the day it is registered; None is "not reported".

    ``division_code`` is the division whose bureau keeps it.
    """

    name: str
    division_code: str
    credit_code: str | None = None
    registration_type: RegistrationType | None = None
    is_sample: bool = False


@dataclass(frozen=True)
class NewFacility:
    """What is known of a facility on the day it is registered; everything after the place is optional."""

    listed_name: str
    division_code: str
    operator_id: UUID | None = None
    facts: FacilityFacts = field(default_factory=FacilityFacts)
    beds: Beds | None = None
    prices: Prices | None = None
    features: FeatureAnswers | None = None
    grade: FacilityGrade | None = None
    is_sample: bool = False


def register_operator(
    *,
    name: str,
    division_code: str,
    credit_code: str | None = None,
    registration_type: RegistrationType | None = None,
    actor: Actor,
) -> Operator:
    """An operator stands in the register of its division, under a number of its own."""
    row = NewOperator(name, division_code, credit_code, registration_type)
    return register_operators(rows=[row], actor=actor)[0]


@transaction.atomic
def register_operators(*, rows: Sequence[NewOperator], actor: Actor) -> list[Operator]:
    """All of these operators stand in the register, or none of them does."""
    provinces = _provinces_for({row.division_code for row in rows}, actor)
    known = [_operator_columns(row, provinces[row.division_code]) for row in rows]
    drawn = _numbers_for(known, prefix=naming.OPERATOR_PREFIX, counter=OPERATOR_COUNTER)
    operators = [Operator(number=number, **columns) for number, columns in zip(drawn, known, strict=True)]
    with refusing("operator_credit_code_is_unique", CreditCodeTaken):
        Operator.objects.bulk_create(operators)
    lines = [(operator, {"number": operator.number, "name": operator.name}) for operator in operators]
    record_all(action="operator.registered", actor=actor, lines=lines)
    return operators


def register_facility(
    *,
    listed_name: str,
    division_code: str,
    operator_id: UUID | None = None,
    facts: FacilityFacts | None = None,
    actor: Actor,
) -> Facility:
    """A facility stands in the register of its division; it is not yet open to sojourners."""
    row = NewFacility(listed_name, division_code, operator_id, facts or FacilityFacts())
    return register_facilities(rows=[row], actor=actor)[0]


@transaction.atomic
def register_facilities(*, rows: Sequence[NewFacility], actor: Actor) -> list[Facility]:
    """All of these facilities stand in the register with what they reported, or none of them does."""
    provinces = _provinces_for({row.division_code for row in rows}, actor)
    _operators_must_exist({row.operator_id for row in rows if row.operator_id})
    day, grading = today(), Grading(today())
    known = [_facility_columns(row, provinces[row.division_code], grading) for row in rows]
    drawn = _numbers_for(known, prefix=naming.FACILITY_PREFIX, counter=FACILITY_COUNTER)
    facilities = [Facility(number=number, **columns) for number, columns in zip(drawn, known, strict=True)]
    with refusing("facility_one_name_in_a_division", FacilityAlreadyRegistered):
        Facility.objects.bulk_create(facilities)
    copy_in(FeatureReport, ("facility_id", *ANSWER_COLUMNS), _answers(facilities, rows, day))
    lines = [(facility, {"number": facility.number, "name": facility.listed_name}) for facility in facilities]
    record_all(action="facility.registered", actor=actor, lines=lines)
    return facilities


def _answers(facilities: Sequence[Facility], rows: Sequence[NewFacility], day: date) -> Iterator[tuple]:
    """One line for each answer of each facility, as the table holds it."""
    for facility, row in zip(facilities, rows, strict=True):
        for answer in answer_rows(row.features, on=day) if row.features else []:
            yield (facility.pk, *(str(answer[column]) for column in ANSWER_COLUMNS))


def _operator_columns(row: NewOperator, province: str) -> dict:
    name = checked_name(row.name)
    return {
        "owner": province,
        "name": name,
        "division_id": row.division_code,
        "credit_code": identifiers.credit_code(row.credit_code) if row.credit_code else None,
        "registration_type": RegistrationType(row.registration_type) if row.registration_type else None,
        "is_sample": row.is_sample,
        **naming.search_columns(name),
    }


def _facility_columns(row: NewFacility, province: str, grading: Grading) -> dict:
    name, day = checked_name(row.listed_name), grading.on
    return {
        "owner": province,
        "listed_name": name,
        "division_id": row.division_code,
        "operator_id": row.operator_id,
        "is_sample": row.is_sample,
        "picture_seed": naming.picture_seed(name),
        "features_reported_at": now() if row.features else None,
        **naming.search_columns(name),
        **checked(row.facts, known={}, on=day),
        **(bed_columns(row.beds, on=day) if row.beds else {}),
        **(price_columns(row.prices, on=day) if row.prices else {}),
        **(grading.columns(row.grade, province) if row.grade else {}),
    }


def _provinces_for(codes: Collection[str], actor: Actor) -> dict[str, str]:
    """The province of each division, if this actor may register there and every code names one."""
    if not all(policy.can_register(actor, code) for code in codes):
        raise NotYourDivision
    provinces = dict(Division.objects.filter(code__in=codes).values_list("code", "province_code"))
    if missing := sorted(set(codes) - set(provinces)):
        raise FactsInvalid(errors=[field_error("division_code", "unknown", code) for code in missing])
    return provinces


def _operators_must_exist(operator_ids: Collection[UUID]) -> None:
    if Operator.objects.filter(pk__in=operator_ids).count() != len(operator_ids):
        raise NoSuchOperator


def _numbers_for(rows: Sequence[dict], *, prefix: str, counter: str) -> list[str]:
    return next_numbers(prefix=prefix, counter=counter, province_codes=[row["owner"] for row in rows])
