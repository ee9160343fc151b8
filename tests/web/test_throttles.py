"""How often one caller may ask."""

import json

import pytest
from django.core.cache import cache

from tests.factories.accounts import MembershipFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/members/"


@pytest.fixture(autouse=True)
def few(settings):
    """Two questions a minute for the public, four for whoever signed in; the clock stands within a minute."""
    cache.clear()
    settings.SOJOURN_REQUESTS_A_MINUTE = {"public": 2, "signed_in": 4}
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def held_clock(monkeypatch):
    monkeypatch.setattr("sojourn.web.throttles.time.time", lambda: 1_800_000_012.0)


def test_the_third_question_of_a_minute_is_one_too_many(client):
    answers = [client.get(ADDRESS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert json.loads(answers[-1].content)["code"] == "too_many_requests"


def test_every_answer_tells_the_limit_what_is_left_and_when_it_begins_anew(client):
    answers = [client.get(ADDRESS) for _ in range(3)]

    assert [answer["RateLimit-Limit"] for answer in answers] == ["2", "2", "2"]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["RateLimit-Reset"] for answer in answers} == {"48"}
    assert answers[-1]["Retry-After"] == "48"


def test_the_next_minute_begins_anew(client, monkeypatch):
    for _ in range(3):
        client.get(ADDRESS)

    monkeypatch.setattr("sojourn.web.throttles.time.time", lambda: 1_800_000_060.0)

    assert client.get(ADDRESS).status_code == 200


def test_another_network_and_whoever_signed_in_are_counted_apart(client):
    for _ in range(3):
        client.get(ADDRESS)

    assert client.get(ADDRESS, REMOTE_ADDR="192.0.2.7").status_code == 200
    officer = sign_in(MembershipFactory().user)
    assert [officer.get(ADDRESS).status_code for _ in range(5)] == [200, 200, 200, 200, 429]


def test_a_forged_header_gains_no_new_count(client):
    statuses = [
        client.get(ADDRESS, headers={"x-forwarded-for": f"198.51.100.{number}"}).status_code
        for number in range(4)
    ]

    assert statuses[-1] == 429


def test_throttles_stay_open_when_redis_is_down(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "sojourn.web.cache.ForgivingRedisCache",
            "LOCATION": "unix:///nonexistent/redis.sock?db=0",
        }
    }

    answers = [client.get(ADDRESS) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 5
