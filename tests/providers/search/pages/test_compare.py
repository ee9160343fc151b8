"""Comparing: the same questions to two, three or four, picked without scripts and told by the address."""

import re

import pytest

from providers.designation.models import Base
from providers.search.picked import MOST
from sojourn.core.actors import PUBLIC
from tests.factories.facilities import FacilityFactory
from tests.providers.search.reader import LARGEST_PAGE, read, reader

pytestmark = pytest.mark.django_db


def reported(**facts):
    return FacilityFactory(open=True, reported=True, division_id="520102", **facts)


def address(*facilities, **words) -> str:
    asked = "&".join([f"base={one.number}" for one in facilities] + [f"{k}={v}" for k, v in words.items()])
    return f"/compare/?{asked}"


def line(page: str, label: str) -> list[str]:
    """What each column says to a question."""
    row = re.search(rf'scope="row">{re.escape(label)}</th>(.*?)</tr>', page, re.DOTALL)[1]
    cells = re.findall(r'<span class="said">(.*?)</span></td>|<span class="said">(.*?)</td>', row, re.DOTALL)
    return [re.sub(r"<[^>]+>|\s+", "", one or other) for one, other in cells]


def test_the_monthly_sum_and_its_parts_stand_side_by_side():
    page = read(address(reported(), reported(bed_fee_fen=100_000)))

    assert line(page, "每月合计") == ["¥3,5002026-09-01", "¥3,0002026-09-01"]
    assert line(page, "其中床位费") == ["¥1,500", "¥1,000"]
    assert line(page, "押金（一次）") == ["¥3,000", "¥3,000"]


def test_a_stay_of_several_months_is_added_up_without_the_deposit():
    page = read(address(reported(), FacilityFactory(open=True), month=11, months=4))

    assert line(page, "4个月合计（不含押金）") == ["¥14,000", "未报告"]


def test_of_several_months_the_least_fitting_one_is_told():
    page = read(address(reported(), reported(), month=7, months=7))

    assert all("1月均温" in said for said in line(page, "最不合适的月份"))


def test_what_was_never_reported_says_so_and_a_real_base_gets_nothing_invented():
    real = Base.objects.visible_to(PUBLIC).get(listed_name="樵晋老龄家园").facility

    page = read(address(real, reported()))

    assert line(page, "每月合计")[0] == "未报告"
    assert line(page, "电梯") == ["未报告", "未报告"]
    assert page.count("badge-sample") == 1


def test_the_address_alone_says_what_is_compared_in_its_order():
    first, second = reported(listed_name="乙院"), reported(listed_name="甲院")

    page = read(address(first, second))

    assert re.findall(r'class="compare-name"[^>]*>([^<]+)<', page) == ["乙院", "甲院"]


def test_the_same_one_twice_is_one_and_an_unlisted_one_is_told():
    facility, closed = reported(), FacilityFactory(closed=True)

    page = read(address(facility, facility, closed))

    assert page.count('class="compare-name"') == 1
    assert f"编号 {closed.number} 的机构查不到" in page
    assert "现在只有一家" in page


@pytest.mark.parametrize(
    "words", ["base=x", "colour=blue", "month=13", "months=0", "months=1&months=2", "base=%00", "month=<b>"]
)
def test_what_cannot_be_read_is_told(words):
    page = read(f"/compare/?{words}", status=400)

    assert 'role="alert"' in page
    assert "<b>" not in page


def test_a_fifth_one_is_refused():
    facilities = [reported() for _ in range(MOST + 1)]

    assert "一次最多比较4家" in read(address(*facilities), status=400)
    assert len(read(address(*facilities[:MOST])).encode()) < LARGEST_PAGE


def test_picking_needs_no_script_and_leads_back_to_the_same_card():
    facility, client = reported(), reader()

    response = client.post(
        "/compare/pick/", {"add": facility.number, "next": "/bases/?province=52", "stay": "1"}
    )

    assert response.status_code == 302
    assert response["Location"] == f"/bases/?province=52#{facility.number}"
    page = client.get("/bases/?province=52").text
    assert "已加入比较" in page
    assert f'href="/compare/?base={facility.number}"' in page


def test_what_was_picked_can_be_dropped_one_by_one_and_at_once():
    first, second, client = reported(), reported(), reader()
    for facility in (first, second):
        client.post("/compare/pick/", {"add": facility.number})

    client.post("/compare/pick/", {"drop": first.number})
    assert client.cookies["compare"].value == second.number

    client.post("/compare/pick/", {"clear": "1"})
    assert client.cookies["compare"].value == ""


def test_what_is_picked_is_forgotten_with_the_browser_and_no_script_reads_it():
    client = reader()
    client.post("/compare/pick/", {"add": reported().number})

    cookie = client.cookies["compare"]
    assert cookie["max-age"] == ""
    assert cookie["httponly"]


def test_no_more_than_four_are_picked():
    client = reader()
    for facility in [reported() for _ in range(MOST)]:
        client.post("/compare/pick/", {"add": facility.number})
    before = client.cookies["compare"].value

    response = client.post("/compare/pick/", {"add": reported().number})

    assert response.status_code == 400
    assert "一次最多比较4家" in response.text
    assert client.cookies["compare"].value == before
    assert "加入比较</button>" not in client.get("/bases/?province=52").text


@pytest.mark.parametrize("sent", [{}, {"add": "x"}, {"add": ""}, {"drop": "../"}])
def test_picking_nothing_is_refused(sent):
    response = reader().post("/compare/pick/", sent)

    assert response.status_code == 400
    assert not response.cookies


def test_a_strange_cookie_is_passed_over():
    page = read("/bases/", compare='"><b>.x.FC44-000001-F')

    assert "<b>" not in page


def test_picking_leads_to_no_other_site():
    response = reader().post("/compare/pick/", {"add": reported().number, "next": "//elsewhere.example/"})

    assert response["Location"] == "/"


def test_more_columns_ask_the_database_no_more(django_assert_num_queries, django_assert_max_num_queries):
    facilities = [reported() for _ in range(4)]
    with django_assert_max_num_queries(5) as few:
        read(address(*facilities[:2]))

    with django_assert_num_queries(len(few)):
        read(address(*facilities))
