"""What is registered of a person, each fact with what makes a value acceptable."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypedDict

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import DIETS, LANGUAGES
from residents.registry.contacts import (
    MOST_CONTACTS,
    MOST_PHONES,
    joined,
    parts,
    related,
    relation_called,
    with_relation,
)
from residents.registry.errors import FactsInvalid, TooYoung, field_error
from residents.registry.naming import checked_name
from residents.registry.states import BenefitCategory, ContactRelation, Mobility, Sex
from sojourn.core.identifiers import EARLIEST_BIRTH, IdentityInvalid, resident_identity
from sojourn.core.phones import dialled

OF_AGE = 18
NEEDED = {
    "name": _("请填写姓名"),
    "birth_on": _("没有身份证号码时须填写"),
    "sex": _("没有身份证号码时须填写"),
}


class ResidentFacts(TypedDict, total=False):
    """What is said of a person; a key that is left out stays as it was, None is "not reported".

    ``birth_on`` and ``sex`` follow from the identity number where one is given. Telephones and contacts are several in
    one text (residents.registry.contacts).
    """

    name: str
    identity_number: str | None
    birth_on: date | None
    sex: Sex | None
    phone: str | None
    contact_name: str | None
    contact_phone: str | None
    dialect: str | None
    diets: list[str] | None
    mobility: Mobility | None
    benefit_category: BenefitCategory | None
    whereabouts_protected: bool | None


class _Unacceptable(Exception):
    """A value of this fact cannot be taken as it stands; the argument says why."""


def phone_number(text: str, field: str = "phone") -> str:
    """A telephone number as it is dialled within the country: digits only, an area code with its 0."""
    digits = dialled(text)
    if digits is None:
        detail = _("应为手机号码，或带区号的座机号码")
        raise FactsInvalid(errors=[field_error(field, "phone_unreadable", detail)])
    return digits


def own_phones(text: str) -> str | None:
    """Her own telephones, each once, in the order in which they were given; messages go to the first."""
    numbers = filter(None, _each(phone_number, text, "phone"))
    return joined(_few(list(dict.fromkeys(numbers)), MOST_PHONES, "phone"))


def contact_names(text: str) -> str | None:
    """The names of her contacts, what each is to her by its code behind it."""
    return joined(_few(_each(_contact_name, text, "contact_name"), MOST_CONTACTS, "contact_name"))


def contact_phones(text: str) -> str | None:
    """The telephones of her contacts, in the order of their names."""
    return joined(_few(_each(phone_number, text, "contact_phone"), MOST_CONTACTS, "contact_phone"))


def _each(read: Callable[[str, str], str], text: str, field: str) -> list[str]:
    return [read(part, field) if part else "" for part in parts(text)]


def _few(values: list[str], most: int, field: str) -> list[str]:
    if len(values) > most:
        detail = _("最多可以登记{most}个").format(most=most)
        raise FactsInvalid(errors=[field_error(field, "too_many", detail)])
    return values


def _contact_name(text: str, field: str) -> str:
    name, word = related(text)
    relation = relation_called(word) if word else None
    if word and relation is None:
        detail = _("括号里写与老年人的关系，限于：{relations}").format(
            relations="、".join(str(each.label) for each in ContactRelation)
        )
        raise FactsInvalid(errors=[field_error(field, "relation_unknown", detail)])
    return with_relation(checked_name(name, field) if name else "", relation or "")


def age_on(day: date, birth_on: date) -> int:
    """Completed years of life."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def checked(facts: Mapping, *, on: date, known: Mapping | None = None) -> dict:
    """The given facts in their one written form, with birth and sex where the identity number says them.

    ``known`` are the facts as they stand, ``on`` is the day of the change. An identity number that
    cannot be one is refused as such (IdentityInvalid), somebody under 18 as TooYoung, all else as
    FactsInvalid naming every field; no refusal repeats a value.
    """
    values, errors = {}, []
    for name, value in facts.items():
        try:
            values[name] = CHECKS[name](value)
        except _Unacceptable as reason:
            errors.append(field_error(name, "unacceptable", reason.args[0]))
        except FactsInvalid as refusal:
            errors += refusal.errors
    if errors:
        raise FactsInvalid(errors=errors)
    values |= _told_by_identity(values)
    together = {**(known or {}), **values}
    _must_be_whole(together)
    _must_be_of_age(together["birth_on"], on)
    return values


def _told_by_identity(values: dict) -> dict:
    number = values.get("identity_number")
    if number is None:
        return {}
    identity = _identity(number)
    told = {"birth_on": identity.birth_on, "sex": Sex(identity.sex)}
    errors = [
        field_error(name, "differs_from_identity", _("与身份证号码不一致"))
        for name, value in told.items()
        if values.get(name) not in (None, value)
    ]
    if errors:
        raise FactsInvalid(errors=errors)
    return {"identity_number": identity.number18, **told}


def _identity(number: str):
    try:
        return resident_identity(number)
    except IdentityInvalid as wrong:
        raise type(wrong)(errors=[field_error("identity_number", wrong.code, wrong.title)]) from None


def _must_be_whole(facts: Mapping) -> None:
    errors = [
        field_error(name, "missing", reason) for name, reason in NEEDED.items() if facts.get(name) is None
    ]
    if errors:
        raise FactsInvalid(errors=errors)


def _must_be_of_age(birth_on: date, day: date) -> None:
    if not EARLIEST_BIRTH <= birth_on <= day:
        raise FactsInvalid(errors=[field_error("birth_on", "out_of_range", _("出生日期过早或晚于今天"))])
    if age_on(day, birth_on) < OF_AGE:
        raise TooYoung


def _or_nothing(read: Callable) -> Callable:
    """Nothing typed is "not reported"."""

    def reading(value):
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return read(value)

    return reading


def _text(read: Callable) -> Callable:
    def reading(value):
        if not isinstance(value, str):
            raise _Unacceptable(_("请填写文字"))
        return read(value)

    return reading


def _one_of(choices: type[TextChoices]) -> Callable:
    def read(value):
        if value in choices.values:
            return choices(value)
        raise _Unacceptable(_("请在所列选项中选择"))

    return read


def _code_of(codes: Mapping) -> Callable:
    def read(value):
        if isinstance(value, str) and value in codes:
            return value
        raise _Unacceptable(_("请在所列选项中选择"))

    return read


def _codes_of(codes: Mapping) -> Callable:
    def read(value):
        listed = isinstance(value, list | tuple | set | frozenset) and all(isinstance(v, str) for v in value)
        if not listed or not set(value) <= set(codes):
            raise _Unacceptable(_("请在所列选项中选择"))
        return [code for code in codes if code in value] or None

    return read


def _day(value):
    if not isinstance(value, date):
        raise _Unacceptable(_("请填写日期"))
    return value


CHECKS: dict[str, Callable] = {
    "name": _text(checked_name),
    "identity_number": _or_nothing(_text(str)),
    "birth_on": _or_nothing(_day),
    "sex": _or_nothing(_one_of(Sex)),
    "phone": _or_nothing(_text(own_phones)),
    "contact_name": _or_nothing(_text(contact_names)),
    "contact_phone": _or_nothing(_text(contact_phones)),
    "dialect": _or_nothing(_code_of(LANGUAGES)),
    "diets": _or_nothing(_codes_of(DIETS)),
    "mobility": _or_nothing(_one_of(Mobility)),
    "benefit_category": _or_nothing(_one_of(BenefitCategory)),
    "whereabouts_protected": _or_nothing(bool),
}
