from datetime import date, timedelta

import pytest
from django.test import Client

from sojourn.core.clock import frozen, now
from sojourn.provinces.models import Agreement, Division
from tests.factories.provinces import DivisionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Client:
    return Client()


def listed(program: Client, path: str, **words) -> list[str]:
    """The codes of one page of a list."""
    answer = program.get(f"/api/v1/{path}/", {"page_size": 100} | words)
    assert answer.status_code == 200, answer.content.decode()
    return [row["code"] for row in answer.json()["results"]]


def walked(program: Client, address: str | None) -> list[str]:
    """The codes of all pages from this one on."""
    codes = []
    while address:
        page = program.get(address).json()
        codes += [row["code"] for row in page["results"]]
        address = page["next"]
    return codes


def test_a_division_says_where_it_lies_and_since_when_it_is_known(program):
    row = program.get("/api/v1/divisions/440116/").json()

    assert row["name"] == "萝岗区"
    assert (row["level"], row["parent"], row["province_code"]) == ("county", "440100", "440000")
    assert (row["valid_from"], row["valid_to"], row["successor"]) == ("2005-06-30", "2015-09-30", "440112")
    assert (row["lng"], row["lat"]) == (None, None)


def test_the_filters_of_divisions_narrow_together(program):
    assert listed(program, "divisions", q="朝阳", province="21", on="2026-11-01") == ["211300", "211321"]
    assert listed(program, "divisions", level="province", q="广") == ["440000", "450000"]
    assert listed(program, "divisions", parent="4690", kind="unit", on="2026-11-01") == [
        f"4690{n:02d}" for n in [1, 2, 5, 6, 7, *range(21, 31)]
    ]


def test_without_a_day_withdrawn_codes_are_listed_too(program):
    assert listed(program, "divisions", q="萝岗") == ["440116"]
    assert listed(program, "divisions", q="萝岗", on="2026-11-01") == []
    assert listed(program, "divisions", q="萝岗", on="2010-01-01") == ["440116"]


def test_pages_follow_each_other_without_gap_or_repetition(program):
    codes = walked(program, "/api/v1/divisions/?province=44&level=county&on=2026-11-01&page_size=50")

    assert len(codes) == len(set(codes)) == 122
    assert codes == sorted(codes)


def test_changed_since_gives_what_changed_since_and_the_latest_last(program):
    with frozen(now() + timedelta(minutes=1)):
        later = program.get("/api/v1/divisions/").json()["changed_since"]
    Division.objects.filter(pk="440106").update(name="天河新区")
    with frozen(now() - timedelta(minutes=1)):
        earlier = program.get("/api/v1/divisions/").json()["changed_since"]

    assert walked(program, f"/api/v1/divisions/?page_size=100&changed_since={later}") == []
    assert walked(program, f"/api/v1/divisions/?page_size=100&changed_since={earlier}")[-1] == "440106"


def test_an_unchanged_answer_is_not_sent_again(program):
    first = program.get("/api/v1/members/440000/")

    again = program.get("/api/v1/members/440000/", headers={"If-None-Match": first["ETag"]})

    assert first.json()["short"] == "粤"
    assert (again.status_code, again.content) == (304, b"")


def test_the_members_are_eleven(program):
    assert len(listed(program, "members")) == 11


def test_an_agreement_comes_with_parties_and_items(program):
    agreement = Agreement.objects.get(code="qijiang_panzhihua")

    row = program.get(f"/api/v1/agreements/{agreement.pk}/").json()

    assert row["parties"] == [
        {
            "division": "500110",
            "name": "綦江区",
            "level": "county",
            "kind": "government",
            "body": "綦江区人民政府",
        },
        {
            "division": "510400",
            "name": "攀枝花市",
            "level": "city",
            "kind": "government",
            "body": "攀枝花市人民政府",
        },
    ]
    assert (row["signed_on"], row["signed_precision"], row["items"]) == (None, "not_reported", [])


def test_agreements_are_found_by_party(program):
    assert set(listed(program, "agreements", party="440000")) == {"six_provinces_2021", "six_provinces_2019"}
    assert listed(program, "agreements", party="500110", kind="agreement") == ["qijiang_panzhihua"]
    assert listed(program, "agreements", kind="mechanism") == ["wanzhou_dazhou_kaizhou"]


def test_a_month_of_a_province_comes_with_verdict_and_normals(program):
    answer = program.get("/api/v1/seasons/", {"month": 1, "province": 44, "page_size": 100}).json()

    rows = {row["place"]: row for row in answer["results"]}
    assert len(rows) == 21
    guangzhou = rows["440100"]
    assert (guangzhou["comfort"], guangzhou["comfort_label"]) == ("cold", "寒冷")
    assert (guangzhou["humidity_index"], guangzhou["wind_index"]) == ("13.7", -404)
    assert (guangzhou["tmean_c"], guangzhou["warm_tier"]) == ("13.6", True)
    assert (guangzhou["period_from"], guangzhou["period_to"]) == (1961, 1990)


def test_a_city_s_year_is_found_by_its_place(program):
    rows = program.get("/api/v1/seasons/", {"place": "5002"}).json()["results"]

    assert [row["month"] for row in rows] == list(range(1, 13))
    assert {row["climate"] for row in rows} == {"500100"}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("divisions", {"level": "village"}),
        ("divisions", {"kind": "x"}),
        ("divisions", {"parent": "990000"}),
        ("divisions", {"province": "4"}),
        ("divisions", {"province": "44\0"}),
        ("divisions", {"on": "yesterday"}),
        ("divisions", {"on": "2026-02-30"}),
        ("divisions", {"q": "广" * 101}),
        ("divisions", {"q": "广\0"}),
        ("divisions", {"level_": "city"}),
        ("divisions", {"cursor": "x"}),
        ("divisions", {"changed_since": "x"}),
        ("divisions", {"page_size": "0"}),
        ("members", {"q": "广"}),
        ("seasons", {"month": "13"}),
        ("seasons", {"month": "0"}),
        ("seasons", {"place": "x"}),
        ("agreements", {"party": "abc"}),
        ("agreements", {"status": "x"}),
    ],
)
def test_words_that_cannot_be_read_are_refused(program, path, words):
    answer = program.get(f"/api/v1/{path}/", words)

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("address", ["divisions/990000/", "divisions/x/", "members/420000/", "agreements/1/"])
def test_what_does_not_exist_is_not_found(program, address):
    assert program.get(f"/api/v1/{address}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_reference_facts_by_api(program, method):
    answer = getattr(program, method)("/api/v1/members/440000/", data={}, content_type="application/json")

    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["divisions", "members", "agreements", "seasons"])
def test_a_longer_list_costs_no_more_queries(program, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(6) as few:
        program.get(f"/api/v1/{path}/", {"page_size": 2})
    with django_assert_max_num_queries(len(few)):
        program.get(f"/api/v1/{path}/", {"page_size": 9})


def test_a_new_division_is_listed_at_once(program):
    DivisionFactory(code="440150", name="样例区", short_name="样例", valid_from=date(2026, 11, 1))

    assert listed(program, "divisions", province="440150") == ["440150"]
