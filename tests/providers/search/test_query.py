"""What a query string asks, and what is wrong with one that cannot be read."""

import pytest
from django.http import QueryDict

from providers.search.errors import QueryInvalid
from providers.search.query import FILTERS, BaseQuery
from providers.search.results import find, ways_out
from tests.factories.designation import BaseFactory
from tests.factories.facilities import FacilityFactory

pytestmark = pytest.mark.django_db

REAL = {
    "广东颐寿医疗养老有限公司广州麓湖家长荟分院": ("麓湖家长荟", "gzlhjzh", "廣州麓湖家長薈"),
    "保利养老产业投资管理有限公司广州天悦和熹会颐养中心": ("天悦和熹会", "tyhxh", "天悅和熹會"),
    "保利养老产业投资管理有限公司广州中科和熹会颐养中心": ("中科和熹会", "zkhxh", "中科和熹會頤養中心"),
    "深业颐居养老运营(深圳)有限公司": ("深业颐居", "syyj", "深業頤居養老運營（深圳）有限公司"),
    "深圳市任达爱心护理院": ("任达爱心", "rdaxhly", "任達愛心護理院"),
    "樵晋老龄家园": ("樵晋老龄", "qjlljy", "樵晉老齡家園"),
    "中山市广弘颐养院": ("广弘颐养院", "ghyyy", "廣弘頤養院"),
    "广东银雁健康产业投资发展有限公司(雁鸣湖畔养老养生公寓)": ("雁鸣湖畔", "ymhp", "雁鳴湖畔養老養生公寓"),
    "惠州市社会福利院": ("惠州市社会福利院", "hzsshfly", "惠州市社會福利院"),
    "惠州市仲恺区社会综合福利服务中心": ("仲恺区", "zkqshzh", "仲愷區社會綜合福利服務中心"),
    "揭阳市聚龙湾护理院": ("聚龙湾", "jlwhly", "揭陽市聚龍灣護理院"),
}


def asked(words: str) -> BaseQuery:
    return BaseQuery.from_params(QueryDict(words))


def refused(typed: str, **kwargs) -> list[tuple[str, str]]:
    with pytest.raises(QueryInvalid) as error:
        BaseQuery.from_params(QueryDict(typed), **kwargs)
    assert all(one["detail"] for one in error.value.errors)
    return [(one["field"], one["code"]) for one in error.value.errors]


def names(query: BaseQuery) -> list[str]:
    return [row.facility.listed_name for row in find(query, size=100).rows]


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in REAL.items() for word in words])
def test_the_real_bases_are_found_by_name_initials_and_traditional_form(name, word):
    query = BaseQuery.from_params(QueryDict(f"q={word}"))

    assert names(query) == [name]


@pytest.mark.parametrize(
    "word",
    ["yanminghupan", "YanMingHuPan", "ｙｍｈｐ", "雁鸣　湖畔", " 雁鸣湖畔 ", "雁鸣湖畔 江门", "440700 雁鸣"],
)
def test_pinyin_full_width_and_several_words_find_it_too(word):
    assert names(asked(f"q={word}")) == ["广东银雁健康产业投资发展有限公司(雁鸣湖畔养老养生公寓)"]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("province=440000", 11),
        ("province=44", 11),
        ("city=440100", 3),
        ("city=4401", 3),
        ("city=441300&designated=1", 2),
        ("province=44&city=4403&q=护理院", 1),
        ("province=21", 0),
        ("province=21&city=4401", 0),
        ("", 11),
    ],
)
def test_places_narrow_and_combine_with_and(words, count):
    assert len(names(asked(words))) == count


def test_a_county_is_asked_by_its_six_digits():
    FacilityFactory(open=True, division_id="440106", listed_name="天河的院")
    FacilityFactory(open=True, division_id="440105", listed_name="海珠的院")

    assert names(asked("county=440106")) == ["天河的院"]


def test_designated_ones_come_first_then_names_in_pinyin_order():
    FacilityFactory(open=True, division_id="520102", listed_name="阿姨之家")
    FacilityFactory(open=True, division_id="520102", listed_name="北山之家")
    BaseFactory(facility=FacilityFactory(open=True, division_id="520102", listed_name="中山之家"))

    assert names(asked("province=52")) == ["中山之家", "阿姨之家", "北山之家"]


