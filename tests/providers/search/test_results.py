"""What a search answers: facts that were told, facts that were not, places, distances, seasons, what to choose next."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from providers.facilities.models import Facility
from providers.search.errors import QueryInvalid
from providers.search.query import BaseQuery
from providers.search.results import WayOut, by_city, facets, find, ways_out
from sojourn.core.clock import today
from sojourn.provinces.models import SeasonMonth
from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory

pytestmark = pytest.mark.django_db

BEIHAI = "450502"  # its county 海城区; nothing real stands in 广西
PRICES = {"care_fee_fen": 0, "meal_fee_fen": 0, "prices_as_of": date(2026, 9, 1)}


def asked(words: str) -> BaseQuery:
    return BaseQuery.from_params(QueryDict(words))


def names(words: str) -> list[str]:
    return [row.facility.listed_name for row in find(asked(words), size=100).rows]


def counts(words: str) -> tuple[int, int]:
    found = find(asked(words))
    return found.count, found.unreported


def home(name: str, division: str = BEIHAI, **columns) -> Facility:
    return FacilityFactory(open=True, division_id=division, listed_name=name, **columns)


def graded(star: int, until: date) -> dict:
    return {"grade": star, "graded_on": until - timedelta(days=1095), "graded_until": until}


def told(name: str, **answers: str) -> Facility:
    facility = home(name)
    for feature, answer in answers.items():
        FeatureReportFactory(facility=facility, feature=feature, answer=answer)
    return facility


@pytest.fixture
def three() -> None:
    """One that answers every filter below, one that does not, one that told nothing."""
    yes = home("甲", levels_taken=["mild"], bed_fee_fen=400_000, **PRICES, **graded(4, today()))
    no = home("乙", levels_taken=["intact"], bed_fee_fen=400_100, **PRICES, **graded(3, today()))
    home("丙")
    FeatureReportFactory(facility=yes, feature="lift", answer="yes")
    FeatureReportFactory(facility=no, feature="lift", answer="no")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("word", ["level=mild", "budget=4000", "star=4", "feature=lift"])
def test_who_never_told_a_fact_is_left_out_counted_and_shown_on_request(word):
    assert (names(f"province=45&{word}"), counts(f"province=45&{word}")) == (["甲"], (1, 1))
    assert sorted(names(f"province=45&{word}&unreported=1")) == ["丙", "甲"]
    assert counts(f"province=45&{word}&unreported=1") == (2, 1)


@pytest.mark.usefixtures("three")
def test_all_facts_add_up_and_a_no_among_them_stays_a_no():
    told("丁", lift="no")
    every = "province=45&level=mild&budget=4000&star=4&feature=lift"

    assert (names(every), counts(every)) == (["甲"], (1, 1))
    assert sorted(names(f"{every}&unreported=1")) == ["丙", "甲"]


def test_a_fact_that_was_answered_unknown_was_not_told():
    told("甲", lift="unknown")

    assert counts("province=45&feature=lift") == (0, 1)


def test_each_feature_has_to_be_there():
    told("甲", lift="yes", hot_water="yes")
    told("乙", lift="yes", hot_water="no")
    told("丙", lift="yes")

    assert names("province=45&feature=lift&feature=hot_water") == ["甲"]
    assert counts("province=45&feature=lift&feature=hot_water") == (1, 1)


def test_a_grade_that_has_run_out_is_no_grade_that_is_known():
    home("甲", **graded(5, today() - timedelta(days=1)))

    assert counts("province=45&star=1") == (0, 1)


def test_the_radius_is_exact_and_the_distance_told():
    home("近", lng="109.200000", lat="21.480000")
    home("远", lng="109.200000", lat="21.580000")  # 11.12 km north
    home("不知")

    near = "province=45&near=21.48,109.2&sort=distance"

    assert names(near) == ["近", "远"]
    assert names(f"{near}&radius=12") == ["近", "远"]
    assert names(f"{near}&radius=11") == ["近"]
    assert counts(f"{near}&radius=11") == (1, 1)
    assert names(f"{near}&unreported=1") == ["近", "远", "不知"]
    distances = [row.distance_km for row in find(asked(near)).rows]
    assert distances == [pytest.approx(0), pytest.approx(11.12, abs=0.01)]


@pytest.mark.parametrize("point", ["3,73", "54,136", "53.99,73.01", "21.48,109.2"])
def test_any_point_of_the_box_can_be_asked_for(point):
    assert names(f"near={point}&radius=500&province=22") == []


def test_a_month_puts_the_place_that_fits_best_first():
    for name, county in {"海口边": BEIHAI, "冰城": "230103", "林城": "520102", "羊城": "440106"}.items():
        home(name, county)
    order = dict(SeasonMonth.objects.filter(month=1).values_list("place_id", "fit"))

    january = [row.facility.division.city_code for row in find(asked("month=1"), size=100).rows]

    assert [order[city] for city in january] == sorted(order[city] for city in january)
    assert january[-1] == "230100"
    july = names("month=7")
    assert july.index("林城") < july.index("羊城")


def test_a_stay_of_several_months_counts_its_worst():
    home("冰城", "230103")
    home("海口边", BEIHAI)

    found = names("from=2027-07-01&to=2027-12-31&q=城 海")

    fits = {city: SeasonMonth.objects.filter(place=city, month__gte=7) for city in ("230100", "450500")}
    worst = {city: max(months.values_list("fit", flat=True)) for city, months in fits.items()}
    assert worst["230100"] > worst["450500"]
    assert [name for name in names("from=2027-07-01&to=2027-12-31") if name in {"冰城", "海口边"}] == [
        "海口边",
        "冰城",
    ]
    assert found == []


def test_a_search_is_sorted_by_price_with_untold_ones_last():
    home("贵", bed_fee_fen=500_000, **PRICES)
    home("不知")
    home("便宜", bed_fee_fen=200_000, **PRICES)

    assert names("province=45&sort=price") == ["便宜", "贵", "不知"]
    assert names("province=45&sort=name") == ["不知", "贵", "便宜"]


def test_pages_follow_each_other_and_end():
    for number in range(45):
        home(f"样例{number:02}院")

    pages = [
        [row.facility.listed_name for row in find(asked(f"province=45&page={page}")).rows]
        for page in (1, 2, 3)
    ]

    assert [len(page) for page in pages] == [20, 20, 5]
    walked = [name for page in pages for name in page]
    assert walked == sorted(walked)
    with pytest.raises(QueryInvalid) as refusal:
        find(asked("province=45&page=4"))
    assert [error["code"] for error in refusal.value.errors] == ["no_such_page"]


def test_pages_of_words_run_through_the_ranks():
    for number in range(12):
        home(f"北海样例{number:02}院")
        home(f"样例{number:02}北海院")
        home(f"浦鸥{number:02}院")

    walked = [row.facility.pk for page in (1, 2) for row in find(asked(f"q=北海&page={page}")).rows]

    assert (len(walked), len(set(walked))) == (36, 36)
    assert counts("q=北海") == (36, 0)


@pytest.fixture
def some() -> None:
    BaseFactory(
        facility=home("甲", levels_taken=["mild"], bed_fee_fen=300_000, **PRICES, **graded(4, today()))
    )
    told("乙", lift="yes")
    home("丙", "450102", levels_taken=["mild", "severe"], **graded(2, today()))
    home("丁", "520102", levels_taken=["intact"])


def facet(words: str, name: str) -> dict[str, int]:
    return {value.value: value.count for value in facets(asked(words))[name] if value.count}


@pytest.mark.usefixtures("some")
def test_each_facet_is_counted_with_every_other_word_on():
    assert facet("q=甲 &province=45", "city") == {"450500": 1}
    assert facet("province=45", "city") == {"450500": 2, "450100": 1}
    assert facet("province=45&city=4505", "city") == {"450500": 2, "450100": 1}
    assert facet("level=mild", "province") == {"450000": 2}
    assert facet("level=mild&province=45", "level") == {"mild": 2, "severe": 1}
    assert facet("province=45&level=severe", "star") == {"1": 1, "2": 1}
    assert facet("province=45", "star") == {"1": 2, "2": 2, "3": 1, "4": 1}
    assert facet("province=45", "designated") == {"1": 1}
    assert facet("province=45&level=severe", "designated") == {}
    assert facet("province=45", "feature") == {"lift": 1}
    assert facet("province=45&level=mild&unreported=1", "city") == {"450500": 2, "450100": 1}


@pytest.mark.usefixtures("some")
@pytest.mark.parametrize(
    "words",
    [
        "province=45",
        "province=45&level=mild",
        "province=45&star=2&unreported=1",
        "province=45&q=甲",
        "city=4505",
    ],
)
def test_a_facet_promises_what_the_search_then_finds(words):
    for name, values in facets(asked(words)).items():
        for value in values:
            if not value.chosen:
                within = {"province": {"city": None, "county": None}, "city": {"county": None}}.get(name, {})
                already = asked(words).features if name == "feature" else ()
                text = asked(words).address(**within, **{name: [*already, value.value]})
                assert value.count == find(asked(text)).count, (words, name, value)


@pytest.mark.usefixtures("some")
def test_the_map_has_each_city_with_its_bases_and_its_lowest_fee():
    cities = {
        city.code: (city.name, city.count, city.designated, city.lowest_fee_fen)
        for city in by_city(asked("province=45"))
    }

    assert cities == {"450500": ("北海", 2, 1, 300_000), "450100": ("南宁", 1, 0, None)}
    assert all(city.lng and city.lat for city in by_city(asked("")))


@pytest.mark.usefixtures("some")
def test_a_search_without_an_answer_says_which_single_word_to_drop():
    query = asked("province=45&level=complete&budget=3000&feature=lift&feature=hot_water")

    assert find(query).count == 0
    assert ways_out(query) == []
    assert ways_out(asked("province=45&level=intact")) == [
        WayOut("level", None, 3),
        WayOut("province", None, 1),
    ]
    assert ways_out(asked("q=乙&feature=lift&feature=hot_water")) == [WayOut("feature", "hot_water", 1)]


def test_a_search_takes_as_many_questions_whatever_it_finds(django_assert_num_queries):
    for number in range(25):
        home(f"样例{number:02}院")
    query = asked("province=45")

    with django_assert_num_queries(4):
        find(query, size=2)
    with django_assert_num_queries(4):
        find(query, size=25)
