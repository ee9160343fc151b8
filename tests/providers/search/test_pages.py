"""The public pages: what they show, what they never invent, and what they say to what cannot be read."""

import re

import pytest
from django.test import Client

from providers.designation.models import Base
from providers.facilities.models import Facility
from providers.search.pages.results import ROWS_A_PAGE
from sojourn.core.actors import PUBLIC
from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.providers.search.reader import LANGUAGES, LARGEST_PAGE, Reader, read, reader

pytestmark = pytest.mark.django_db


def address_of(facility: Facility) -> str:
    return f"/bases/{facility.number}/"


def real_base() -> Facility:
    return Base.objects.visible_to(PUBLIC).get(listed_name="樵晋老龄家园").facility


def full_facility(**facts) -> Facility:
    facility = FacilityFactory(
        open=True,
        reported=True,
        division_id="520102",
        operator=OperatorFactory(),
        levels_taken=["intact", "mild"],
        languages=["mandarin"],
        diets=["soft"],
        telephone="0000-0000001",
        telephone_hours="每日 8:00–18:00",
        **facts,
    )
    FeatureReportFactory(facility=facility)
    return facility


def test_the_first_page_shows_the_eleven_members_and_the_eleven_real_bases():
    page = read("/")

    assert page.count('class="member"') == 11
    assert page.count('class="roll-line"') == 11
    assert "樵晋老龄家园" in page
    assert "广东省佛山市" in page


def test_an_invented_base_is_never_among_the_announced_ones():
    BaseFactory(facility=FacilityFactory(open=True, listed_name="样例示范院"))

    assert "样例示范院" not in read("/")


def test_the_list_counts_and_shows_designated_ones_first():
    full_facility(listed_name="阿婆之家")

    page = read("/bases/")

    assert "找到 <strong>12</strong> 家" in page
    assert page.index("揭阳市聚龙湾护理院") < page.index("阿婆之家")


def test_an_invented_facility_is_marked_wherever_it_is_shown():
    facility = full_facility(listed_name="样例之家")

    assert read("/bases/?q=样例之家").count("badge-sample") == 1
    page = read(address_of(facility))
    assert "badge-sample" in page
    assert "这是虚构的样例机构" in page
    assert "示意图" in page


def test_a_real_base_shows_its_public_facts_and_nothing_invented():
    page = read(address_of(real_base()))

    assert "约在 广东省佛山市" in page
    assert page.count('<time datetime="2021-11-15">') == 2
    assert "尚未报告" in page
    assert not re.search("¥|badge-sample|<figure|tel:|answer-", page)


def test_a_listed_name_stands_verbatim_in_every_language():
    name = "广东银雁健康产业投资发展有限公司(雁鸣湖畔养老养生公寓)"
    number = Facility.objects.visible_to(PUBLIC).get(listed_name=name).number

    for language in LANGUAGES:
        assert f'<h1 lang="zh-Hans" translate="no">{name}</h1>' in read(
            f"/bases/{number}/", language=language
        )


def test_a_full_sheet_shows_prices_beds_and_answers_with_their_days():
    page = read(address_of(full_facility()))

    assert "¥3,500" in page
    assert all(part in page for part in ("¥1,500", "¥1,200", "¥800", "¥3,000"))
    assert "100张" in page
    assert "answer-yes" in page
    assert "未报告" in page


def test_a_real_number_can_be_dialled_and_a_sample_number_cannot():
    real = full_facility(is_sample=False, listed_name="真实之家")
    sample = full_facility(is_sample=True, listed_name="样例之家")

    assert 'href="tel:00000000001"' in read(address_of(real))
    assert "tel:" not in read(address_of(sample))


def test_a_paused_facility_says_so_and_an_unlisted_one_is_not_found():
    assert "暂停接待" in read(address_of(FacilityFactory(paused=True)))
    read(address_of(FacilityFactory(closed=True)), status=404)
    read(address_of(FacilityFactory()), status=404)


def test_a_withdrawn_designation_is_told_and_gives_no_badge():
    base = BaseFactory(withdrawn=True)

    page = read(address_of(base.facility))

    assert "已撤销认定" in page
    assert "badge-base" not in page


@pytest.mark.parametrize("number", ["FC44-999999-X", "x", "%00", "…", "a" * 2000, "FC44-000001-F%0A"])
def test_an_unknown_number_is_not_found(number):
    response = reader().get(f"/bases/{number}/")

    assert response.status_code in {400, 404}
    assert "回到首页" in response.text


def test_what_a_facility_wrote_is_text_and_never_markup():
    facility = full_facility(listed_name="<script>alert(1)</script>", is_sample=False, address='"><b>x')

    for address in (address_of(facility), "/bases/"):
        page = read(address)
        assert "<script" not in page
        assert "<b>x" not in page


def test_statistics_show_each_reported_count_with_its_date_and_no_zero():
    page = read("/statistics/")

    table = re.search(r'<table class="counts">.*?</table>', page, re.DOTALL)[0]
    rows = re.findall(r'<th scope="row">.*?</tr>', table, re.DOTALL)
    assert len(rows) == 11
    assert [re.findall(r"<strong>(\d+)</strong>", row) for row in rows[:6]] == [
        ["11"],
        ["5"],
        [],
        ["5"],
        ["9"],
        ["36"],
    ]
    assert all("未报告" in row for row in (rows[2], *rows[6:]))
    assert "合计 66 家（报告没有给出吉林省的数字）" in page
    assert "晚于统计期间" in page


