"""What a month is like in a city, said so that a reader can check it: the class, the reason, the year's picture."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import Answer
from providers.search.months import month_name
from providers.search.places import name_of
from sojourn.core.actors import PUBLIC
from sojourn.core.clock import today
from sojourn.provinces.comfort import MONTHS
from sojourn.provinces.models import Division, SeasonMonth
from sojourn.provinces.querysets import SeasonMonthQuerySet
from sojourn.provinces.states import Comfort, DivisionKind, SeasonIndex, SeasonWarning
from sojourn.web.languages import ENGLISH

HARBIN = "230100"
JudgedMonth = Any  # a SeasonMonth with the normals it was judged from beside it
CHILLY = frozenset({Comfort.COLD, Comfort.COOL})
WARM = frozenset({Comfort.HOT, Comfort.SULTRY})
WARM_TIER = _("相对温暖")
MARKS = {
    Comfort.COLD: pgettext_lazy("one character", "寒"),
    Comfort.COOL: pgettext_lazy("one character", "冷"),
    Comfort.COMFORTABLE: pgettext_lazy("one character", "适"),
    Comfort.HOT: pgettext_lazy("one character", "热"),
    Comfort.SULTRY: pgettext_lazy("one character", "闷"),
}


@dataclass(frozen=True)
class Reason:
    """One month of one city beside the same month at home: why it fits or not. °C, metres."""

    row: JudgedMonth
    home: JudgedMonth | None

    @property
    def month(self) -> int:
        return self.row.month

    @property
    def comfort(self) -> Comfort:
        return Comfort(self.row.comfort)

    @property
    def fit(self) -> int:
        return self.row.fit

    @property
    def class_label(self) -> str:
        """The class of the standard; 舒适 for no other class than that."""
        return str(self.comfort.label)

    @property
    def warm_tier(self) -> bool:
        """Among the warmest of a winter month, where that needs saying: it is chilly all the same."""
        return self.row.warm_tier and self.comfort in CHILLY

    @property
    def warm_label(self) -> str:
        return str(WARM_TIER) if self.warm_tier else ""

    @property
    def warnings(self) -> list[str]:
        return [str(SeasonWarning(code).label) for code in self.row.warnings]

    @property
    def index_label(self) -> str:
        return str(SeasonIndex(self.row.deciding).label)

    @property
    def index_shown(self) -> str:
        by_wind = self.row.deciding == SeasonIndex.WIND
        return signed(self.row.wind_index if by_wind else self.row.humidity_index)

    @property
    def mean(self) -> str:
        return signed(self.row.tmean_c)

    @property
    def low(self) -> str:
        return signed(self.row.tmin_c)

    @property
    def high(self) -> str:
        return signed(self.row.tmax_c)

    @property
    def period(self) -> str:
        return period_of(self.row)

    @property
    def city_name(self) -> str:
        return city_name(self.row.place)

    @property
    def climate_name(self) -> str:
        """The city whose climate answers, where that is not the place's own; else nothing."""
        if self.row.climate_id == self.row.place_id:
            return ""
        city = self.row.climate.city
        return city_name(city) if get_language() == ENGLISH else city.short_name

    @cached_property
    def parts(self) -> list[str]:
        """Mean temperature, difference to home, class: the line in its pieces."""
        mean = gettext("{month}均温 {mean} ℃").format(month=month_name(self.month), mean=self.mean)
        return [part for part in (mean, self.against_home, self.class_label.lower()) if part]

    @property
    def against_home(self) -> str:
        """How much warmer or cooler than home in whole degrees, a half not counted; nothing for home itself."""
        if self.home is None or self.home.climate_id == self.row.climate_id:
            return ""
        apart = int((self.row.tmean_c - self.home.tmean_c).quantize(Decimal(1), ROUND_HALF_DOWN))
        home = city_name(self.home.place)
        if apart == 0:
            return gettext("与{home}相近").format(home=home)
        words = gettext("比{home}暖 {degrees} ℃") if apart > 0 else gettext("比{home}凉 {degrees} ℃")
        return words.format(home=home, degrees=abs(apart))

    @property
    def line(self) -> str:
        return joined(self.parts)

    def line_for(self, answers: Mapping[str, str]) -> str:
        """The line with what one facility answered about heating in the cold or cooling in the heat."""
        return joined([*self.parts, *self._indoors(answers)])

    def _indoors(self, answers: Mapping[str, str]) -> list[str]:
        if self.comfort in CHILLY:
            return [_heating(answers)]
        if self.comfort in WARM:
            said: dict[str, str] = {Answer.YES: gettext("有空调"), Answer.NO: gettext("没有空调")}
            return [said.get(answers.get("air_conditioning", ""), gettext("有没有空调未报告"))]
        return []


