"""The season rule as arithmetic: a month's normals in, its indices, class and place in the order out.

GB/T 27963-2011. Every number of the rule comes in as data; what stands here is the shape of the formulas.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from sojourn.provinces.states import Comfort, SeasonIndex, SeasonWarning

PER_CENT = 100
COMMON_YEAR = 2023  # one without a 29 February
MONTHS = tuple(range(1, 13))


@dataclass(frozen=True)
class MonthNormal:
    """The mean of one month: °C, per cent, metres a second, hours of sunshine in the whole month, metres."""

    month: int
    tmean_c: Decimal
    tmax_c: Decimal
    rh_pct: int
    wind_ms: Decimal
    sunshine_hours: int
    wet_days: Decimal
    altitude_m: int

    @property
    def daily_sunshine(self) -> Decimal:
        """Hours a day; the normals of February are of 28 days."""
        days = monthrange(COMMON_YEAR, self.month)[1]
        return Decimal(self.sunshine_hours) / days


@dataclass(frozen=True)
class Span:
    """Values from ``low`` to ``high``, both included; None is without end."""

    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class ComfortClass:
    """One class of the standard and its span on each index."""

    number: int
    code: Comfort
    spans: dict[SeasonIndex, Span]


@dataclass(frozen=True)
class FitScale:
    """How a place in the order becomes one integer; ours, decision 0010."""

    one_index_only: int
    month_missing: int
    from_middle: int
    outside: int
    band_width: int
    worst: int


@dataclass(frozen=True)
class SeasonRule:
    """The season rule as it stands on one day."""

    humidity_factor: Decimal
    humidity_base: Decimal
    wind_root: Decimal
    wind_constant: Decimal
    skin_celsius: Decimal
    sunshine_factor: Decimal
    decimals: dict[SeasonIndex, int]
    classes: tuple[ComfortClass, ...]
    winter_months: frozenset[int]
    windy_above: Decimal
    warm_months: frozenset[int]
    warm_places: int
    midday_heat: Decimal
    wet_days: Decimal
    high_altitude: Decimal
    fit: FitScale
    edition: str

    def band(self, index: SeasonIndex) -> Span:
        """The span of the class that is comfortable."""
        return next(one.spans[index] for one in self.classes if one.code == Comfort.COMFORTABLE)


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one month, taken by itself.

    ``from_middle`` is 0 in the middle of the comfortable band and 1 at its edges, ``beyond`` how many widths
    of the band the deciding index lies outside it. ``wind_exact`` is K before rounding.
    """

    humidity_index: Decimal
    wind_index: int
    wind_exact: Decimal
    by_index: dict[SeasonIndex, Comfort]
    deciding: SeasonIndex
    from_middle: Decimal
    beyond: Decimal
    warnings: tuple[SeasonWarning, ...]

    @property
    def comfort(self) -> Comfort:
        return self.by_index[self.deciding]

    @property
    def agree(self) -> bool:
        return len(set(self.by_index.values())) == 1


def humidity_index(normal: MonthNormal, rule: SeasonRule) -> Decimal:
    """I = T − 0.55 (1 − RH)(T − 14.4), rounded to tenths before it is classified."""
    dry = 1 - Decimal(normal.rh_pct) / PER_CENT
    exact = normal.tmean_c - rule.humidity_factor * dry * (normal.tmean_c - rule.humidity_base)
    return _rounded(exact, rule.decimals[SeasonIndex.HUMIDITY])


def wind_index(normal: MonthNormal, rule: SeasonRule) -> int:
    """K = −(10 √V + 10.45 − V)(33 − T) + 8.55 S, rounded to a whole number before it is classified."""
    return int(_rounded(wind_index_exact(normal, rule), rule.decimals[SeasonIndex.WIND]))


