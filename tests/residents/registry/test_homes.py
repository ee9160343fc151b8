import pytest

from residents.registry.homes import Homes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("440106", "440106"),
        ("４４０１０６", "440106"),
        ("天河区", "440106"),
        ("广州市天河区", "440106"),
        ("广东省广州市天河区", "440106"),
        ("广东省 广州市 天河区", "440106"),
        ("廣州市天河區", "440106"),
        ("广东省天河区", "440106"),
        ("东莞市", "441900"),
        ("广州市", None),
        ("440100", None),
        ("230103", None),
        ("南岗区", None),
        ("", None),
        ("天河", None),
    ],
)
def test_a_home_is_named_by_code_or_by_any_part_of_its_full_name(text, code):
    assert Homes.within(["44"]).code_of(text) == code


def test_a_name_that_several_counties_bear_means_none_of_them():
    homes = Homes.within([""])

    assert homes.code_of("鼓楼区") is None
    assert homes.code_of("重庆市江北区") == "500105"


def test_a_county_officer_has_one_home_to_choose_and_a_reach_of_nothing_none():
    assert Homes.within(["440106"]).names == {"440106": "天河区"}
    assert Homes.within([]).names == {}


def test_homes_are_grouped_under_what_is_above_them():
    groups = dict(Homes.within(["5001", "4419", "440106"]).grouped())

    assert ("500105", "江北区") in groups["重庆市"]
    assert groups["广东省"] == [("441900", "东莞市")]
    assert groups["广东省广州市"] == [("440106", "天河区")]