@dataclass(frozen=True)
class Slip:
    """One month in the year's picture; where its mean noon and night stand, in per cent from the top."""

    row: JudgedMonth
    is_now: bool
    top: int
    bottom: int

    @property
    def number(self) -> int:
        return self.row.month

    @property
    def name(self) -> str:
        return month_name(self.row.month)

    @property
    def comfort(self) -> str:
        return self.row.comfort

    @property
    def class_label(self) -> str:
        return str(Comfort(self.row.comfort).label)

    @property
    def mark(self) -> str:
        """The class in one character, for a picture with a legend."""
        return str(MARKS[Comfort(self.row.comfort)])

    @property
    def degrees(self) -> str:
        return signed(self.row.tmean_c.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def reason(self) -> Reason:
        return Reason(self.row, None)


@dataclass(frozen=True)
class Strip:
    """The twelve months of one city."""

    months: list[Slip]

    def __iter__(self):
        return iter(self.months)

    def __len__(self) -> int:
        return len(self.months)

    @property
    def place(self) -> Division:
        return self.months[0].row.place

    @property
    def city_name(self) -> str:
        return city_name(self.place)

    @property
    def climate_name(self) -> str:
        return self.months[0].reason.climate_name

    @property
    def period(self) -> str:
        return self.months[0].reason.period

    @property
    def comfortable(self) -> str:
        """The comfortable months in words, runs joined; nothing where there is none."""
        return months_in_words([slip.number for slip in self.months if slip.comfort == Comfort.COMFORTABLE])


LEAST_SPAN = 24  # °C: the picture of an even climate is not blown up beyond this


def reasons_for(
    city_codes: Iterable[str], month: int | Iterable[int], *, home: str = HARBIN
) -> dict[str, Reason]:
    """The reason of each city that has a climate, in one query; of several months, that of the worst."""
    codes, months = set(city_codes), [month] if isinstance(month, int) else list(month)
    rows = list(_with_normals().filter(place__in=codes | {home}, month__in=months))
    at_home = {row.month: row for row in rows if row.place_id == home}
    reasons: dict[str, Reason] = {}
    for row in sorted((row for row in rows if row.place_id in codes), key=lambda row: (row.fit, row.month)):
        reasons[row.place_id] = Reason(row, at_home.get(row.month))
    return reasons


def strip_for(city_code: str) -> Strip | None:
    """The year of one city, from January on; None where no climate answers for it."""
    rows = list(_with_normals().filter(place=city_code).order_by("month"))
    return _strip(rows) if rows else None


def strips_for(city_codes: list[str]) -> list[Strip]:
    """The years of several cities in their given order, in one query."""
    held: dict[str, list[JudgedMonth]] = {}
    for row in _with_normals().filter(place__in=city_codes).order_by("month"):
        held.setdefault(row.place_id, []).append(row)
    return [_strip(held[code]) for code in city_codes if code in held]


def ranked(month: int, *, home: str = HARBIN) -> list[Reason]:
    """Every city of the members with a climate of its own, the best of the month first."""
    of_month = _with_normals().filter(month=month)
    rows = list(of_month.in_members().of_own_climate().order_by("fit", "place"))
    at_home = next((row for row in rows if row.place_id == home), None) or of_month.filter(place=home).first()
    return [Reason(row, at_home) for row in rows]


def answers_of(yes: Iterable[str], told: Iterable[str]) -> dict[str, str]:
    """The answers of a facility by feature, from the lists of those answered yes and those answered at all."""
    held = set(yes)
    return {code: Answer.YES if code in held else Answer.NO for code in told}


def city_name(place: Division) -> str:
    """A city by its short name; the municipality's where the place is only a heading of the code table."""
    if place.kind == DivisionKind.PSEUDO and place.parent is not None:
        place = place.parent
    return name_of(place) if get_language() == ENGLISH else place.short_name


def months_in_words(months: list[int]) -> str:
    """Months as runs: 4月–6月、9月, or April–June, September; a run may cross the turn of the year."""
    said = [
        month_name(first) if first == last else f"{month_name(first)}–{month_name(last)}"
        for first, last in _runs(sorted(set(months)))
    ]
    return (", " if get_language() == ENGLISH else "、").join(said)


def signed(number: int | Decimal) -> str:
    """A number with a real minus sign, which line breaks and readers respect."""
    return f"{number}".replace("-", "−")


def joined(parts: Iterable[str]) -> str:
    return (", " if get_language() == ENGLISH else "，").join(parts)


def period_of(row: JudgedMonth) -> str:
    return f"{row.climate.period_from}–{row.climate.period_to}"


def _with_normals() -> SeasonMonthQuerySet:
    return SeasonMonth.objects.visible_to(PUBLIC).with_normals()


def _strip(rows: list[JudgedMonth]) -> Strip:
    """The year's picture on a scale that its coldest night and its hottest noon fill."""
    now = today().month
    low, high = min(row.tmin_c for row in rows), max(row.tmax_c for row in rows)
    span = max(high - low, Decimal(LEAST_SPAN))
    return Strip(
        [
            Slip(
                row,
                is_now=row.month == now,
                top=int((high - row.tmax_c) * 100 / span),
                bottom=int((high - row.tmin_c) * 100 / span),
            )
            for row in rows
        ]
    )


def _runs(months: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for month in months:
        if runs and month == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    if len(runs) > 1 and (runs[0][0], runs[-1][1]) == (MONTHS[0], MONTHS[-1]):
        first = runs.pop(0)
        runs[-1] = (runs[-1][0], first[1])
    return runs


def _heating(answers: Mapping[str, str]) -> str:
    """What is known of warmth indoors: central heating, else heating in the room, else that nobody said."""
    central, room = answers.get("central_heating"), answers.get("room_heating")
    if central == Answer.YES:
        return gettext("有集中供暖")
    if central == Answer.NO:
        return gettext("室内无集中供暖，房间可取暖") if room == Answer.YES else gettext("室内无集中供暖")
    return gettext("房间可取暖") if room == Answer.YES else gettext("供暖情况未报告")
