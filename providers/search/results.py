"""What a search finds: rows in their order, how many, and what to choose next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import NamedTuple, Self

from django.db.models import Case, Count, F, Min, Q, TextField, Value, When

from providers.designation.models import Base
from providers.search import errors
from providers.search.conditions import answering, conditions_of, has_bit, km_between
from providers.search.errors import QueryInvalid, wrong
from providers.search.models import FEATURE_BITS, LEVEL_BITS, SearchRow
from providers.search.query import BaseQuery
from providers.search.ranking import Hit, Window, hits_of, near_hits_of
from providers.search.reading import HIGHEST_STAR
from providers.search.shelves import live_designations
from sojourn.core.actors import PUBLIC
from sojourn.core.clock import today
from sojourn.provinces.models import Division

ROWS_A_PAGE = 20
PLACES = {"province", "city", "county"}


@dataclass(frozen=True)
class Counts:
    """How many answer, and how many were left out only because they never reported a fact that was asked for."""

    answering: int
    unreported: int


@dataclass(frozen=True)
class Found:
    """One page of an answer.

    Its rows are SearchRows with ``facility`` (its operator, division and those above it), ``distance_km`` (None
    where no point was asked for) and ``live_designations``. Where ``near_misses`` is true nothing answers to the
    words as they were typed: ``count`` is 0 and the rows are those that come near.
    """

    rows: list[SearchRow]
    count: int
    unreported: int
    page: int
    pages: int
    near_misses: bool = False


@dataclass(frozen=True)
class FacetValue:
    """One value a reader may choose next, and how many would answer with it."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class CityCount:
    """The facilities of one city that answer; the fee is the lowest of a month, None where none was told."""

    code: str
    name: str
    lng: Decimal | None
    lat: Decimal | None
    count: int
    designated: int
    lowest_fee_fen: int | None


class WayOut(NamedTuple):
    """One word to drop from a query (``text`` names one of several), and how many would answer then."""

    name: str
    text: str | None
    facilities: int


