"""The season rule laid open: its rows with their sources, its classes, and months worked out before the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from providers.search.months import month_name
from providers.search.seasons import city_name, months_in_words, signed
from sojourn.provinces.comfort import MonthNormal, SeasonRule, Span, Verdict, judge
from sojourn.provinces.models import Division, Rule
from sojourn.provinces.seasons import normals_of, rule_from, season_rows
from sojourn.provinces.states import Comfort, SeasonIndex

HARBIN, GUANGZHOU, ZHANJIANG, GUIYANG, NANNING = "230100", "440100", "440800", "520100", "450100"
# Months that anyone can work out again; the first is worked out step by step.
CHECKED = (
    (GUANGZHOU, 1),
    (HARBIN, 1),
    (ZHANJIANG, 1),
    (GUIYANG, 7),
    (HARBIN, 7),
    (GUANGZHOU, 7),
    (ZHANJIANG, 7),
    (NANNING, 11),
)


@dataclass(frozen=True)
class Worked:
    """One month with its normals and what the rule makes of them."""

    place: Division
    normal: MonthNormal
    verdict: Verdict

    @property
    def city_name(self) -> str:
        return city_name(self.place)

    @property
    def month_name(self) -> str:
        return month_name(self.normal.month)

    @property
    def daily_sunshine(self) -> str:
        return f"{self.normal.daily_sunshine:.2f}"

    @property
    def humidity(self) -> str:
        """RH as the formula takes it, from 0 to 1."""
        return f"{Decimal(self.normal.rh_pct) / 100:.2f}"

    @property
    def mean(self) -> str:
        return signed(self.normal.tmean_c)

    @property
    def humidity_index(self) -> str:
        return signed(self.verdict.humidity_index)

    @property
    def wind_index(self) -> str:
        return signed(self.verdict.wind_index)

    @property
    def by_humidity(self) -> str:
        return str(self.verdict.by_index[SeasonIndex.HUMIDITY].label)

    @property
    def by_wind(self) -> str:
        return str(self.verdict.by_index[SeasonIndex.WIND].label)

    @property
    def deciding(self) -> str:
        return str(self.verdict.deciding.label)

    @property
    def class_label(self) -> str:
        return str(self.verdict.comfort.label)

    @property
    def comfort(self) -> str:
        return self.verdict.comfort.value


@dataclass(frozen=True)
class ClassRow:
    number: int
    comfort: Comfort
    humidity: str
    wind: str

    @property
    def label(self) -> str:
        return str(self.comfort.label)


@dataclass(frozen=True)
class Explained:
    """Everything the page of the rule shows: ``rows`` by key without its beginning season_."""

    rule: SeasonRule
    rows: Mapping[str, Rule]
    classes: list[ClassRow]
    worked: list[Worked]
    winter: str
    warm: str

    @property
    def example(self) -> Worked:
        return self.worked[0]


def explained(on: date) -> Explained:
    """The rule of the day with its worked months."""
    rows = season_rows(on)
    rule = rule_from(rows)
    return Explained(
        rule=rule,
        rows={key.removeprefix("season_"): row for key, row in rows.items()},
        classes=[
            ClassRow(
                one.number,
                one.code,
                _span(one.spans[SeasonIndex.HUMIDITY]),
                _span(one.spans[SeasonIndex.WIND]),
            )
            for one in rule.classes
        ],
        worked=_worked(rule),
        winter=months_in_words(sorted(rule.winter_months)),
        warm=months_in_words(sorted(rule.warm_months)),
    )


def _worked(rule: SeasonRule) -> list[Worked]:
    cities = {city for city, _month in CHECKED}
    normals = normals_of(cities)
    places = Division.objects.select_related("parent").in_bulk(cities)
    return [
        Worked(places[city], normals[city][month - 1], judge(normals[city][month - 1], rule))
        for city, month in CHECKED
    ]


def _span(span: Span) -> str:
    """Both ends included: ≤ 13.9, 14.0 ~ 16.9, ≥ 27.6."""
    low, high = span.low, span.high
    if low is None:
        return f"≤ {signed(high)}" if high is not None else ""
    return f"≥ {signed(low)}" if high is None else f"{signed(low)} ~ {signed(high)}"
