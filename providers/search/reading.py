"""How each word of a query is read: what was typed becomes a value, or a problem that names the word."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from providers.facilities.features import BY_CODE
from providers.facilities.states import AbilityLevel
from providers.search import errors
from providers.search.errors import wrong
from providers.search.states import Sort
from sojourn.core import hanzi
from sojourn.core.actors import PUBLIC
from sojourn.core.plain_words import is_a_name
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionLevel

MOST_CHARACTERS = 100
MOST_WORDS = 6
LAST_PAGE = 99_999
HIGHEST_BUDGET = 1_000_000
HIGHEST_STAR = 5
RADIUS_KM, LARGEST_RADIUS_KM = 50, 500
LONGEST_STAY = timedelta(days=366)
SOUTH, NORTH, WEST, EAST = 3.0, 54.0, 73.0, 136.0  # the box a facility's point lies in

# Control characters, halves of a pair, and what stands where bytes could not be decoded.
UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
COUNT = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
POINT = re.compile(r" *([0-9]{1,3}(?:\.[0-9]{1,10})?) *, *([0-9]{1,3}(?:\.[0-9]{1,10})?) *", re.ASCII)

# The words a query is made of; what stands beside them in an address is an error, so that a misspelt filter
# never gives a silently wrong result.
LABELS = {
    "q": _("名称、城市或拼音"),
    "province": _("省份"),
    "city": _("城市"),
    "county": _("区县"),
    "designated": _("只看示范基地"),
    "month": _("想去的月份"),
    "from": _("哪天入住"),
    "to": _("哪天离开"),
    "level": _("老人的能力等级"),
    "budget": _("每月不超过（元）"),
    "star": _("机构等级至少"),
    "feature": _("需要的设施和服务"),
    "near": _("在这个地点附近"),
    "radius": _("相距不超过（公里）"),
    "sort": _("排列"),
    "unreported": _("也看没有报告的"),
    "home": _("和哪座城市比天气"),
    "page": _("页码"),
}
PLACES = {
    "province": (DivisionLevel.PROVINCE, re.compile(r"[1-9][0-9](0000)?", re.ASCII)),
    "city": (DivisionLevel.CITY, re.compile(r"[1-9][0-9]{3}(00)?", re.ASCII)),
    "county": (DivisionLevel.COUNTY, re.compile(r"[1-9][0-9]{5}", re.ASCII)),
    "home": (DivisionLevel.CITY, re.compile(r"[1-9][0-9]{3}(00)?", re.ASCII)),
}
REPEATABLE = frozenset({"feature"})

Typed = Mapping[str, tuple[str, ...]]


class Parameters(Protocol):
    """A query string, as Django and REST framework read it."""

    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


@dataclass(frozen=True)
class Point:
    """A place on the map, in degrees."""

    lat: float
    lng: float


def typed_in(params: Parameters, words: Collection[str], beside: Collection[str]) -> tuple[Typed, list[dict]]:
    """The words that say something, each once; an empty field of a form says nothing."""
    typed: dict[str, tuple[str, ...]] = {}
    problems = []
    for name, values in params.lists():
        said = tuple(dict.fromkeys(value for value in values if value.strip()))
        if name in beside:
            continue
        if name not in words:
            shown = name if is_a_name(name) else "?"  # what is no name may be anything that somebody typed
            problems.append(wrong(shown, "unknown", errors.UNKNOWN, word=shown))
        elif len(values) > 1 and name not in REPEATABLE:
            problems.append(wrong(name, "repeated", errors.REPEATED))
        elif said:
            typed[name] = said
    return typed, problems


def values_of(typed: Typed, problems: list[dict]) -> dict:
    """What the typed words mean, by word; what cannot be read adds to the problems and is left out."""
    values: dict = {}
    for name, read in READERS.items():
        if name in typed:
            try:
                values[name] = read(typed[name][0])
            except Unreadable as reason:
                problems.append(wrong(name, reason.code, reason.detail, **reason.facts))
    if "feature" in typed:
        values["feature"] = _features(typed["feature"], problems)
    values |= _places(typed, problems)
    problems += _contradictions(typed, values)
    return values


class Unreadable(Exception):
    """A word that does not say what it should; code and text say why."""

    def __init__(self, code: str, detail, **facts) -> None:
        self.code, self.detail, self.facts = code, detail, facts


def _words(text: str) -> str:
    """Words to look for, as typed; at most a hundred characters in at most six words."""
    if UNREADABLE.search(text):
        raise Unreadable("unreadable", errors.UNREADABLE)
    if len(text) > MOST_CHARACTERS:
        raise Unreadable("too_long", errors.TOO_LONG, most=MOST_CHARACTERS)
    words = hanzi.words(text)
    if not words:
        raise Unreadable("no_words", errors.NO_WORDS)
    if len(words) > MOST_WORDS:
        raise Unreadable("too_many_words", errors.TOO_MANY_WORDS, most=MOST_WORDS)
    return text.strip()


def _yes(code_text) -> Callable[[str], bool]:
    def read(text: str) -> bool:
        if text != "1":
            raise Unreadable("not_yes", code_text)
        return True

    return read


def _count(highest: int, code: str, detail) -> Callable[[str], int]:
    """A whole number from 1 on, written plainly."""

    def read(text: str) -> int:
        if not COUNT.fullmatch(text) or int(text) > highest:
            raise Unreadable(code, detail, most=f"{highest:,}")
        return int(text)

    return read


def _day(text: str) -> date:
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Unreadable("no_day", errors.NO_DAY)


def _one_of(choices) -> Callable:
    def read(text: str):
        if text not in choices.values:
            raise Unreadable("no_choice", errors.NO_CHOICE)
        return choices(text)

    return read


def _point(text: str) -> Point:
    numbers = POINT.fullmatch(text)
    if not numbers:
        raise Unreadable("no_point", errors.NO_POINT)
    point = Point(lat=float(numbers[1]), lng=float(numbers[2]))
    if not (SOUTH <= point.lat <= NORTH and WEST <= point.lng <= EAST):
        raise Unreadable("point_outside", errors.POINT_OUTSIDE)
    return point


READERS: dict[str, Callable] = {
    "q": _words,
    "designated": _yes(errors.NOT_YES),
    "month": _count(12, "no_month", errors.NO_MONTH),
    "from": _day,
    "to": _day,
    "level": _one_of(AbilityLevel),
    "budget": _count(HIGHEST_BUDGET, "no_budget", errors.NO_BUDGET),
    "star": _count(HIGHEST_STAR, "no_star", errors.NO_STAR),
    "near": _point,
    "radius": _count(LARGEST_RADIUS_KM, "no_radius", errors.NO_RADIUS),
    "sort": _one_of(Sort),
    "unreported": _yes(errors.NOT_YES_UNREPORTED),
    "page": _count(LAST_PAGE, "no_page", errors.NO_PAGE),
}


def _features(codes: tuple[str, ...], problems: list[dict]) -> tuple[str, ...]:
    if unknown := [code for code in codes if code not in BY_CODE]:
        problems.append(
            wrong("feature", "no_feature", errors.NO_FEATURE, text=errors.printable(unknown[0][:40]))
        )
    return tuple(code for code in codes if code in BY_CODE)


def _places(typed: Typed, problems: list[dict]) -> dict[str, Division]:
    """The divisions that the codes name, found in one go; a code that names none of its level is an error."""
    codes = {}
    for name, (_level, pattern) in PLACES.items():
        if name in typed and pattern.fullmatch(typed[name][0]):
            codes[name] = typed[name][0].ljust(6, "0")
        elif name in typed:
            problems.append(wrong(name, "no_code", errors.NO_CODE))
    if not codes:
        return {}
    wanted = Division.objects.visible_to(PUBLIC).filter(code__in=codes.values())
    known = {place.code: place for place in wanted}
    found = {}
    for name, code in codes.items():
        place = known.get(code)
        if place is not None and place.level == PLACES[name][0]:
            found[name] = place
        else:
            problems.append(wrong(name, "unknown_code", errors.UNKNOWN_CODE, code=code))
    return found


def _contradictions(typed: Typed, values: Mapping) -> list[dict]:
    """Words that make no sense together, each named once."""
    found = []
    if "month" in typed and ("from" in typed or "to" in typed):
        found.append(wrong("month", "month_and_dates", errors.MONTH_AND_DATES))
    if ("from" in typed) != ("to" in typed):
        missing = "to" if "from" in typed else "from"
        found.append(wrong(missing, "date_missing", errors.DATE_MISSING))
    if "from" in values and "to" in values:
        if values["to"] <= values["from"]:
            found.append(wrong("to", "to_before_from", errors.TO_BEFORE_FROM))
        elif values["to"] - values["from"] > LONGEST_STAY:
            found.append(wrong("to", "stay_too_long", errors.STAY_TOO_LONG))
    if "radius" in typed and "near" not in typed:
        found.append(wrong("radius", "no_near", errors.RADIUS_WITHOUT_NEAR))
    if values.get("sort") == Sort.DISTANCE and "near" not in typed:
        found.append(wrong("sort", "no_near", errors.DISTANCE_WITHOUT_NEAR))
    return found
