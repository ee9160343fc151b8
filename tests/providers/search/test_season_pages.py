"""The seasons pages: an order anyone can follow, and a rule anyone can check."""

import re

import pytest
from django.test import Client

from sojourn.provinces.models import ReferenceEdition, SeasonMonth
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db
LARGEST_PAGE = 150 * 1024
ADDRESSES = ["/seasons/", "/seasons/1/", "/seasons/7/?home=440100", "/seasons/rule/"]


def read(address: str, *, status: int = 200, language: str = "zh-hans") -> str:
    client = Client(raise_request_exception=False)
    client.cookies["language"] = language
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def places(page: str) -> list[str]:
    """The cities shown first, in their order."""
    return re.findall(r"<h3>(\S+) <span class=\"season-province\">", page)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_small_enough_in_every_language(address, language):
    assert len(read(address, language=language).encode()) <= LARGEST_PAGE


def test_january_begins_in_the_south_and_says_that_no_city_is_comfortable():
    page = read("/seasons/1/")

    assert places(page)[:3] == ["湛江", "阳江", "茂名"]
    assert "都还偏冷" in page
    assert 'class="comfort comfort-comfortable"' not in page
    assert "1月均温 16.2 ℃，比哈尔滨暖 35 ℃，冷" in page


def test_july_has_guiyang_among_the_first_ten():
    page = read("/seasons/7/")

    assert "贵阳" in places(page)[:10]
    assert "<strong>64</strong>" in page


@pytest.mark.parametrize("month", range(1, 13))
def test_no_page_calls_a_city_of_another_class_comfortable(month):
    page = read(f"/seasons/{month}/")

    labels = re.findall(r'class="comfort comfort-(\w+)">([^<]+)<', page)
    assert len(labels) == 137
    assert all((label == "舒适") == (code == "comfortable") for code, label in labels)


def test_a_city_is_compared_with_the_reader_s_own():
    assert "7月均温 24.6 ℃，比广州凉 5 ℃，舒适" in read("/seasons/7/?home=440100")


@pytest.mark.parametrize("words", ["home=999999", "home=x", "home=", "hom=440100", "home=440100&home=230100"])
def test_words_that_cannot_be_read_are_refused(words):
    read(f"/seasons/7/?{words}", status=400)


@pytest.mark.parametrize("address", ["/seasons/0/", "/seasons/13/", "/seasons/x/"])
def test_other_months_do_not_exist(address):
    read(address, status=404)


def test_open_facilities_of_a_city_are_counted_and_found_by_its_link():
    FacilityFactory.create_batch(2, division_id="440803", open=True)

    page = read("/seasons/1/")

    assert "看湛江的 2 家机构" in page
    assert "/bases/?month=1&amp;province=440000&amp;city=440800" in page


def test_facilities_in_a_county_of_chongqing_are_counted_with_it_and_found_in_the_province():
    FacilityFactory.create_batch(2, division_id="500230", open=True)

    assert '/bases/?month=7&amp;province=500000">2<' in read("/seasons/7/")


def test_a_month_costs_the_same_queries_however_many_facilities_there_are(django_assert_num_queries):
    with django_assert_num_queries(5):
        read("/seasons/1/")
    FacilityFactory.create_batch(3, division_id="440803", open=True)
    with django_assert_num_queries(5):
        read("/seasons/1/")


def test_the_rule_page_shows_sources_flags_and_the_check_values():
    page = read("/seasons/rule/")

    assert "GB/T 27963-2011" in page
    assert "凭记忆，未核原文" in page
    assert "本系统设定" in page
    assert "1961–1990" in page
    for value in ["−404", "−1267", "−377", "−188", "−249", "23.3", "27.5", "27.8", "−13.8"]:
        assert value in page


def test_the_overview_counts_the_comfortable_cities_of_each_month():
    page = read("/seasons/")

    assert re.findall(r"<strong>(\d+)</strong> 城舒适", page) == [
        "1",
        "67",
        "90",
        "95",
        "64",
        "65",
        "77",
        "80",
        "34",
    ]


def test_before_the_climate_is_loaded_the_pages_say_so():
    SeasonMonth.objects.all().delete()
    ReferenceEdition.objects.filter(pk="climate").update(digest="")

    assert "气候资料尚未载入。" in read("/seasons/")
    assert "气候资料尚未载入。" in read("/seasons/1/")