def test_a_withdrawn_designation_no_longer_counts():
    BaseFactory(withdrawn=True, facility=FacilityFactory(open=True, division_id="520102"))

    assert names(asked("province=52&designated=1")) == []
    assert len(names(asked("province=52"))) == 1


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_only_facilities_open_to_sojourners_answer(state):
    FacilityFactory(**{state: True}, division_id="520102")
    FacilityFactory(division_id="520102")

    assert names(asked("province=52")) == []


@pytest.mark.parametrize(
    ("words", "errors"),
    [
        ("page=-1", [("page", "no_page")]),
        ("page=0", [("page", "no_page")]),
        ("page=01", [("page", "no_page")]),
        ("page=1.5", [("page", "no_page")]),
        ("page=１", [("page", "no_page")]),
        ("page=99999999999999999999", [("page", "no_page")]),
        ("q=" + "东" * 101, [("q", "too_long")]),
        ("q=" + "a" * 10_000, [("q", "too_long")]),
        ("q=%00", [("q", "unreadable")]),
        ("q=a%00b", [("q", "unreadable")]),
        ("q=%1b", [("q", "unreadable")]),
        ("q=%ff%fe", [("q", "unreadable")]),
        ("q=%ED%A0%80", [("q", "unreadable")]),
        ("q=，。！", [("q", "no_words")]),
        ("q=a b c d e f g", [("q", "too_many_words")]),
        ("q=a&q=b", [("q", "repeated")]),
        ("province=99", [("province", "unknown_code")]),
        ("province=990000", [("province", "unknown_code")]),
        ("province=4401", [("province", "no_code")]),
        ("province=广东", [("province", "no_code")]),
        ("province=４４", [("province", "no_code")]),
        ("province=44%00", [("province", "no_code")]),
        ("city=44", [("city", "no_code")]),
        ("city=449900", [("city", "unknown_code")]),
        ("city=440106", [("city", "no_code")]),
        ("county=440199", [("county", "unknown_code")]),
        ("county=440100", [("county", "unknown_code")]),
        ("designated=0", [("designated", "not_yes")]),
        ("designated=yes", [("designated", "not_yes")]),
        ("month=0", [("month", "no_month")]),
        ("month=13", [("month", "no_month")]),
        ("month=01", [("month", "no_month")]),
        ("month=二", [("month", "no_month")]),
        ("month=2&from=2027-02-01&to=2027-03-01", [("month", "month_and_dates")]),
        ("from=2027-02-01", [("to", "date_missing")]),
        ("to=2027-02-01", [("from", "date_missing")]),
        ("from=2027-02-30&to=2027-03-01", [("from", "no_day")]),
        ("from=20270201&to=2027-03-01", [("from", "no_day")]),
        ("from=2027-02-01&to=2027-02-01", [("to", "to_before_from")]),
        ("from=2027-03-01&to=2027-02-01", [("to", "to_before_from")]),
        ("from=2027-02-01&to=2028-03-01", [("to", "stay_too_long")]),
        ("level=healthy", [("level", "no_choice")]),
        ("level=MILD", [("level", "no_choice")]),
        ("budget=0", [("budget", "no_budget")]),
        ("budget=-4000", [("budget", "no_budget")]),
        ("budget=4000.5", [("budget", "no_budget")]),
        ("budget=1000001", [("budget", "no_budget")]),
        ("budget=４０００", [("budget", "no_budget")]),
        ("star=0", [("star", "no_star")]),
        ("star=6", [("star", "no_star")]),
        ("feature=pool", [("feature", "no_feature")]),
        ("feature=lift&feature=pool", [("feature", "no_feature")]),
        ("feature=%00", [("feature", "no_feature")]),
        ("near=23.1", [("near", "no_point")]),
        ("near=here", [("near", "no_point")]),
        ("near=113.26,23.13", [("near", "point_outside")]),
        ("near=-23.1,113.2", [("near", "no_point")]),
        ("near=nan,nan", [("near", "no_point")]),
        ("near=1e9,1e9", [("near", "no_point")]),
        ("near=51.5,0.1", [("near", "point_outside")]),
        ("near=23.1,113.2&radius=0", [("radius", "no_radius")]),
        ("near=23.1,113.2&radius=501", [("radius", "no_radius")]),
        ("radius=10", [("radius", "no_near")]),
        ("sort=distance", [("sort", "no_near")]),
        ("sort=best", [("sort", "no_choice")]),
        ("unreported=yes", [("unreported", "not_yes")]),
        ("home=44", [("home", "no_code")]),
        ("home=230199", [("home", "no_code")]),
        ("home=239900", [("home", "unknown_code")]),
        ("colour=blue", [("colour", "unknown")]),
        ("Q=广州", [("Q", "unknown")]),
        ("utm_source=x", [("utm_source", "unknown")]),
        ("cursor=x", [("cursor", "unknown")]),
        ("%00=1", [("?", "unknown")]),
        (
            "page=-1&province=99&q=%00",
            [("q", "unreadable"), ("page", "no_page"), ("province", "unknown_code")],
        ),
    ],
)
def test_what_cannot_be_read_is_refused_word_by_word(words, errors):
    assert sorted(refused(words)) == sorted(errors)