def test_a_page_of_the_list_leads_to_the_next_with_the_same_words():
    for _ in range(ROWS_A_PAGE + 1):
        FacilityFactory(open=True, division_id="520102")

    first, second = read("/bases/?province=52"), read("/bases/?province=52&page=2")

    assert 'href="?province=52&amp;page=2"' in first
    assert first.count('class="card"') == ROWS_A_PAGE
    assert second.count('class="card"') == 1
    assert "第 2 页，共 2 页" in second


@pytest.mark.parametrize(
    "words",
    [
        "page=-1",
        "page=2&province=44",
        "q=%00",
        "q=" + "东" * 10_000,
        "province=99",
        "province=4401",
        "city=44",
        "colour=blue",
        "designated=2",
        "q=a&q=b",
        "q=%ff",
    ],
)
def test_what_cannot_be_read_keeps_the_form_and_says_what_is_wrong(words):
    page = read(f"/bases/?{words}", status=400)

    assert 'role="alert"' in page
    assert 'id="id_q"' in page
    assert "找到" not in page
    assert len(page.encode()) < LARGEST_PAGE


def test_the_form_keeps_what_was_typed():
    page = read("/bases/?q=护理院&province=440000&designated=1&page=0", status=400)

    assert 'value="护理院"' in page
    assert '<option value="440000" selected>' in page
    assert 'value="1" checked' in page


def test_an_error_leads_to_its_field():
    page = read("/bases/?province=99", status=400)

    assert 'href="#id_province"' in page
    assert 'aria-invalid="true" aria-describedby="wrong_province"' in page


def test_what_was_typed_comes_back_as_text():
    page = read('/bases/?q="><script>alert(1)</script>')

    assert "<script" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


def test_no_answer_names_the_filter_to_drop():
    page = read("/bases/?q=护理院&province=21")

    assert "没有机构符合全部条件" in page
    assert 'href="/bases/?q=%E6%8A%A4%E7%90%86%E9%99%A2"' in page
    assert "<strong>2 家</strong>" in page


def test_a_chosen_province_offers_its_cities_and_a_municipality_its_districts():
    assert '<option value="440100"' in read("/bases/?province=44")
    assert '<option value="440106"' in read("/bases/?province=44&city=4401")
    chongqing = read("/bases/?province=50")
    assert '<option value="500103"' in chongqing
    assert 'name="city"' not in chongqing


def test_a_place_whose_code_was_withdrawn_is_not_offered():
    page = read("/bases/?province=21&city=2101")

    assert '<option value="210115"' in page  # 辽中区, until 2016 辽中县
    assert '<option value="210122"' not in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/", "/bases/", "/statistics/", "/compare/", "/guide/"])
def test_public_pages_are_only_read(method, address):
    assert getattr(Client(), method)(address).status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/bases/",
        "/bases/?province=44&city=4401&month=2&level=mild&budget=4000",
        "/bases/?q=xyz&province=21",
        "/statistics/",
        "/compare/",
        "/guide/",
    ],
)
def test_pages_are_small_and_well_formed_in_every_language(address, language):
    page = read(address, language=language)

    assert len(page.encode()) < LARGEST_PAGE
    assert Reader(page).open == []
    assert page.count("<h1") == 1


def test_english_pages_hold_chinese_only_where_it_is_marked():
    sample = full_facility()
    BaseFactory(facility=sample)

    addresses = [
        "/",
        "/bases/",
        "/bases/?q=xyz&province=21",
        "/bases/?month=2&near=26.5783,106.7135&feature=lift&level=mild&budget=9000&star=1",
        "/statistics/",
        "/guide/",
        "/compare/",
        f"/compare/?base={sample.number}&base={real_base().number}&months=3",
        address_of(sample),
        address_of(real_base()),
    ]
    for address in addresses:
        assert Reader(read(address, language="en")).chinese_outside_marks == [], address
    assert Reader(read("/bases/?page=-1", status=400, language="en")).chinese_outside_marks == []
    assert Reader(read("/nowhere/", status=404, language="en")).chinese_outside_marks == []


def test_traditional_pages_keep_names_addresses_and_values():
    page = read("/bases/?q=护理院", language="zh-hant")

    assert "找基地和養老機構" in page
    assert 'value="护理院"' in page
    assert "深圳市任达爱心护理院" in page


@pytest.mark.parametrize(
    "address", ["/", "/bases/?province=44", "/bases/?province=52&city=5201&county=520102&q=院&designated=1"]
)
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(
    address, django_assert_num_queries, django_assert_max_num_queries
):
    for _ in range(2):
        BaseFactory(facility=full_facility())
    with django_assert_max_num_queries(14) as few:
        read(address)
    for _ in range(18):
        BaseFactory(facility=full_facility())

    with django_assert_num_queries(len(few)):
        read(address)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/statistics/", 6),
        ("/guide/", 2),
        ("/bases/?q=xyz&province=21&city=2101&county=210102&designated=1", 8),
        ("/compare/", 0),
    ],
)
def test_a_page_takes_few_questions(address, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        read(address)


def test_a_facility_takes_six_questions(django_assert_max_num_queries):
    facility = full_facility()
    BaseFactory(facility=facility)

    with django_assert_max_num_queries(5):
        read(address_of(facility))


def test_pages_send_no_cookie_and_may_be_shown_again_for_a_moment():
    response = Client().get("/bases/")

    assert not response.cookies
    assert "private" in response["Cache-Control"]
