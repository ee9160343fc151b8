"""What was chosen, said as a reader knows it, each with the address of the search without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce

from django.urls import reverse
from django.utils.translation import gettext as _

from providers.facilities.features import BY_CODE, GROUPS
from providers.search.months import month_name
from providers.search.places import name_of
from providers.search.plain import LEVELS, STARS
from providers.search.query import BaseQuery
from providers.search.reading import LABELS, Point
from providers.search.results import FacetValue, WayOut
from providers.search.shelves import Choices
from sojourn.provinces.models import Division
from sojourn.web.templatetags.shown import day, yuan

FACETS = {
    "province": LABELS["province"],
    "city": LABELS["city"],
    "level": LABELS["level"],
    "star": LABELS["star"],
    "designated": LABELS["designated"],
}


@dataclass(frozen=True)
class Chip:
    """One chosen word: what it is said as, and where the search goes on without it.

    ``typed`` is what the reader wrote herself and stays as she wrote it; ``count`` how many answer then.
    """

    words: str
    address: str
    typed: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Choice:
    """One value of a facet: choosing it narrows the search, choosing it again widens it."""

    words: str
    address: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    label: object
    choices: tuple[Choice, ...]


def address_of(query: BaseQuery, **changes: object) -> str:
    return f"{reverse('bases')}?{query.address(**changes)}".rstrip("?")


def address_within(query: BaseQuery, code: str) -> str:
    """The same search within a city, or within a municipality."""
    wider = reduce(BaseQuery.without, ("county", "city"), query)
    if code.endswith("0000"):
        return address_of(wider, province=code)
    return address_of(wider.without("province"), city=code)


def chips_of(query: BaseQuery, choices: Choices) -> list[Chip]:
    """Everything that was chosen, in the order of the form."""
    return [
        _chip(query, one.name, one.text if one.name == "feature" else None, choices) for one in query.chosen
    ]


def ways_out_of(query: BaseQuery, ways: Iterable[WayOut], choices: Choices) -> list[Chip]:
    """Which single word to drop, and how many would answer then."""
    return [_chip(query, name, text, choices, count=count) for name, text, count in ways]


def facets_of(query: BaseQuery, found: dict[str, list[FacetValue]], choices: Choices) -> list[Facet]:
    """What narrows the search further, with counts; what nobody has is not offered."""
    names = {place.code: name_of(place) for place in (*choices.provinces, *choices.cities)}
    shown = [_facet(query, name, found.get(name, ()), names) for name in FACETS]
    return [facet for facet in (*shown, *_features(query, found.get("feature", ()))) if facet.choices]


def _chip(
    query: BaseQuery, name: str, text: str | None, choices: Choices, *, count: int | None = None
) -> Chip:
    return Chip(
        words=_said(query, name, text, choices),
        typed=query.q if name == "q" else "",
        address=address_of(query.without(name, text)),
        count=count,
    )


def _said(query: BaseQuery, name: str, text: str | None, choices: Choices) -> str:
    """A chosen word in a few words of the reader's language; nothing for what she typed herself."""
    value = query.value_of(name)
    match value:
        case Division():
            return name_of(value)
        case Point():
            return _("{place}周围 {radius} 公里").format(
                place=choices.name_at(text_of(query, "near")), radius=query.radius
            )
        case date():
            return _("{label} {day}").format(label=LABELS[name], day=day(value))
    match name:
        case "feature":
            return str(BY_CODE[text].label) if text else _("设施和服务")
        case "month":
            return month_name(value)
        case "level":
            return str(LEVELS[value])
        case "star":
            return _("等级{least}").format(least=STARS[value])
        case "budget":
            return _("每月不超过{sum}").format(sum=yuan(value * 100))
    return "" if name == "q" else str(LABELS[name])


def text_of(query: BaseQuery, name: str) -> str:
    """A word as it was typed; nothing where it was not."""
    return next(iter(query.texts.get(name, ())), "")


def _facet(query: BaseQuery, name: str, values: Iterable[FacetValue], names: dict[str, str]) -> Facet:
    choices = []
    for one in values:
        if not one.count and not one.chosen:
            continue
        within = {"province": ("county", "city"), "city": ("county",)}.get(name, ())
        wider = reduce(BaseQuery.without, within, query)
        address = address_of(wider.without(name)) if one.chosen else address_of(wider, **{name: one.value})
        choices.append(Choice(_value(name, one.value, names), address, one.count, one.chosen))
    return Facet(FACETS[name], tuple(choices))


def _value(name: str, value: str, names: dict[str, str]) -> str:
    match name:
        case "level":
            return str(LEVELS[value])  # type: ignore[index]
        case "star":
            return str(STARS[int(value)])  # type: ignore[index]
        case "designated":
            return str(LABELS["designated"])
    return names.get(value.ljust(6, "0"), value)


def _features(query: BaseQuery, values: Iterable[FacetValue]) -> list[Facet]:
    """The features by their groups; they add up, each one more that must be there."""
    held: dict[str, list[Choice]] = {group: [] for group in GROUPS}
    for one in values:
        if not one.count and not one.chosen:
            continue
        feature = BY_CODE[one.value]
        more = (*query.features, one.value)
        narrower = address_of(query, feature=more)
        address = address_of(query.without("feature", one.value)) if one.chosen else narrower
        held[feature.group].append(Choice(str(feature.label), address, one.count, one.chosen))
    return [Facet(GROUPS[group], tuple(choices)) for group, choices in held.items()]
