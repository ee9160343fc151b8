"""A walk over the API misses nothing, and says clearly when it is asked for nonsense."""

import pytest
from django.db import connection
from django.test import Client

from providers.facilities.models import Facility
from tests.factories.facilities import FacilityFactory

LIST = "/api/v1/facilities/"


def ask(path: str = LIST, **words):
    return Client().get(path, words)


def walk(**words) -> list[str]:
    """The ids of every page, in order, by following ``next`` as a program would."""
    answer, ids = ask(**words), []
    while True:
        assert answer.status_code == 200, answer.content
        ids += [row["id"] for row in answer.json()["results"]]
        if answer.json()["next"] is None:
            return ids
        answer = Client().get(answer.json()["next"])


@pytest.fixture
def seven_facilities(db):
    Facility.objects.update(status="closed")
    return [str(row.pk) for row in FacilityFactory.create_batch(7, status="open")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_the_pages_together_hold_every_row_once(seven_facilities, size):
    assert walk(page_size=size) == sorted(seven_facilities)


def test_a_row_that_comes_during_the_walk_moves_no_other(seven_facilities):
    first = ask(page_size=3).json()
    newcomer = FacilityFactory(status="open")

    ids = [row["id"] for row in first["results"]]
    answer = Client().get(first["next"]).json()
    ids += [row["id"] for row in answer["results"]]
    ids += [row["id"] for row in Client().get(answer["next"]).json()["results"]]

    assert ids == [*sorted(seven_facilities), str(newcomer.pk)]


def test_changed_since_returns_what_changed_and_nothing_older(seven_facilities):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE facilities_facility DISABLE TRIGGER USER")
        cursor.execute("UPDATE facilities_facility SET changed_at = now() - interval '1 hour'")
        cursor.execute("ALTER TABLE facilities_facility ENABLE TRIGGER USER")
    token = ask().json()["changed_since"]
    Facility.objects.filter(pk=seven_facilities[4]).update(address="新址")

    assert walk(changed_since=token) == [seven_facilities[4]]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_not_lost(as_app):
    facility = FacilityFactory(status="open")
    as_app.autocommit = False
    as_app.execute("UPDATE facilities_facility SET address = '新址' WHERE id = %s", [facility.pk])
    token = ask().json()["changed_since"]
    as_app.commit()

    assert str(facility.pk) in walk(changed_since=token)


def test_a_cursor_does_not_fit_another_question(seven_facilities):
    following = ask(page_size=2).json()["next"]

    answer = Client().get(following + "&division=44")

    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"cursor": "x"}, "cursor_invalid"),
        ({"cursor": "\x00"}, "cursor_invalid"),
        ({"changed_since": "2026-01-01"}, "changed_since_invalid"),
        ({"changed_since": ""}, "unclear_parameter"),
        ({"kind": ""}, "unclear_parameter"),
        ({"kind": ["apartment", "other"]}, "unclear_parameter"),
        ({"page_size": "0"}, "page_size_invalid"),
        ({"page_size": "-1"}, "page_size_invalid"),
        ({"page_size": "101"}, "page_size_invalid"),
        ({"page_size": "１０"}, "page_size_invalid"),
        ({"page_size": "9" * 5000}, "page_size_invalid"),
        ({"colour": "red"}, "unknown_parameter"),
    ],
)
def test_words_that_cannot_be_read_are_refused_by_name(db, words, code):
    answer = ask(**words)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_changed_since_token_is_no_cursor(seven_facilities):
    token = ask().json()["changed_since"]

    assert ask(cursor=token).status_code == 400


def test_an_unchanged_answer_is_not_sent_twice(seven_facilities):
    row = f"{LIST}{seven_facilities[0]}/"
    etag = Client().get(row)["ETag"]

    again = Client().get(row, HTTP_IF_NONE_MATCH=etag)

    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_row_has_another_etag(seven_facilities):
    row = f"{LIST}{seven_facilities[0]}/"
    etag = Client().get(row)["ETag"]
    Facility.objects.filter(pk=seven_facilities[0]).update(address="新址")

    again = Client().get(row, HTTP_IF_NONE_MATCH=etag)

    assert again.status_code == 200
    assert again["ETag"] != etag


@pytest.mark.parametrize("room", ["facilities", "operators", "designations", "bases"])
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    room, seven_facilities, django_assert_max_num_queries
):
    with django_assert_max_num_queries(50) as few:
        ask(f"/api/v1/{room}/", page_size=2)
    FacilityFactory.create_batch(20, status="open")
    with django_assert_max_num_queries(50) as many:
        ask(f"/api/v1/{room}/", page_size=20)

    assert len(many) == len(few) <= 5
