"""The search for programs: the words of the page, the rows of the page."""

import pytest
from django.test import Client

from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db

BASES = "/api/v1/bases/"


def answer(words: str = "", *, status: int = 200) -> dict:
    response = Client().get(f"{BASES}{words}")
    assert response.status_code == status
    return response.json()


def test_the_real_bases_are_found_with_their_designation_and_nothing_unreported():
    rows = answer("?q=聚龍灣")["results"]

    assert [row["listed_name"] for row in rows] == ["揭阳市聚龙湾护理院"]
    assert [base["designated_on"] for base in rows[0]["designations"]] == ["2021-11-15"]
    assert (rows[0]["monthly_fee_fen"], rows[0]["operating_beds"], rows[0]["feature_reports"]) == (
        None,
        None,
        [],
    )


@pytest.mark.parametrize(
    "words", ["province=44", "city=4403&q=护理院", "designated=1&q=hz", "q=x&province=21"]
)
def test_page_and_program_get_the_same_rows(words):
    page = Client().get(f"/bases/?{words}").text

    rows = answer(f"?{words}&page_size=100")["results"]

    assert f"找到 <strong>{len(rows)}</strong> 家" in page
    assert all(f"/bases/{row['number']}/" in page for row in rows)


def test_a_walk_by_cursor_meets_every_row_once():
    met, address = [], "?page_size=4"
    while address:
        body = answer(address)
        met += [row["number"] for row in body["results"]]
        address = "?" + body["next"].split("?")[1] if body["next"] else ""

    assert len(met) == len(set(met)) == 11


@pytest.mark.parametrize(
    ("words", "field", "code"),
    [
        ("page=1", "page", "unknown"),
        ("colour=blue", "colour", "unknown"),
        ("province=99", "province", "unknown_code"),
        ("q=%00", "q", "unreadable"),
        ("q=" + "a" * 10_000, "q", "too_long"),
        ("designated=true", "designated", "not_yes"),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_names_the_word(words, field, code):
    problem = answer(f"?{words}", status=400)

    assert problem["code"] == "query_invalid"
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]


def test_one_facility_is_read_by_its_id_and_only_while_it_is_open():
    base = BaseFactory()
    paused = FacilityFactory(paused=True)

    assert [one["number"] for one in answer(f"{base.facility.pk}/")["designations"]] == [base.number]
    answer(f"{paused.pk}/", status=404)
    answer("nonsense/", status=404)


def test_a_withdrawn_designation_is_no_longer_told():
    base = BaseFactory(withdrawn=True)

    assert answer(f"{base.facility.pk}/")["designations"] == []


def test_words_on_a_single_facility_are_refused():
    base = BaseFactory()

    answer(f"{base.facility.pk}/?q=x", status=400)


def test_many_rows_take_as_many_questions_as_few(django_assert_num_queries, django_assert_max_num_queries):
    for _ in range(2):
        BaseFactory(facility=FacilityFactory(open=True, division_id="520102"))
    with django_assert_max_num_queries(6) as few:
        answer("?province=52")
    for _ in range(18):
        BaseFactory(facility=FacilityFactory(open=True, division_id="520102"))

    with django_assert_num_queries(len(few)):
        answer("?province=52")
