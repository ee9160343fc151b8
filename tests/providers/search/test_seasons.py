"""Why a month fits a city or does not, in one line, and the year as a picture."""

import pytest
from django.utils import translation

from providers.facilities.states import Answer
from providers.search.seasons import (
    answers_of,
    months_in_words,
    ranked,
    reasons_for,
    strip_for,
    strips_for,
)
from sojourn.provinces.models import SeasonMonth
from sojourn.provinces.states import Comfort

pytestmark = pytest.mark.django_db
GUANGZHOU, HARBIN, GUIYANG, ZHANJIANG = "440100", "230100", "520100", "440800"


def reason(city: str, month, **words):
    return reasons_for([city], month, **words)[city]


def test_the_line_says_mean_difference_and_class():
    assert reason(GUANGZHOU, 1).line == "1月均温 13.6 ℃，比哈尔滨暖 32 ℃，寒冷"
    assert reason(GUIYANG, 7, home=GUANGZHOU).line == "7月均温 24.6 ℃，比广州凉 5 ℃，舒适"


def test_home_is_not_compared_with_itself_and_a_likeness_is_called_so():
    assert reason(HARBIN, 1).line == "1月均温 −18.9 ℃，寒冷"
    assert reason("440600", 1, home=GUANGZHOU).line == "1月均温 13.5 ℃，与广州相近，寒冷"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"central_heating": Answer.YES}, "有集中供暖"),
        ({"central_heating": Answer.NO}, "室内无集中供暖"),
        ({"central_heating": Answer.NO, "room_heating": Answer.YES}, "室内无集中供暖，房间可取暖"),
        ({"room_heating": Answer.YES}, "房间可取暖"),
        ({"room_heating": Answer.NO}, "供暖情况未报告"),
        ({"central_heating": Answer.UNKNOWN}, "供暖情况未报告"),
        ({}, "供暖情况未报告"),
    ],
)
def test_in_the_cold_the_line_says_what_is_known_of_heating(answers, said):
    assert reason(GUANGZHOU, 1).line_for(answers) == f"1月均温 13.6 ℃，比哈尔滨暖 32 ℃，寒冷，{said}"


def test_in_the_heat_it_says_what_is_known_of_cooling_and_in_comfort_neither():
    assert reason(GUANGZHOU, 7).line_for({"air_conditioning": Answer.YES}).endswith("，热，有空调")
    assert reason(GUANGZHOU, 7).line_for({}).endswith("，热，有没有空调未报告")
    assert reason(GUIYANG, 7).line_for({}).endswith("，舒适")


def test_answers_are_read_from_the_lists_of_yes_and_of_all_that_was_told():
    assert answers_of(["lift"], ["lift", "central_heating"]) == {"lift": "yes", "central_heating": "no"}


def test_no_class_but_comfortable_is_called_so():
    for month in range(1, 13):
        for found in ranked(month):
            assert ("舒适" in found.line) == (found.comfort == Comfort.COMFORTABLE)
            assert ("舒适" in found.class_label) == (found.comfort == Comfort.COMFORTABLE)


def test_the_warm_tier_is_named_only_where_it_is_chilly():
    assert reason(GUANGZHOU, 1).warm_label == "相对温暖"
    assert reason("450100", 11).row.warm_tier
    assert reason("450100", 11).warm_label == ""


def test_of_several_months_the_worst_speaks():
    assert reason(GUANGZHOU, [11, 12, 1]).month == 1
    assert reason(GUANGZHOU, [4, 7]).month == 7


def test_a_page_of_reasons_costs_one_query(django_assert_num_queries):
    cities = list(SeasonMonth.objects.in_members().values_list("place_id", flat=True).distinct())

    with django_assert_num_queries(1):
        lines = {code: found.line for code, found in reasons_for(cities, [1, 2]).items()}

    assert len(lines) == 138


def test_a_place_without_climate_has_no_reason_and_no_strip():
    assert reasons_for(["429000"], 1) == {}
    assert strip_for("429000") is None


def test_the_counties_of_chongqing_are_answered_by_its_city_and_say_so():
    found = reason("500200", 1)

    assert (found.city_name, found.climate_name) == ("重庆", "重庆城区")
    assert found.row.fit == reason("500100", 1).row.fit
    assert reason("500100", 1).climate_name == ""


def test_the_period_of_the_normals_is_told():
    assert reason(GUANGZHOU, 1).period == strip_for(GUANGZHOU).period == "1961–1990"


def test_a_strip_has_twelve_months_in_order_and_names_the_comfortable_ones():
    strip = strip_for(GUANGZHOU)

    assert [slip.number for slip in strip] == list(range(1, 13))
    assert strip.comfortable == "4月–5月、10月–11月"
    assert strip_for("230100").comfortable == "6月–8月"


def test_every_slip_lies_within_the_picture():
    cities = list(SeasonMonth.objects.values_list("place_id", flat=True).distinct())

    for strip in strips_for(cities):
        assert all(0 <= slip.top < slip.bottom <= 100 for slip in strip)


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ([4], "4月"),
        ([4, 5, 6, 9], "4月–6月、9月"),
        ([11, 12, 1, 2, 5], "5月、11月–2月"),
        ([], ""),
        (list(range(1, 13)), "1月–12月"),
    ],
)
def test_months_in_words_join_runs_across_the_turn_of_the_year(months, words):
    assert months_in_words(months) == words


def test_the_best_of_january_lie_in_the_south_and_guiyang_is_among_the_first_of_july():
    january, july = [found.city_name for found in ranked(1)], [found.city_name for found in ranked(7)]

    assert january[:3] == ["湛江", "阳江", "茂名"]
    assert "贵阳" in july[:10]
    assert len(january) == len(july) == 137


def test_readers_of_english_get_the_line_in_english():
    with translation.override("en"):
        line = reason(GUANGZHOU, 1).line_for({})

    assert line == "January mean 13.6 °C, 32 °C warmer than Harbin, cold, heating not reported"
