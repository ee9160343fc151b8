"""What the pages lay out beside each other: members with their figures, facilities with their designations."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from providers.designation.models import Base, ReportedCount
from providers.facilities.models import Facility
from providers.search.query import BaseQuery
from sojourn.core.actors import PUBLIC
from sojourn.provinces.models import Division, Member
from sojourn.provinces.states import DivisionKind, DivisionLevel


@dataclass(frozen=True)
class Card:
    """A facility as a list shows it."""

    facility: Facility
    short: str
    designations: tuple[Base, ...] = ()


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
    """The places a reader may choose next: provinces always, the parts of the place she has chosen."""

    provinces: list[Division] = field(default_factory=list)
    cities: list[Division] = field(default_factory=list)
    counties: list[Division] = field(default_factory=list)

    @property
    def shorts(self) -> dict[str, str]:
        """The one-character name of each member by its code."""
        return {province.code: province.member.short for province in self.provinces}


def choices_for(query: BaseQuery | None) -> Choices:
    """The members, and the live parts of the province and city in the query."""
    province, city = (query.province, query.city) if query else (None, None)
    wanted = Q(member__isnull=False)
    if province:
        # Municipalities have no real cities: their counties stand under headings of the code table.
        wanted |= Q(parent=province, kind=DivisionKind.UNIT)
        wanted |= Q(parent__parent=province, parent__kind=DivisionKind.PSEUDO)
    if city:
        wanted |= Q(parent=city, kind=DivisionKind.UNIT)
    places = (
        Division.objects.visible_to(PUBLIC).filter(wanted, valid_to__isnull=True).select_related("member")
    )
    provinces = [place for place in places if place.level == DivisionLevel.PROVINCE]
    return Choices(
        provinces=sorted(provinces, key=lambda province: province.member.position),
        cities=_by_code(places, DivisionLevel.CITY),
        counties=_by_code(places, DivisionLevel.COUNTY),
    )


def cards(facilities: Iterable[Facility], shorts: dict[str, str]) -> list[Card]:
    """Facilities with their live designations, fetched in one go."""
    facilities = list(facilities)
    held: dict = {}
    for base in live_designations(facilities):
        held.setdefault(base.facility_id, []).append(base)
    return [
        Card(facility, shorts.get(facility.division.province_code, ""), tuple(held.get(facility.pk, ())))
        for facility in facilities
    ]


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


def _by_code(places: Iterable[Division], level: str) -> list[Division]:
    return sorted((place for place in places if place.level == level), key=lambda place: place.code)
