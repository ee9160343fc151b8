import pytest

from sojourn.accounts.reach import names_of

pytestmark = pytest.mark.django_db


def test_a_reach_is_named_from_the_province_down():
    assert names_of(["44", "4401", "440106"]) == {
        "44": "广东省",
        "4401": "广东省广州市",
        "440106": "广东省广州市天河区",
    }


def test_the_whole_node_has_a_name_and_an_unknown_code_stays_itself():
    assert names_of(["", "99"]) == {"": "整个节点", "99": "99"}


def test_many_reaches_cost_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        names_of(["44", "4401", "440106", "23", "230103"])
