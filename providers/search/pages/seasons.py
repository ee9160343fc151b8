"""Where it is good in which month, and the whole rule by which that is said."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.facilities.models import Facility
from providers.search import errors
from providers.search.errors import QueryInvalid, wrong
from providers.search.months import month_name
from providers.search.pages.public import page
from providers.search.season_rule import explained
from providers.search.seasons import HARBIN, MARKS, Reason, Strip, city_name, ranked, strip_for, strips_for
from sojourn.core.actors import PUBLIC
from sojourn.core.clock import today
from sojourn.core.refusals import NotVisible
from sojourn.provinces.comfort import MONTHS
from sojourn.provinces.models import Division, Member, SeasonMonth
from sojourn.provinces.states import Comfort, DivisionKind

FIRST_SHOWN = 12
BEST_SHOWN = 3
CAPITAL = "0100"  # how the code of a province's capital ends
HOME = "home"


@dataclass(frozen=True)
class Place:
    """A city in the order of its month, with what can be found there."""

    rank: int
    reason: Reason
    facilities: int
    year: Strip | None = None

    @property
    def search_word(self) -> str:
        """The city as a word of the search; a municipality is a province there."""
        place = self.reason.row.place
        if place.kind == DivisionKind.PSEUDO:
            return f"province={place.province_code}"
        return f"province={place.province_code}&city={place.code}"


@dataclass(frozen=True)
class MonthTile:
    """One month of the overview: how many cities are in each class, and those that stand first."""

    month: int
    is_now: bool
    counts: dict[str, int]
    best: list[Reason]

    @property
    def name(self) -> str:
        return month_name(self.month)

    @property
    def comfortable(self) -> int:
        return self.counts.get(Comfort.COMFORTABLE, 0)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def shares(self) -> list[dict]:
        """The classes side by side, from cold to sultry: where each begins and how wide it is."""
        shares, begun = [], 0
        for code in Comfort.values:
            if count := self.counts.get(code, 0):
                shares.append({"comfort": code, "begun": begun, "count": count})
                begun += count
        return shares


@page
def overview(request: HttpRequest) -> HttpResponse:
    """The year at a glance: what each month offers, and the twelve months of every member's capital."""
    _refuse_words(request, known=())
    members = Member.objects.visible_to(PUBLIC).values_list("code", flat=True)
    years = strips_for([f"{code[:2]}{CAPITAL}" for code in members])
    context = {
        "months": _month_tiles(),
        "years": sorted(years, key=lambda year: year.place.lat or 0, reverse=True),
        "legend": [(code.value, str(MARKS[code]), str(code.label)) for code in Comfort],
    }
    return render(request, "search/seasons.html", context)


@page
def month(request: HttpRequest, month: int) -> HttpResponse:
    """The cities of the members in the order of one month, compared with the reader's own city."""
    if month not in MONTHS:
        raise NotVisible
    _refuse_words(request, known=(HOME,))
    home = _home(request.GET.get(HOME))
    reasons = ranked(month, home=home.code) if home else []
    places = _places(reasons)
    context = {
        "month": month,
        "month_name": month_name(month),
        "months": [(number, month_name(number)) for number in MONTHS],
        "home": home,
        "home_asked": request.GET.get(HOME, ""),
        "homes": _homes(reasons),
        "first": places[:FIRST_SHOWN],
        "rest": places[FIRST_SHOWN:],
        "comfortable": sum(place.reason.comfort == Comfort.COMFORTABLE for place in places),
        "warm": sum(place.reason.warm_tier for place in places),
        "total": len(places),
        "period": reasons[0].period if reasons else "",
    }
    return render(request, "search/season_month.html", context)


@page
def rule(request: HttpRequest) -> HttpResponse:
    """The whole season rule: formulas, classes, our own additions, sources, and values anyone can check."""
    _refuse_words(request, known=())
    context = {"rule": explained(today()), "strip": strip_for(HARBIN), "home": HARBIN}
    return render(request, "search/season_rule.html", context)


def _places(reasons: list[Reason]) -> list[Place]:
    """The cities in their order, the first of them with their year."""
    first = [reason.row.place_id for reason in reasons[:FIRST_SHOWN]]
    years = {strip.place.code: strip for strip in strips_for(first)}
    open_by_city = _open_by_city()
    return [
        Place(rank, reason, open_by_city.get(code, 0), years.get(code))
        for rank, reason in enumerate(reasons, start=1)
        for code in [reason.row.place_id]
    ]


def _refuse_words(request: HttpRequest, *, known: tuple[str, ...]) -> None:
    """A word that no one declared is refused, so that a misspelt one gives no silently wrong page."""
    problems = [
        wrong(errors.printable(name), "unknown", errors.UNKNOWN, word=errors.printable(name))
        for name in request.GET
        if name not in known
    ]
    problems += [
        wrong(name, "repeated", errors.REPEATED) for name in known if len(request.GET.getlist(name)) > 1
    ]
    if problems:
        raise QueryInvalid(errors=problems)


def _home(asked: str | None) -> Division | None:
    """The city to compare with, 哈尔滨 unless another was asked; a code without a climate is refused."""
    code = HARBIN if asked is None else asked.strip()
    months = SeasonMonth.objects.visible_to(PUBLIC).filter(place=code).select_related("place__parent")
    row = months.first() if code.isascii() and code.isdigit() else None
    if row is None and asked is not None:
        raise QueryInvalid(errors=[wrong(HOME, "unknown_home", errors.UNKNOWN_HOME)])
    return row.place if row else None


def _homes(reasons: list[Reason]) -> list[dict]:
    """The cities a reader may compare with, by province, in the order of their codes."""
    groups: dict[str, dict] = {}
    for reason in sorted(reasons, key=lambda reason: reason.row.place_id):
        place = reason.row.place
        group = groups.setdefault(place.province_code, {"province": place.parent, "cities": []})
        group["cities"].append({"code": place.code, "name": city_name(place)})
    return list(groups.values())


def _open_by_city() -> dict[str, int]:
    """How many facilities take sojourners in each city; all of a municipality under its one climate."""
    counts = (
        Facility.objects.visible_to(PUBLIC)
        .open_to_sojourners()
        .values_list("division__city_code")
        .annotate(Count("pk"))
        .order_by()
    )
    months = SeasonMonth.objects.visible_to(PUBLIC).filter(month=MONTHS[0])
    answering = dict(months.values_list("place_id", "climate_id"))
    found: dict[str, int] = {}
    for city, count in counts:
        heading = answering.get(city, city)
        found[heading] = found.get(heading, 0) + count
    return found


def _month_tiles() -> list[MonthTile]:
    """Counts by class and the first cities of every month, in two queries."""
    rows = SeasonMonth.objects.visible_to(PUBLIC).in_members().of_own_climate()
    counts: dict[int, dict[str, int]] = {month: {} for month in MONTHS}
    for number, comfort, count in rows.values_list("month", "comfort").annotate(Count("pk")).order_by():
        counts[number][comfort] = count
    best: dict[int, list[Reason]] = {month: [] for month in MONTHS}
    for row in rows.first_of_each_month(BEST_SHOWN).select_related("place__parent"):
        best[row.month].append(Reason(row, None))
    now = today().month
    return [MonthTile(number, number == now, counts[number], best[number]) for number in MONTHS]
