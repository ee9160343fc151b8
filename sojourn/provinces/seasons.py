"""The season rule of a day from its dated rows, and what it says of every month in every city."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sojourn.provinces.comfort import (
    MONTHS,
    ComfortClass,
    FitScale,
    MonthNormal,
    SeasonRule,
    Span,
    Verdict,
    fits,
    judge,
)
from sojourn.provinces.errors import RuleMissing
from sojourn.provinces.models import ClimateNormal, ClimatePlace, Division, Member, Rule
from sojourn.provinces.states import Comfort, DivisionKind, DivisionLevel, SeasonIndex

JUDGING = "1"  # raise it when the same data and rules are to be judged otherwise
KEYS = (
    "season_humidity_index",
    "season_wind_index",
    "season_decimals",
    "season_classes",
    "season_winter_months",
    "season_windy_metres_a_second",
    "season_warm_tier",
    "season_midday_heat_celsius",
    "season_wet_days",
    "season_high_altitude_metres",
    "season_fit",
)
COLUMNS = ("month", "tmean_c", "tmax_c", "rh_pct", "wind_ms", "sunshine_hours", "wet_days")

Year = list[Verdict]


def season_rows(on: date) -> dict[str, Rule]:
    """The rows the season rule is made of, live on the day, in the order in which they are applied."""
    live = {row.key: row for row in Rule.objects.of_seasons(on)}
    for key in KEYS:
        if key not in live or live[key].value is None:
            raise RuleMissing(key=key, day=f"{on:%Y-%m-%d}")
    return {key: live[key] for key in KEYS}


def season_rule(on: date) -> SeasonRule:
    """The season rule as it stands on the day; RuleMissing where one of its rows is not live."""
    return rule_from(season_rows(on))


def rule_from(rows: dict[str, Rule]) -> SeasonRule:
    value: dict[str, Any] = {key.removeprefix("season_"): row.value for key, row in rows.items()}
    humidity, wind, tier = value["humidity_index"], value["wind_index"], value["warm_tier"]
    return SeasonRule(
        humidity_factor=_exact(humidity["factor"]),
        humidity_base=_exact(humidity["base_celsius"]),
        wind_root=_exact(wind["root_factor"]),
        wind_constant=_exact(wind["constant"]),
        skin_celsius=_exact(wind["skin_celsius"]),
        sunshine_factor=_exact(wind["sunshine_factor"]),
        decimals={index: value["decimals"][f"{index}_index"] for index in SeasonIndex},
        classes=tuple(_class(row) for row in value["classes"]),
        winter_months=frozenset(value["winter_months"]),
        windy_above=_exact(value["windy_metres_a_second"]),
        warm_months=frozenset(tier["months"]),
        warm_places=tier["places"],
        midday_heat=_exact(value["midday_heat_celsius"]),
        wet_days=_exact(value["wet_days"]),
        high_altitude=_exact(value["high_altitude_metres"]),
        fit=FitScale(**value["fit"]),
        edition=rows["season_classes"].edition,
    )


def digest_of_rule(rows: dict[str, Rule], climate: str) -> str:
    """What the months are judged from, as one digest: the climate's own, the rule's values, the way."""
    values = json.dumps({key: row.value for key, row in rows.items()}, sort_keys=True, ensure_ascii=False)
    return sha256(f"{JUDGING}\n{climate}\n{values}".encode()).hexdigest()[:16]


def months_between(from_: date, to: date) -> list[int]:
    """The months in which nights from the first day to the day of departure lie, in their order, each once."""
    last = max(from_, to - timedelta(days=1))
    count = (last.year - from_.year) * len(MONTHS) + last.month - from_.month + 1
    return [(from_.month - 1 + step) % len(MONTHS) + 1 for step in range(min(count, len(MONTHS)))]


def climate_of_places() -> dict[str, str]:
    """The climate row that answers for each code of the city level, by its code.

    A city has its own. A municipality's other headings (重庆 keeps its counties under 500200) are answered
    by the one row the municipality has; counties straight under an ordinary province by none.
    """
    own = set(ClimatePlace.objects.values_list("city_id", flat=True))
    cities = list(
        Division.objects.filter(level=DivisionLevel.CITY, valid_to__isnull=True)
        .order_by("code")
        .values_list("code", "province_code", "kind")
    )
    ordinary = {province for _code, province, kind in cities if kind == DivisionKind.UNIT}
    municipal = {province: code for code, province, _kind in reversed(cities) if code in own}
    answers = {code: code for code in own}
    for code, province, _kind in cities:
        if province not in ordinary and province in municipal:
            answers.setdefault(code, municipal[province])
    return answers


def judged_rows(rule: SeasonRule, digest: str) -> list[dict]:
    """The verdict on every month of every place, as rows of SeasonMonth."""
    years = _years(rule)
    order = {city: fits(year, rule) for city, year in years.items()}
    tiers = {month: _warm_tier(years, month, rule) for month in rule.warm_months}
    return [
        {
            "place_id": place,
            "climate_id": climate,
            "month": month,
            "humidity_index": verdict.humidity_index,
            "wind_index": verdict.wind_index,
            "deciding": verdict.deciding.value,
            "comfort": verdict.comfort.value,
            "warm_tier": climate in tiers.get(month, ()),
            "warnings": [warning.value for warning in verdict.warnings],
            "fit": order[climate][month - 1],
            "edition": rule.edition,
            "digest": digest,
        }
        for place, climate in sorted(climate_of_places().items())
        if climate in years
        for month, verdict in zip(MONTHS, years[climate], strict=True)
    ]


def normals_of(cities: Iterable[str] | None = None) -> dict[str, list[MonthNormal]]:
    """The normals of these cities, or of all, by city, from January on."""
    rows = ClimateNormal.objects.order_by("place", "month")
    if cities is not None:
        rows = rows.filter(place__in=cities)
    found: dict[str, list[MonthNormal]] = {}
    for city, altitude, *normal in rows.values_list("place_id", "place__altitude_m", *COLUMNS):
        facts = dict(zip(COLUMNS, normal, strict=True))
        found.setdefault(city, []).append(MonthNormal(altitude_m=altitude, **facts))
    return found


def _years(rule: SeasonRule) -> dict[str, Year]:
    return {
        city: [judge(normal, rule) for normal in normals]
        for city, normals in normals_of().items()
        if len(normals) == len(MONTHS)
    }


def _warm_tier(years: dict[str, Year], month: int, rule: SeasonRule) -> frozenset[str]:
    """The cities of the members with the highest wind-effect index of the month, before rounding."""
    members = {code[:2] for code in Member.objects.values_list("code", flat=True)}
    ranked = sorted(
        (city for city in years if city[:2] in members),
        key=lambda city: (-years[city][month - 1].wind_exact, city),
    )
    return frozenset(ranked[: rule.warm_places])


def _class(row: dict) -> ComfortClass:
    return ComfortClass(
        number=row["class"],
        code=Comfort(row["code"]),
        spans={
            index: Span(*(None if end is None else _exact(end) for end in row[f"{index}_index"]))
            for index in SeasonIndex
        },
    )


def _exact(number: float) -> Decimal:
    """A number of the rules as it is written there, not as a binary fraction comes near it."""
    return Decimal(str(number))
