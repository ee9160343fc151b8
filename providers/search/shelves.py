"""What the pages lay out beside each other: members with their figures, facilities with their designations."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from providers.designation.models import Base, ReportedCount
from providers.facilities.models import Facility
from providers.search.places import name_of
from providers.search.query import BaseQuery
from sojourn.core.actors import PUBLIC
from sojourn.provinces.models import Division, Member
from sojourn.provinces.states import DivisionKind, DivisionLevel


@dataclass(frozen=True)
class MemberShelf:
    """A member with what was reported of it and what can be found here; ``report`` None: no report covers it."""

    member: Member
    report: ReportedCount | None
    open_facilities: int


@dataclass(frozen=True)
class ReportGroup:
    """Members that one report covers, or None for those of whom no report speaks."""

    report: ReportedCount | None
    shelves: tuple[MemberShelf, ...]


@dataclass(frozen=True)
class Choices:
    """The places a reader may choose: the members and all their cities, the parts of the place she has chosen."""

    provinces: list[Division] = field(default_factory=list)
    seats: list[tuple[Division, list[Division]]] = field(default_factory=list)
    cities: list[Division] = field(default_factory=list)
    counties: list[Division] = field(default_factory=list)

    @property
    def shorts(self) -> dict[str, str]:
        """The one-character name of each member by its code."""
        return {province.code: province.member.short for province in self.provinces}

    @property
    def capitals(self) -> list[Division]:
        """The first city of each member, where most of its elders set out from."""
        return [cities[0] for _province, cities in self.seats if cities]

    def name_at(self, point: str) -> str:
        """The city whose seat this point is, else the point itself."""
        for _province, cities in self.seats:
            for city in cities:
                if f"{city.lat:.4f},{city.lng:.4f}" == point:
                    return name_of(city)
        return point


def choices_for(query: BaseQuery | None) -> Choices:
    """The members with their cities that have a point, and the live parts of the place in the query."""
    province, city = _asked_in(query)
    # Municipalities have no real cities: their counties stand under headings of the code table.
    wanted = Q(member__isnull=False) | Q(parent__member__isnull=False)
    if province:
        wanted |= Q(province_code=province, parent__kind=DivisionKind.PSEUDO)
    if city:
        wanted |= Q(parent=city)
    places = list(
        Division.objects.visible_to(PUBLIC)
        .filter(wanted, valid_to__isnull=True, kind=DivisionKind.UNIT)
        .select_related("member")
        .order_by("code")
    )
    provinces = [place for place in places if place.level == DivisionLevel.PROVINCE]
    provinces.sort(key=lambda province: province.member.position)
    cities = [place for place in places if place.level == DivisionLevel.CITY]
    counties = [place for place in places if place.level == DivisionLevel.COUNTY]
    if city in {place.code for place in cities}:  # not a heading
        counties = [place for place in counties if place.parent_id == city]
    return Choices(
        provinces=provinces,
        seats=[(province, _seats_of(province, cities)) for province in provinces],
        cities=[place for place in cities if place.province_code == province],
        counties=[place for place in counties if place.province_code == province],
    )


def _seats_of(province: Division, cities: list[Division]) -> list[Division]:
    """The cities of a province that have a point; of a municipality itself."""
    own = [city for city in cities if city.province_code == province.code] or [province]
    return [city for city in own if city.lat is not None]


def _asked_in(query: BaseQuery | None) -> tuple[str, str]:
    """The codes of the province and of the city that the query asks in; a smaller place names the larger."""
    if query is None or not query.places:
        return "", ""
    code = query.places[-1].code
    city = f"{code[:4]}00" if code[2:4] != "00" else ""
    return f"{code[:2]}0000", city


def held_by(facilities: list[Facility]) -> dict:
    """The live designations of each facility by its id, fetched in one go."""
    held: dict = {}
    for base in live_designations(facilities):
        held.setdefault(base.facility_id, []).append(base)
    return held


def live_designations(facilities: list[Facility]) -> QuerySet[Base]:
    bases = Base.objects.visible_to(PUBLIC).designated().filter(facility__in=[one.pk for one in facilities])
    return bases.select_related("batch__member").order_by("designated_on", "pk")


def designated_bases() -> QuerySet[Base]:
    """Every live designation of a real facility, by batch and place in its list."""
    bases = Base.objects.visible_to(PUBLIC).designated().filter(facility__is_sample=False)
    return bases.select_related("facility__division__parent__parent", "batch__member").order_by(
        "batch__announced_on", "batch", "listed_number"
    )


def member_shelves() -> list[MemberShelf]:
    """The members in their order, each with its latest reported count."""
    reports = {
        report.member_id: report
        for report in ReportedCount.objects.visible_to(PUBLIC).order_by("reported_on")
    }
    open_by_province = dict(
        Facility.objects.visible_to(PUBLIC)
        .open_to_sojourners()
        .values_list(Substr("division_id", 1, 2))
        .annotate(Count("pk"))
    )
    return [
        MemberShelf(member, reports.get(member.code), open_by_province.get(member.code[:2], 0))
        for member in Member.objects.visible_to(PUBLIC).select_related("division").order_by("position")
    ]


def by_report(shelves: Iterable[MemberShelf]) -> list[ReportGroup]:
    """The members grouped by the report that speaks of them; those of whom none does come last."""
    groups: dict = {}
    for shelf in shelves:
        key = (shelf.report.period, shelf.report.reported_on) if shelf.report else None
        groups.setdefault(key, []).append(shelf)
    unheard = groups.pop(None, [])
    told = [ReportGroup(found[0].report, tuple(found)) for found in groups.values()]
    return [*told, ReportGroup(None, tuple(unheard))] if unheard else told