def test_a_field_left_empty_asks_nothing():
    query = asked("q=&province=&city=+&designated=&page=")

    assert (query.filters, query.page, query.address()) == ([], 1, "")


def test_the_query_string_repeats_the_search():
    query = asked("designated=1&province=44&q=护理院 深圳&page=2")

    again = asked(query.address())

    assert again == query
    assert (
        query.address() == "q=%E6%8A%A4%E7%90%86%E9%99%A2+%E6%B7%B1%E5%9C%B3&province=44&designated=1&page=2"
    )


def test_every_word_is_repeated_and_each_feature_can_be_dropped_by_itself():
    typed = (
        "q=护理院&province=44&month=2&level=mild&budget=4000&star=3&feature=lift&feature=hot_water"
        "&near=23.1,113.2&radius=80&sort=distance&unreported=1&home=230100"
    )
    query = asked(typed)

    assert asked(query.address()) == query
    assert [(one.name, one.text) for one in query.chosen if one.name == "feature"] == [
        ("feature", "lift"),
        ("feature", "hot_water"),
    ]
    rest = query.without("feature", "lift")
    assert (rest.features, asked(rest.address())) == (("hot_water",), rest)
    assert query.without("feature").features == ()


def test_what_means_nothing_alone_goes_with_its_companion():
    near = asked("near=23.1,113.2&radius=80&sort=distance").without("near")
    stay = asked("from=2027-01-10&to=2027-03-05").without("from")

    assert (near.address(), near.radius, near.sort) == ("", 50, "fit")
    assert (stay.address(), stay.months) == ("", [])


def test_an_address_with_one_word_otherwise_leads_to_the_first_page():
    query = asked("q=护理院&month=2&page=3")

    assert asked(query.address(month=7)).texts == {"q": ("护理院",), "month": ("7",)}
    assert asked(query.address(page=4)).page == 4
    assert asked(query.address(q=None, feature=["lift", "hot_water"])).features == ("lift", "hot_water")


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("month=7", [7]),
        ("from=2027-01-10&to=2027-03-05", [1, 2, 3]),
        ("from=2026-11-20&to=2027-02-01", [11, 12, 1]),
        ("", []),
    ],
)
def test_the_months_of_the_stay(words, months):
    assert asked(words).months == months


def test_dropping_a_filter_leaves_the_others_and_starts_anew():
    query = asked("q=护理院&province=44&page=3")

    rest = query.without("province")

    assert (rest.q, rest.province, rest.page, rest.address()) == (
        "护理院",
        None,
        1,
        "q=%E6%8A%A4%E7%90%86%E9%99%A2",
    )


def test_a_search_without_an_answer_says_which_word_to_drop():
    query = asked("q=护理院&province=21&designated=1")

    assert names(query) == []

    assert ways_out(query) == [("province", None, 2)]


def test_a_door_takes_only_the_words_it_declares():
    assert refused("page=2", words=FILTERS) == [("page", "unknown")]
    assert (
        BaseQuery.from_params(QueryDict("cursor=x&q=护理院"), words=FILTERS, beside={"cursor"}).q == "护理院"
    )


def test_rare_characters_are_words_like_others():
    FacilityFactory(open=True, division_id="520102", listed_name="𬭸𫟹颐养院")

    assert names(asked("q=𬭸𫟹")) == ["𬭸𫟹颐养院"]


def test_reading_a_query_asks_the_database_once_at_most(django_assert_num_queries):
    with django_assert_num_queries(0):
        asked("q=护理院&designated=1&page=2")
    with django_assert_num_queries(1):
        asked("province=44&city=4401&county=440106")