def find(query: BaseQuery, *, size: int = ROWS_A_PAGE) -> Found:
    """The page of rows that was asked; QueryInvalid where the list ends before it."""
    counts = counted(query)
    pages = max(1, -(-counts.answering // size))
    if query.page > pages:
        facts = {"page": query.page, "last": pages}
        raise QueryInvalid(errors=[wrong("page", "no_such_page", errors.NO_SUCH_PAGE, **facts)])
    hits = hits_of(query, Window(size, (query.page - 1) * size)) if counts.answering else []
    near = [] if hits else near_hits_of(query, limit=size)
    rows = _rows(query, hits or near)
    return Found(rows, counts.answering, counts.unreported, query.page, pages, near_misses=bool(near))


def counted(query: BaseQuery) -> Counts:
    """How many rows answer, and how many never reported what was asked, in one go."""
    answered, may_answer = answering(query, loosely=False), answering(query, loosely=True)
    rows = SearchRow.objects.visible_to(PUBLIC)
    if answered == may_answer:
        return Counts(rows.filter(answered.q).count(), 0)
    found = rows.filter(may_answer.q).aggregate(some=Count("pk"), answered=Count("pk", filter=answered.q))
    silent = found["some"] - found["answered"]
    return Counts(found["some"] if query.unreported else found["answered"], silent)


def facets(query: BaseQuery) -> dict[str, list[FacetValue]]:
    """What may be chosen next, each facet counted with every other word of the query on.

    Within a province its cities are offered, else the provinces.
    """
    kinds, loosely = Kinds.of(query), query.unreported
    return {
        **_places(query),
        "level": [
            FacetValue(
                level, kinds.total("level", partial(_takes, bit, loosely=loosely)), level == query.level
            )
            for level, bit in LEVEL_BITS.items()
        ],
        "feature": _features(query),
        "star": [
            FacetValue(
                str(star), kinds.total("star", partial(_is_graded, star, loosely=loosely)), star == query.star
            )
            for star in range(1, HIGHEST_STAR + 1)
        ],
        "designated": [
            FacetValue("1", kinds.total("designated", attrgetter("designated")), query.designated)
        ],
    }


def by_city(query: BaseQuery) -> list[CityCount]:
    """The cities in which facilities answer, for the map; those without a code of their own stand as province."""
    rows = SearchRow.objects.visible_to(PUBLIC).filter(answering(query).q)
    code = Case(When(city_code="", then=F("province_code")), default=F("city_code"), output_field=TextField())
    totals = rows.values(code=code).annotate(
        count=Count("pk"), bases=Count("pk", filter=Q(designated=True)), fee=Min("monthly_fee_fen")
    )
    found = {row["code"]: row for row in totals.order_by()}
    places = Division.objects.visible_to(PUBLIC).filter(code__in=found).order_by("code")
    return [
        CityCount(
            code=place.code,
            name=place.short_name,
            lng=place.lng,
            lat=place.lat,
            count=found[place.code]["count"],
            designated=found[place.code]["bases"],
            lowest_fee_fen=found[place.code]["fee"],
        )
        for place in places
    ]


def ways_out(query: BaseQuery) -> list[WayOut]:
    """Which single word to drop, and how many would answer then, most first; those that help nothing are left out."""
    words: list[tuple[str, str | None]] = [("q", None)] if query.q else []
    words += [(one.name, one.text) for one in conditions_of(query)]
    if not words:
        return []
    counts = {
        f"way_{at}": Count("pk", filter=answering(query, but={name}, text=text).q)
        for at, (name, text) in enumerate(words)
    }
    totals = SearchRow.objects.visible_to(PUBLIC).aggregate(**counts)
    ways = [WayOut(name, text, totals[f"way_{at}"]) for at, (name, text) in enumerate(words)]
    return sorted((way for way in ways if way.facilities), key=lambda way: -way.facilities)


def _rows(query: BaseQuery, hits: list[Hit]) -> list[SearchRow]:
    """The rows with these hits, in their order, each with what a list shows beside it."""
    rows = SearchRow.objects.visible_to(PUBLIC).filter(pk__in=[hit.facility_id for hit in hits])
    rows = rows.defer("tokens").select_related("facility__operator", "facility__division__parent__parent")
    found = {row.pk: row for row in rows}
    held = _held(row.facility for row in found.values())
    for row in found.values():
        row.live_designations = held.get(row.pk, [])
        row.distance_km = km_between(query.near, row.lat, row.lng) if query.near else None
    return [found[hit.facility_id] for hit in hits if hit.facility_id in found]


def _held(facilities: Iterable) -> dict[object, list[Base]]:
    held: dict = {}
    for base in live_designations(list(facilities)):
        held.setdefault(base.facility_id, []).append(base)
    return held


class Kind(NamedTuple):
    """Rows alike in level, grade and designation; grade 0 is none that holds."""

    levels: int | None
    grade: int
    designated: bool
    facilities: int


@dataclass(frozen=True)
class Kinds:
    """The rows that answer what is no facet of a kind, by kind, and what each facet asks of a kind."""

    kinds: list[Kind]
    asked: dict[str, Callable[[Kind], bool]]

    @classmethod
    def of(cls, query: BaseQuery) -> Self:
        held = Case(When(graded_until__gte=today(), then=F("grade")), default=Value(0))
        rows = SearchRow.objects.visible_to(PUBLIC).filter(
            answering(query, but={"level", "star", "designated"}).q
        )
        names = ("level_bits", "held", "designated")
        grouped = rows.order_by().annotate(held=held).values(*names).annotate(count=Count("pk"))
        return cls([Kind(*values) for values in grouped.values_list(*names, "count")], _asked(query))

    def total(self, facet: str, meets: Callable[[Kind], object]) -> int:
        """How many rows meet this, and what every other facet asks."""
        others = [other for name, other in self.asked.items() if name != facet]
        return sum(
            kind.facilities for kind in self.kinds if meets(kind) and all(other(kind) for other in others)
        )


def _asked(query: BaseQuery) -> dict[str, Callable[[Kind], bool]]:
    """What the query's own facets ask of a kind; with ``unreported`` what was never told is let in too."""
    asked: dict[str, Callable[[Kind], bool]] = {}
    if query.level:
        asked["level"] = partial(_takes, LEVEL_BITS[query.level], loosely=query.unreported)
    if query.star:
        asked["star"] = partial(_is_graded, query.star, loosely=query.unreported)
    if query.designated:
        asked["designated"] = attrgetter("designated")
    return asked


def _takes(level_bit: int, kind: Kind, *, loosely: bool = False) -> bool:
    return loosely if kind.levels is None else bool(kind.levels & level_bit)


def _is_graded(star: int, kind: Kind, *, loosely: bool = False) -> bool:
    return kind.grade >= star or (loosely and not kind.grade)


def _places(query: BaseQuery) -> dict[str, list[FacetValue]]:
    """The places to choose from, most first; a place chosen anew forgets those within it."""
    name, within = ("city", {"city", "county"}) if query.province else ("province", PLACES)
    chosen = query.city if query.province else query.province
    rows = SearchRow.objects.visible_to(PUBLIC).filter(answering(query, but=within).q).order_by()
    totals = rows.values_list(f"{name}_code").annotate(count=Count("pk"))
    held = sorted((-count, code) for code, count in totals if code)
    return {
        name: [FacetValue(code, -count, chosen is not None and code == chosen.code) for count, code in held]
    }


def _features(query: BaseQuery) -> list[FacetValue]:
    """Features add up: each is counted with those already chosen."""
    counts = {
        code: Count("pk", filter=_has_feature(bit, query.unreported)) for code, bit in FEATURE_BITS.items()
    }
    totals = SearchRow.objects.visible_to(PUBLIC).filter(answering(query).q).aggregate(**counts)
    return [FacetValue(code, totals[code], code in query.features) for code in FEATURE_BITS]


def _has_feature(bit: int, loosely: bool) -> Q:
    has = has_bit("yes_bits", bit)
    return (has | ~has_bit("told_bits", bit) if loosely else has).q