def wind_index_exact(normal: MonthNormal, rule: SeasonRule) -> Decimal:
    speed = normal.wind_ms
    chill = rule.wind_root * speed.sqrt() + rule.wind_constant - speed
    return -chill * (rule.skin_celsius - normal.tmean_c) + rule.sunshine_factor * normal.daily_sunshine


def judge(normal: MonthNormal, rule: SeasonRule) -> Verdict:
    """The verdict on one month: wind decides in the winter half-year and where it blows, else humidity."""
    humidity, wind = humidity_index(normal, rule), wind_index(normal, rule)
    values = {SeasonIndex.HUMIDITY: humidity, SeasonIndex.WIND: Decimal(wind)}
    wind_decides = normal.month in rule.winter_months or normal.wind_ms > rule.windy_above
    deciding = SeasonIndex.WIND if wind_decides else SeasonIndex.HUMIDITY
    from_middle, beyond = _distances(values[deciding], rule.band(deciding))
    return Verdict(
        humidity_index=humidity,
        wind_index=wind,
        wind_exact=wind_index_exact(normal, rule),
        by_index={index: class_of(index, value, rule) for index, value in values.items()},
        deciding=deciding,
        from_middle=from_middle,
        beyond=beyond,
        warnings=_warnings(normal, rule),
    )


def class_of(index: SeasonIndex, value: Decimal, rule: SeasonRule) -> Comfort:
    """The class in whose span a rounded index lies; the spans leave no gap between rounded values."""
    return next(one.code for one in rule.classes if one.spans[index].holds(value))


def fits(year: Sequence[Verdict], rule: SeasonRule) -> list[int]:
    """Where each of twelve months, from January on, stands in the order of its month: the smaller the better.

    A comfortable month: first where both indices say so, then where more comfortable months join it, then
    the nearer the middle of the band. Any other: by how far outside the band it lies, whatever its class.
    """
    comfortable = [verdict.comfort == Comfort.COMFORTABLE for verdict in year]
    return [
        _fit_inside(verdict, months_joined(comfortable, at), rule.fit)
        if comfortable[at]
        else _fit_outside(verdict, rule.fit)
        for at, verdict in enumerate(year)
    ]


def months_joined(comfortable: Sequence[bool], at: int) -> int:
    """How many comfortable months follow one another around this one, across the turn of the year too."""
    if all(comfortable):
        return len(comfortable)
    count = 1
    for step in (1, -1):
        reached = at + step
        while comfortable[reached % len(comfortable)]:
            count, reached = count + 1, reached + step
    return count


def _fit_inside(verdict: Verdict, joined: int, scale: FitScale) -> int:
    alone = 0 if verdict.agree else scale.one_index_only
    missing = scale.month_missing * (len(MONTHS) - joined)
    return alone + missing + int(_rounded(verdict.from_middle * scale.from_middle, 0))


def _fit_outside(verdict: Verdict, scale: FitScale) -> int:
    parts = (verdict.beyond * scale.band_width).quantize(Decimal(1), ROUND_CEILING)
    return min(scale.outside + int(parts), scale.worst)


def _distances(value: Decimal, band: Span) -> tuple[Decimal, Decimal]:
    """How far from the middle in half widths while inside, how far outside in widths."""
    if band.low is None or band.high is None:
        raise ValueError("The comfortable band has two ends.")
    width = band.high - band.low
    outside = max(band.low - value, value - band.high, Decimal(0))
    from_middle = abs(value - (band.low + band.high) / 2) / (width / 2)
    return min(from_middle, Decimal(1)), outside / width


def _warnings(normal: MonthNormal, rule: SeasonRule) -> tuple[SeasonWarning, ...]:
    said = {
        SeasonWarning.MIDDAY_HEAT: normal.tmax_c >= rule.midday_heat,
        SeasonWarning.WET: normal.wet_days >= rule.wet_days,
        SeasonWarning.ALTITUDE: normal.altitude_m >= rule.high_altitude,
    }
    return tuple(warning for warning, holds in said.items() if holds)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
