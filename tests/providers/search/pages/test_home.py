"""The first page says where it is good this month, by the season rule and nothing else."""

import re
from datetime import date

import pytest

from providers.search.pages import home
from tests.providers.search.reader import read

pytestmark = pytest.mark.django_db


def best(page: str) -> list[tuple[str, str]]:
    """The cities of the month and their classes."""
    shown = re.findall(r'<li class="best-city">(.*?)</li>', page, re.DOTALL)
    return [
        (
            re.search(r'class="best-name"[^>]*>(\S+)', one)[1],
            re.search(r'class="comfort [^>]*>([^<]+)<', one)[1],
        )
        for one in shown
    ]


@pytest.fixture
def in_month(monkeypatch):
    def put(month: int) -> list[tuple[str, str]]:
        monkeypatch.setattr(home, "today", lambda: date(2027, month, 15))
        return best(read("/"))

    return put


def test_the_best_cities_of_the_present_month_are_shown(in_month):
    assert len(in_month(11)) == home.BEST_SHOWN


def test_in_january_nothing_is_called_comfortable_and_no_city_of_the_north_east_comes_first(in_month):
    shown = in_month(1)

    assert {label for _city, label in shown} <= {"冷", "寒冷"}
    assert not {city for city, _label in shown} & {"哈尔滨", "长春", "沈阳", "大连"}


def test_a_city_of_the_month_leads_to_its_facilities_in_that_month():
    page = read("/")

    assert re.search(r'class="best-name" href="/bases/\?month=\d+&amp;(city|province)=\d{6}#found"', page)


def test_elder_mode_shows_fewer_things_and_no_spare_door():
    usual, elder = read("/"), read("/", mode="elder")

    assert usual.count('class="member"') == 11
    assert 'class="member"' not in elder
    assert 'href="/statistics/"' in usual
    assert 'class="door" href="/statistics/"' not in elder
    assert "best-city" in elder
