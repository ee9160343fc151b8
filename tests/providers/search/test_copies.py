"""Pages say whose facts they show and how old the copies are."""

from datetime import timedelta

import pytest

from sojourn.core.clock import frozen, now
from sojourn.sharing.models import Cursor, Feed
from tests.factories.facilities import FacilityFactory


def follow(owner: str, *, minutes_ago: int | None) -> None:
    at = None if minutes_ago is None else now() - timedelta(minutes=minutes_ago)
    for resource in ("operators", "facilities", "bases"):
        feed = Feed.objects.create(owner=owner, resource=resource, audience="all", is_own=False)
        Cursor.objects.create(feed=feed, confirmed_at=at)


@pytest.fixture
def facility():
    return FacilityFactory(division_id="500103", open=True)


@pytest.mark.django_db
def test_a_facility_of_this_node_says_that_it_is_looked_after_here(client, facility):
    page = client.get(f"/bases/{facility.number}/").text

    assert "重庆市民政部门在本平台维护" in page


@pytest.mark.django_db
def test_a_copy_says_whose_it_is_and_when_it_was_compared(client, facility):
    follow("500000", minutes_ago=3)

    page = client.get(f"/bases/{facility.number}/").text

    assert "由重庆市民政部门维护，本页是副本，核对于3分钟之前" in page
    assert "可能不是最新" not in page


@pytest.mark.django_db
def test_an_old_copy_warns_on_its_page_and_in_the_list(client, facility):
    follow("500000", minutes_ago=90)

    pages = [
        client.get(address).text
        for address in (f"/bases/{facility.number}/", "/bases/?province=50", "/bases/")
    ]

    assert all("重庆市的数据最近一次核对在" in page for page in pages)
    assert "重庆市的数据" not in client.get("/bases/?province=44").text


@pytest.mark.django_db
def test_what_was_never_compared_is_said_to_be_perhaps_incomplete(client, facility):
    follow("500000", minutes_ago=None)

    assert "重庆市的数据还没有核对过" in client.get("/bases/?province=50").text


@pytest.mark.django_db
def test_the_oldest_feed_of_a_member_counts(client, facility):
    follow("500000", minutes_ago=1)
    Cursor.objects.filter(feed__resource="bases").update(confirmed_at=now() - timedelta(hours=5))

    with frozen(now()):
        assert "重庆市的数据最近一次核对在" in client.get("/bases/?province=50").text
