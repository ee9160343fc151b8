"""Read vocabulary of reference facts; they are public, so everybody sees every row."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Window
from django.db.models.functions import RowNumber

from sojourn.core import hanzi
from sojourn.core.actors import Actor
from sojourn.core.querysets import LockingQuerySet
from sojourn.provinces.calendars import Calendar
from sojourn.provinces.states import HolidayKind


def valid_on(day: date) -> Q:
    """Rows whose ``[valid_from, valid_to)`` holds this day; an open side is null."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return begun & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class PublicQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Reference facts are published: no actor is shut out."""
        return self

    def managed_by(self, actor: Actor):
        """Staff of any reach read them; only the loader writes them."""
        return self


class DivisionQuerySet(PublicQuerySet):
    def live_on(self, day: date):
        return self.filter(valid_on(day))

    def with_successor(self):
        """Withdrawn divisions with the code that continues them, as ``successor_code``."""
        ends = _related(self, "predecessors").filter(code=OuterRef("pk"), valid_to=OuterRef("valid_to"))
        return self.annotate(successor_code=Subquery(ends.values("successor_id")))

    def within(self, prefixes: Iterable[str]):
        """Divisions that lie within one of these code prefixes; no prefix, no division."""
        found = Q(pk__in=[])
        for prefix in prefixes:
            found |= Q(code__startswith=prefix)
        return self.filter(found)

    def matching(self, q: str):
        """Divisions that every typed word names: by name in any script, pinyin, initials or code."""
        found = Q()
        for word in hanzi.words(q):
            named = Q(search_name__contains=word) | Q(code__startswith=word)
            if hanzi.looks_latin(word):
                typed = hanzi.pinyin(word)
                named |= Q(pinyin__startswith=typed) | Q(search_pinyin__startswith=typed)
                named |= Q(search_initials__startswith=typed)
            found &= named
        return self.filter(found) if found else self.none()


class AgreementQuerySet(PublicQuerySet):
    def with_contents(self):
        """Agreements with parties and agreed items, each in the order in which they were reported."""
        return self.prefetch_related(
            Prefetch("parties", _related(self, "parties").select_related("division").order_by("position")),
            Prefetch("items", _related(self, "items").order_by("position")),
        )

    def binding(self, codes: Iterable[str]):
        """Instruments in which each of these divisions is a party."""
        found = self
        for code in codes:
            found = found.filter(parties__division_id=code)
        return found.distinct()


class CalendarYearQuerySet(PublicQuerySet):
    def announced_years(self) -> frozenset[int]:
        return frozenset(self.filter(announced=True).values_list("year", flat=True))


class HolidayQuerySet(PublicQuerySet):
    def calendar(self, *, since: date, announced_years: frozenset[int]) -> Calendar:
        """What is known of the days from ``since`` on; legal days count as off before their notice too."""
        days = list(self.filter(day__gte=since).values_list("day", "kind"))
        return Calendar(
            days_off=frozenset(day for day, kind in days if kind != HolidayKind.WORKDAY),
            workdays=frozenset(day for day, kind in days if kind == HolidayKind.WORKDAY),
            announced_years=announced_years,
        )


class RuleQuerySet(PublicQuerySet):
    def live_on(self, day: date):
        return self.filter(valid_on(day))

    def answering(self, key: str, *, on: date, member: str | None, agreement: UUID | None):
        """Rules that could answer, the most specific first: member before agreement before general."""
        own = Q(member__isnull=True) | Q(member=member)
        under = Q(agreement__isnull=True) | Q(agreement=agreement)
        by_specificity = (F("member").asc(nulls_last=True), F("agreement").asc(nulls_last=True))
        return self.live_on(on).filter(own, under, key=key).order_by(*by_specificity)

    def of_seasons(self, on: date):
        """The general rules by which months are judged, live on the day."""
        return self.live_on(on).filter(key__startswith="season_", member__isnull=True, agreement__isnull=True)


NORMALS = ("tmean_c", "tmax_c", "tmin_c", "rh_pct", "precip_mm", "wet_days", "sunshine_hours", "wind_ms")


class SeasonMonthQuerySet(PublicQuerySet):
    def in_members(self):
        """Months of places that lie in a member province."""
        members = _related(self, "place").filter(member__isnull=False)
        return self.filter(place__province_code__in=members.values("code"))

    def within(self, prefixes: Iterable[str]):
        """Months of places within one of these code prefixes; no prefix, no month."""
        found = Q(pk__in=[])
        for prefix in prefixes:
            found |= Q(place__code__startswith=prefix)
        return self.filter(found)

    def of_own_climate(self):
        """Months of places with a climate of their own: each climate once."""
        return self.filter(climate=F("place"))

    def first_of_each_month(self, count: int):
        """The best months of the year's each, the best first."""
        place_in_order = Window(RowNumber(), partition_by="month", order_by=("fit", "place"))
        return self.annotate(rank=place_in_order).filter(rank__lte=count).order_by("month", "rank")

    def with_normals(self):
        """Months with the normals they were judged from beside them, and the names of place and climate."""
        return (
            self.filter(climate__normals__month=F("month"))
            .annotate(**{name: F(f"climate__normals__{name}") for name in NORMALS})
            .select_related("place__parent", "climate__city__parent")
        )


def _related(queryset, name: str):
    return queryset.model._meta.get_field(name).related_model.objects.all()
