"""A query as conditions on the rows of the search, and the orders in which they answer.

A fact that was never reported answers neither yes nor no: each condition on a reported fact stands beside the
condition that it was not reported, so that those rows can be counted and shown (decision 0008).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from providers.search.fragments import Fragment, all_of
from providers.search.matching import Words
from providers.search.models import FEATURE_BITS, LEVEL_BITS, NO_PRICE, NO_SEASON
from providers.search.query import BaseQuery
from providers.search.reading import Point
from providers.search.states import Sort
from sojourn.core.clock import today

EARTH_KM = 6371.0088
KM_A_DEGREE = 111.195
FARTHEST_METRES = 2_147_483_647


@dataclass(frozen=True)
class Condition:
    """What one word of a query asks: rows that answer it, and rows that never reported the fact."""

    name: str
    answers: Fragment
    unreported: Fragment | None = None
    text: str | None = None

    @property
    def may_answer(self) -> Fragment:
        return self.answers if self.unreported is None else self.answers | self.unreported


def conditions_of(query: BaseQuery) -> list[Condition]:
    """Every word of the query that leaves rows out, but what was typed into the search box."""
    return [*_places(query), *_facts(query)]


def answering(
    query: BaseQuery, *, but: Collection[str] = (), text: str | None = None, loosely: bool | None = None
) -> Fragment:
    """Rows that answer every word of the query except ``but``, of several only the one with this text.

    ``loosely`` also lets those in that never reported a fact; by default the query says so itself.
    """
    loosely = query.unreported if loosely is None else loosely
    asked = [
        one.may_answer if loosely else one.answers
        for one in conditions_of(query)
        if not (one.name in but and text in {None, one.text})
    ]
    if query.q and "q" not in but:
        asked.append(Words.read(query.q).anywhere())
    return all_of(asked)


def _places(query: BaseQuery) -> Iterator[Condition]:
    for name in ("province", "city", "county"):
        if place := query.value_of(name):
            yield Condition(name, Fragment(f"{name}_code = %s", (place.code,)))
    if query.designated:
        yield Condition("designated", Fragment("designated"))


def _facts(query: BaseQuery) -> Iterator[Condition]:
    if query.level:
        silent = Fragment("level_bits IS NULL")
        yield Condition("level", has_bit("level_bits", LEVEL_BITS[query.level]), silent)
    if query.budget:
        affordable = Fragment("monthly_fee_fen <= %s", (query.budget * 100,))
        yield Condition("budget", affordable, Fragment("monthly_fee_fen IS NULL"))
    if query.star:
        held = Fragment("(grade >= %s AND graded_until >= %s)", (query.star, today()))
        yield Condition("star", held, Fragment("(grade IS NULL OR graded_until < %s)", (today(),)))
    for code in query.features:
        told = has_bit("told_bits", FEATURE_BITS[code])
        yield Condition("feature", has_bit("yes_bits", FEATURE_BITS[code]), ~told, text=code)
    if query.near:
        yield Condition("near", _within(query.near, query.radius), Fragment("lat IS NULL"))


def has_bit(column: str, bit: int) -> Fragment:
    """Rows in whose set this bit is set; null is no set.

    Asked as "above 0": of that the planner guesses a third of all rows, of an equation next to none.
    """
    return Fragment(f"({column} & %s) > 0", (bit,))


def _within(point: Point, radius_km: int) -> Fragment:
    """Rows within the radius: first by a box around it, which an index answers, then by the distance."""
    north = radius_km / KM_A_DEGREE
    east = north / cos(radians(min(abs(point.lat) + north, 80)))
    box = Fragment(
        "(lat BETWEEN %s AND %s AND lng BETWEEN %s AND %s)",
        (point.lat - north, point.lat + north, point.lng - east, point.lng + east),
    )
    distance = distance_km(point)
    return box & Fragment(f"{distance.sql} <= %s", (*distance.params, radius_km))


def distance_km(point: Point) -> Fragment:
    """How far a row's point is by the great circle, in kilometres (haversine)."""
    return Fragment(
        f"{2 * EARTH_KM} * asin(sqrt(sin(radians(lat - %s) / 2) ^ 2"
        " + cos(radians(%s)) * cos(radians(lat)) * sin(radians(lng - %s) / 2) ^ 2))",
        (point.lat, point.lat, point.lng),
    )


def km_between(point: Point, lat: float | None, lng: float | None) -> float | None:
    """The same for one row that was read; None where its point was not told."""
    if lat is None or lng is None:
        return None
    north, east = radians(lat - point.lat) / 2, radians(lng - point.lng) / 2
    share = sin(north) ** 2 + cos(radians(point.lat)) * cos(radians(lat)) * sin(east) ** 2
    return 2 * EARTH_KM * asin(sqrt(share))


def order_of(query: BaseQuery) -> dict[str, Fragment]:
    """The columns in whose ascending order rows answer, by name; none is ever null and the last tells rows apart.

    They are written as in the indexes of the table.
    """
    keys: dict[str, Fragment] = {}
    match query.sort:
        case Sort.PRICE:
            keys["price"] = Fragment(f"coalesce(monthly_fee_fen, {NO_PRICE})")
        case Sort.DISTANCE if query.near:
            distance = distance_km(query.near)
            metres = f"coalesce(round({distance.sql} * 1000)::integer, {FARTHEST_METRES})"
            keys["metres"] = Fragment(metres, distance.params)
        case Sort.FIT:
            if query.months:
                fits = [f"coalesce(fits[{int(month)}], {NO_SEASON})" for month in query.months]
                keys["fit"] = Fragment(fits[0] if len(fits) == 1 else f"greatest({', '.join(fits)})")
            keys["plain"] = Fragment("(NOT designated)")
    return keys | {"sort_key": Fragment("sort_key"), "pk": Fragment("facility_id")}
