"""The public facts of a facility that may be amended, each with what makes a value acceptable."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from providers.facilities import features
from providers.facilities.errors import FactsInvalid, field_error
from providers.facilities.states import AbilityLevel, FacilityKind, FilingState, MedicalCare, PlacePrecision


class FacilityFacts(TypedDict, total=False):
    """What a facility says of itself; a key that is left out stays as it was, None is "not reported".

    lng, lat in degrees, hospital_km in kilometres.
    """

    kind: FacilityKind | None
    address: str
    lng: Decimal | None
    lat: Decimal | None
    place_precision: PlacePrecision
    telephone: str
    telephone_hours: str
    levels_taken: list[AbilityLevel] | None
    languages: list[str] | None
    diets: list[str] | None
    shortest_stay_nights: int | None
    filing_state: FilingState | None
    filing_number: str
    medical_care: MedicalCare | None
    contracted_hospital: str
    hospital_km: Decimal | None
    medical_as_of: date | None


class _Unacceptable(Exception):
    """A value of this fact cannot be taken as it stands; the argument says why."""


LONGEST_NAME = 120
LONGEST = {
    "address": 200,
    "telephone": 40,
    "telephone_hours": 80,
    "filing_number": 60,
    "contracted_hospital": 120,
}


def _text(longest: int) -> Callable:
    def read(value):
        if not isinstance(value, str) or "\0" in value:
            raise _Unacceptable(_("请填写文字"))
        if len(value.strip()) > longest:
            raise _Unacceptable(_("不能超过{longest}个字").format(longest=longest))
        return value.strip()

    return read


def _one_of(choices: type[TextChoices]) -> Callable:
    def read(value):
        if value in choices.values:
            return choices(value)
        raise _Unacceptable(_("请在所列选项中选择"))

    return read


def _some_of(codes: list[str]) -> Callable:
    """Distinct codes in the order of their list; naming none is not the same as not reporting."""

    def read(value):
        listed = isinstance(value, list | tuple | set | frozenset) and all(isinstance(v, str) for v in value)
        if not listed or not value or not set(value) <= set(codes):
            raise _Unacceptable(_("请在所列选项中选择"))
        return [code for code in codes if code in value]

    return read


def _decimal(lowest: str, highest: str, places: str) -> Callable:
    def read(value):
        try:
            number = Decimal(str(value)).quantize(Decimal(places))
            within = Decimal(lowest) <= number <= Decimal(highest)
        except InvalidOperation:
            raise _Unacceptable(_("请填写数字")) from None
        if not within:
            raise _Unacceptable(_("应在{lowest}与{highest}之间").format(lowest=lowest, highest=highest))
        return number

    return read


def _nights(value):
    if not isinstance(value, int) or not 1 <= value <= 366:
        raise _Unacceptable(_("应在{lowest}与{highest}之间").format(lowest=1, highest=366))
    return value


def _day(value):
    if not isinstance(value, date):
        raise _Unacceptable(_("请填写日期"))
    return value


CHECKS: dict[str, Callable] = {
    "kind": _one_of(FacilityKind),
    "lng": _decimal("73", "136", "0.000001"),
    "lat": _decimal("3", "54", "0.000001"),
    "place_precision": _one_of(PlacePrecision),
    "levels_taken": _some_of(AbilityLevel.values),
    "languages": _some_of(list(features.LANGUAGES)),
    "diets": _some_of(list(features.DIETS)),
    "shortest_stay_nights": _nights,
    "filing_state": _one_of(FilingState),
    "medical_care": _one_of(MedicalCare),
    "hospital_km": _decimal("0", "999.9", "0.1"),
    "medical_as_of": _day,
} | {name: _text(longest) for name, longest in LONGEST.items()}

ALWAYS_REPORTED = frozenset({"place_precision", *LONGEST})


def checked(facts: Mapping, *, known: Mapping, on: date) -> dict:
    """The given facts in the form they are stored in, or FactsInvalid naming every field that is wrong.

    ``known`` are the facts as they stand, ``on`` is the day of the change: together they must still
    make sense.
    """
    values, errors = {}, []
    for name, value in facts.items():
        try:
            values[name] = _read(name, value)
        except _Unacceptable as reason:
            errors.append(field_error(name, "unacceptable", reason.args[0]))
    if not errors:
        errors = _contradictions({**known, **values}, on)
    if errors:
        raise FactsInvalid(errors=errors)
    return values


def checked_name(name: str) -> str:
    """A name as it is stored, verbatim but for the spaces around it."""
    if not name.strip() or len(name.strip()) > LONGEST_NAME or "\0" in name:
        raise FactsInvalid(errors=[field_error("name", "unacceptable", _("请填写不超过120字的名称"))])
    return name.strip()


def _read(name: str, value):
    if name not in CHECKS:
        raise _Unacceptable(_("没有这一项"))
    if value is None and name not in ALWAYS_REPORTED:
        return None
    return CHECKS[name](value)


def _contradictions(facts: Mapping, on: date) -> list[dict]:
    """What the facts of one facility, taken together, get wrong."""
    errors = []
    if (facts.get("lng") is None) != (facts.get("lat") is None):
        errors.append(field_error("lat", "point_incomplete", _("经度与纬度须同时填写")))
    if facts.get("contracted_hospital") and facts.get("medical_care") != MedicalCare.CONTRACTED:
        errors.append(field_error("contracted_hospital", "not_contracted", _("只有签约医院时才填写医院名称")))
    day, medical = facts.get("medical_as_of"), (facts.get("medical_care"), facts.get("hospital_km"))
    if day is None and medical != (None, None):
        errors.append(field_error("medical_as_of", "date_missing", _("请填写数据日期")))
    if day is not None and day > on:
        errors.append(field_error("medical_as_of", "date_in_future", _("日期不能晚于今天")))
    return errors
