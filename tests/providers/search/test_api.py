"""The search for programs: the words of the page, the rows of the page."""

import json
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client

from providers.facilities.models import Facility
from providers.search.api import OpenFacilitySerializer
from providers.search.query import BaseQuery
from providers.search.results import find
from providers.search.shelves import live_designations
from sojourn.web.renderers import JSONRenderer
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


def body_as_serialized(facility: Facility) -> dict:
    """What the declared serializer says of it, in the slow way."""
    facility.live_designations = list(live_designations([facility]))
    return json.loads(JSONRenderer().render(OpenFacilitySerializer(facility).data))


def test_the_fast_body_is_what_the_declared_serializer_says():
    call_command("sample_world", "small", verbosity=0)
    BaseFactory(facility=Facility.objects.filter(status="open", is_sample=True).first())

    rows = answer("?page_size=100")["results"] + answer("?page_size=50&sort=name")["results"]

    facilities = Facility.objects.prefetch_related("feature_reports").in_bulk([row["id"] for row in rows])
    for row in rows:
        expected = body_as_serialized(facilities[UUID(row["id"])])
        expected["feature_reports"].sort(key=lambda report: report["feature"])
        row["feature_reports"].sort(key=lambda report: report["feature"])
        assert row == expected


@pytest.mark.parametrize(
    "words",
    [
        "month=1",
        "sort=price",
        "sort=name",
        "near=21.48,109.2&radius=500&sort=distance",
        "q=北海",
        "q=yy&month=7",
        "",
    ],
)
def test_a_walk_in_any_order_meets_every_row_once_in_the_order_of_the_page(words):
    for number in range(23):
        FacilityFactory(
            open=True,
            division_id="450502" if number % 2 else "450102",
            listed_name=f"{'北海' if number % 3 else '样例'}颐养{number:02}院{'北海' if number % 5 == 0 else ''}",
            lng="109.2",
            lat=f"{21 + number / 100:.6f}",
            reported=number % 4 == 0,
        )
    met, address = [], f"?{words}&page_size=4"
    while address:
        body = answer(address)
        met += [row["id"] for row in body["results"]]
        address = "?" + body["next"].split("?")[1] if body["next"] else ""

    found = find(BaseQuery.from_params(QueryDict(words)), size=200)

    assert met == [str(row.pk) for row in found.rows]
    assert len(met) == len(set(met)) >= 5


def test_a_walk_that_rows_join_and_leave_misses_none_that_stay():
    homes = [FacilityFactory(open=True, division_id="450502", listed_name=f"样例{n}院") for n in (1, 3, 5, 7)]
    first = answer("?province=45&page_size=2")
    FacilityFactory(open=True, division_id="450502", listed_name="样例0院")
    FacilityFactory(open=True, division_id="450502", listed_name="样例4院")
    Facility.objects.filter(pk=homes[1].pk).update(status="paused")

    rest = answer("?" + first["next"].split("?")[1].replace("page_size=2", "page_size=2"))

    assert [row["listed_name"] for row in first["results"]] == ["样例1院", "样例3院"]
    assert [row["listed_name"] for row in rest["results"]] == ["样例4院", "样例5院"]


def test_a_cursor_belongs_to_its_words():
    for number in range(3):
        FacilityFactory(open=True, division_id="450502", listed_name=f"样例{number}院")
    cursor = parse_qs(answer("?province=45&page_size=2")["next"].split("?")[1])["cursor"][0]

    for words in (f"province=44&page_size=2&cursor={cursor}", f"province=45&page_size=2&cursor={cursor}x"):
        assert answer(f"?{words}", status=400)["code"] == "cursor_invalid"


def test_what_changed_since_is_told_among_what_answers():
    token = answer("?province=45")["changed_since"]
    home = FacilityFactory(open=True, division_id="450502")
    FacilityFactory(open=True, division_id="520102")

    body = answer(f"?province=45&changed_since={token}")

    assert [row["id"] for row in body["results"]] == [str(home.pk)]


def test_facets_come_only_when_asked_for_with_the_rows_that_told_nothing():
    FacilityFactory(open=True, division_id="450502", levels_taken=["mild"])
    FacilityFactory(open=True, division_id="450502")

    plain, full = answer("?province=45&level=mild"), answer("?province=45&level=mild&facets=1")

    assert set(plain) == {"results", "next", "changed_since", "near_misses"}
    assert (full["count"], full["unreported"]) == (1, 1)
    assert full["facets"]["city"] == [{"value": "450500", "count": 1, "chosen": False}]
    assert full["results"] == plain["results"]
    answer("?facets=0", status=400)


def test_near_misses_are_said_to_be_some():
    FacilityFactory(open=True, division_id="450502", listed_name="北海汀鹭颐养院")

    body = answer("?q=北海汀路颐养院")

    assert ([row["listed_name"] for row in body["results"]], body["near_misses"]) == (
        ["北海汀鹭颐养院"],
        True,
    )
    assert body["next"] is None


@pytest.mark.parametrize(
    "words", ["feature=lift&feature=hot_water", "q=颐养 北海&month=1&level=mild&budget=4000", "q=几里拐弯"]
)
def test_any_page_takes_five_questions_at_most(words, django_assert_max_num_queries):
    for _ in range(3):
        BaseFactory(facility=FacilityFactory(open=True, division_id="450502"))

    for size in (1, 100):
        with django_assert_max_num_queries(5):
            answer(f"?{words}&page_size={size}")
