"""The season rule: the check values of the standard on our climate data, and the arithmetic of the order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sojourn.provinces import comfort
from sojourn.provinces.comfort import judge, months_joined
from sojourn.provinces.errors import RuleMissing
from sojourn.provinces.models import ClimatePlace, Rule, SeasonMonth
from sojourn.provinces.seasons import climate_of_places, months_between, normals_of, season_rule
from sojourn.provinces.states import Comfort, SeasonIndex, SeasonWarning
from tests.factories.provinces import RuleFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
CITIES = {"哈尔滨": "230100", "广州": "440100", "湛江": "440800", "贵阳": "520100", "南宁": "450100"}


@pytest.fixture
def rule():
    return season_rule(DAY)


def normal_of(city: str, month: int) -> comfort.MonthNormal:
    code = CITIES[city]
    return normals_of([code])[code][month - 1]


@pytest.mark.parametrize(
    ("city", "month", "humidity", "wind", "comfort_class"),
    [
        ("哈尔滨", 1, "-13.8", -1267, "寒冷"),
        ("广州", 1, None, -404, "寒冷"),
        ("湛江", 1, None, -377, "冷"),
        ("贵阳", 7, "23.3", None, "舒适"),
        ("哈尔滨", 7, None, -188, "舒适"),
        ("广州", 7, "27.5", None, "热"),
        ("湛江", 7, "27.8", None, "闷热"),
        ("南宁", 11, None, -249, "舒适"),
    ],
)
def test_the_check_values_of_the_rule(city, month, humidity, wind, comfort_class, rule):
    verdict = judge(normal_of(city, month), rule)

    assert humidity is None or verdict.humidity_index == Decimal(humidity)
    assert wind is None or verdict.wind_index == wind
    assert verdict.comfort.label == comfort_class
    stored = SeasonMonth.objects.get(place=CITIES[city], month=month)
    assert stored.get_comfort_display() == comfort_class
    assert (stored.humidity_index, stored.wind_index) == (verdict.humidity_index, verdict.wind_index)


def of_members(month: int):
    return SeasonMonth.objects.in_members().of_own_climate().filter(month=month)


def test_sixty_four_cities_of_the_members_are_comfortable_in_july():
    assert of_members(7).filter(comfort=Comfort.COMFORTABLE).count() == 64


def test_no_city_of_the_members_is_comfortable_in_january():
    assert not of_members(1).filter(comfort=Comfort.COMFORTABLE).exists()


def test_every_city_has_twelve_months_and_what_it_was_judged_by():
    months = SeasonMonth.objects.all()

    assert months.count() == (337 + 1) * 12
    assert set(months.values_list("edition", flat=True)) == {"2011"}
    assert months.values("digest").distinct().count() == 1


def test_guiyang_is_among_the_first_ten_cities_of_july():
    first = of_members(7).order_by("fit", "place")[:10]

    assert "520100" in [row.place_id for row in first]


def test_no_north_eastern_city_is_near_the_front_in_january():
    first = of_members(1).order_by("fit", "place")

    assert [row.place_id for row in first[:4]] == ["440800", "441700", "440900", "450500"]
    assert not [row for row in first[:90] if row.place_id[:2] in {"21", "22", "23"}]


def test_a_comfortable_month_always_stands_before_one_that_is_not():
    best_outside = SeasonMonth.objects.exclude(comfort=Comfort.COMFORTABLE).order_by("fit").first()
    worst_inside = SeasonMonth.objects.filter(comfort=Comfort.COMFORTABLE).order_by("-fit").first()

    assert worst_inside.fit < 1000 < best_outside.fit


@pytest.mark.parametrize("month", [11, 12, 1, 2, 3])
def test_the_warm_tier_is_of_the_twenty_warmest_cities_by_wind(month):
    tier = of_members(month).filter(warm_tier=True)

    assert tier.count() == 20
    rest = of_members(month).filter(warm_tier=False)
    assert min(row.wind_index for row in tier) >= max(row.wind_index for row in rest)


def test_no_summer_month_has_a_warm_tier():
    assert set(SeasonMonth.objects.filter(warm_tier=True).values_list("month", flat=True)) == {
        11,
        12,
        1,
        2,
        3,
    }


def test_no_city_outside_the_members_is_in_the_warm_tier():
    assert set(SeasonMonth.objects.filter(warm_tier=True)) == set(
        SeasonMonth.objects.in_members().filter(warm_tier=True)
    )


@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        ({"tmax_c": Decimal("31.0")}, (SeasonWarning.MIDDAY_HEAT,)),
        ({"tmax_c": Decimal("30.9")}, ()),
        ({"wet_days": Decimal("18.0")}, (SeasonWarning.WET,)),
        ({"wet_days": Decimal("17.9")}, ()),
        ({"altitude_m": 1500}, (SeasonWarning.ALTITUDE,)),
        ({"altitude_m": 1499}, ()),
    ],
)
def test_a_warning_begins_at_its_number_and_leaves_the_class_alone(change, warnings, rule):
    normal = normal_of("贵阳", 7)

    verdict = judge(replace(normal, **change), rule)

    assert verdict.warnings == warnings
    assert verdict.comfort == judge(normal, rule).comfort


@pytest.mark.parametrize(
    ("index", "value", "code"),
    [
        (SeasonIndex.HUMIDITY, "13.9", Comfort.COLD),
        (SeasonIndex.HUMIDITY, "14.0", Comfort.COOL),
        (SeasonIndex.HUMIDITY, "16.9", Comfort.COOL),
        (SeasonIndex.HUMIDITY, "17.0", Comfort.COMFORTABLE),
        (SeasonIndex.HUMIDITY, "25.4", Comfort.COMFORTABLE),
        (SeasonIndex.HUMIDITY, "25.5", Comfort.HOT),
        (SeasonIndex.HUMIDITY, "27.5", Comfort.HOT),
        (SeasonIndex.HUMIDITY, "27.6", Comfort.SULTRY),
        (SeasonIndex.WIND, "-401", Comfort.COLD),
        (SeasonIndex.WIND, "-400", Comfort.COOL),
        (SeasonIndex.WIND, "-300", Comfort.COOL),
        (SeasonIndex.WIND, "-299", Comfort.COMFORTABLE),
        (SeasonIndex.WIND, "-100", Comfort.COMFORTABLE),
        (SeasonIndex.WIND, "-99", Comfort.HOT),
        (SeasonIndex.WIND, "-10", Comfort.HOT),
        (SeasonIndex.WIND, "-9", Comfort.SULTRY),
    ],
)
def test_each_class_holds_both_its_ends(index, value, code, rule):
    assert comfort.class_of(index, Decimal(value), rule) == code


def test_the_spans_of_the_classes_leave_no_gap_and_do_not_overlap(rule):
    for index, step in [(SeasonIndex.HUMIDITY, Decimal("0.1")), (SeasonIndex.WIND, Decimal(1))]:
        spans = [one.spans[index] for one in rule.classes]

        assert (spans[0].low, spans[-1].high) == (None, None)
        assert [below.high + step for below in spans[:-1]] == [above.low for above in spans[1:]]


def test_where_it_blows_the_wind_index_decides_in_summer_too(rule):
    calm = replace(normal_of("贵阳", 7), wind_ms=Decimal("3.0"))

    assert judge(calm, rule).deciding == SeasonIndex.HUMIDITY
    assert judge(replace(calm, wind_ms=Decimal("3.1")), rule).deciding == SeasonIndex.WIND


@pytest.mark.parametrize("month", range(1, 13))
def test_the_wind_index_decides_in_the_winter_half_year(month, rule):
    calm = replace(normal_of("贵阳", 7), month=month, wind_ms=Decimal("1.0"))

    winter = month in {10, 11, 12, 1, 2, 3}
    assert judge(calm, rule).deciding == (SeasonIndex.WIND if winter else SeasonIndex.HUMIDITY)


def test_a_half_is_rounded_up_before_the_class_is_read(rule):
    saturated = replace(normal_of("贵阳", 7), rh_pct=100, tmean_c=Decimal("16.95"))

    assert comfort.humidity_index(saturated, rule) == Decimal("17.0")


@pytest.mark.parametrize(
    ("comfortable", "at", "joined"),
    [
        ([4], 4, 1),
        ([4, 5, 6], 5, 3),
        ([4, 5, 7], 5, 2),
        ([12, 1, 2], 1, 3),
        (list(range(1, 13)), 6, 12),
    ],
)
def test_comfortable_months_join_across_the_turn_of_the_year(comfortable, at, joined):
    year = [month in comfortable for month in range(1, 13)]

    assert months_joined(year, at - 1) == joined


def test_inside_the_band_both_indices_then_a_longer_season_then_the_middle_decide(rule):
    verdict = judge(normal_of("贵阳", 7), rule)
    alone = replace(verdict, by_index=verdict.by_index | {SeasonIndex.WIND: Comfort.HOT})
    central = replace(verdict, from_middle=Decimal(0))
    edge = replace(verdict, from_middle=Decimal(1))
    cold = replace(verdict, by_index=dict.fromkeys(SeasonIndex, Comfort.COLD), beyond=Decimal("0.5"))

    def july(verdict, beside):
        year = [cold] * 12
        year[6], year[7] = verdict, beside
        return comfort.fits(year, rule)[6]

    assert july(central, cold) < july(edge, cold)
    assert july(edge, edge) < july(central, cold)
    assert july(edge, cold) < july(alone, edge)
    assert july(alone, cold) < july(cold, edge) == 1050


def test_both_indices_are_measured_by_the_width_of_their_band(rule):
    verdict = judge(normal_of("哈尔滨", 1), rule)
    widths = Decimal(-299 - -1267) / Decimal(-100 - -299)

    assert verdict.beyond == widths
    assert SeasonMonth.objects.get(place="230100", month=1).fit == 1000 + 487


def test_the_heading_of_chongqing_s_counties_is_answered_by_its_city_and_others_by_nobody():
    answers = climate_of_places()

    assert answers["500200"] == "500100"
    assert {"419000", "429000", "469000", "659000"}.isdisjoint(answers)
    assert len(answers) == ClimatePlace.objects.count() + 1


@pytest.mark.parametrize(
    ("first", "departure", "months"),
    [
        ("2027-02-01", "2027-02-28", [2]),
        ("2027-01-15", "2027-03-01", [1, 2]),
        ("2027-01-15", "2027-03-02", [1, 2, 3]),
        ("2026-11-10", "2027-02-10", [11, 12, 1, 2]),
        ("2027-02-01", "2027-02-01", [2]),
        ("2026-05-01", "2028-05-01", [5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4]),
    ],
)
def test_the_months_of_a_stay_are_those_of_its_nights(first, departure, months):
    assert months_between(date.fromisoformat(first), date.fromisoformat(departure)) == months


def test_a_rule_that_is_not_live_is_missed_by_name():
    Rule.objects.filter(key="season_wet_days").update(valid_to=date(2026, 1, 1))

    with pytest.raises(RuleMissing) as refusal:
        season_rule(DAY)

    assert "season_wet_days" in str(refusal.value)


def test_a_successor_of_the_rule_is_read_from_its_day_on():
    row = Rule.objects.get(key="season_high_altitude_metres")
    row.valid_to = date(2027, 1, 1)
    row.save()
    RuleFactory(key=row.key, value=2000, valid_from=date(2027, 1, 1))

    assert season_rule(date(2026, 12, 31)).high_altitude == 1500
    assert season_rule(date(2027, 1, 1)).high_altitude == 2000
