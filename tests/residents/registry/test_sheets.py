from datetime import date, datetime

import pytest

from residents.registry.cells import in_source
from residents.registry.homes import Homes
from residents.registry.services.enrolling import RESIDENTS
from residents.registry.sheets import HEADINGS, REASONS, read_row
from sojourn.core.identifiers import sample_identity
from tests.factories.residents import BORN

pytestmark = pytest.mark.django_db
COLUMNS = {column: at for at, column in enumerate(HEADINGS)}
GOOD = {
    "name": "单雪雁",
    "identity_number": sample_identity(2, BORN),
    "home_division": "天河区",
}
ON = date(2026, 11, 22)


def read(**cells):
    row = [(GOOD | cells).get(column) for column in HEADINGS]
    return read_row(2, row, COLUMNS, homes=Homes.within(["440106"]), on=ON)


def reasons(**cells) -> list[tuple[str, str]]:
    return [(reason.column, reason.code) for reason in read(**cells).reasons]


@pytest.mark.parametrize(
    ("cells", "fact"),
    [
        ({"phone": 13000000000}, {"phone": "13000000000"}),
        ({"phone": 13000000000.0}, {"phone": "13000000000"}),
        ({"birth_on": "1948-03-09"}, {"birth_on": BORN}),
        ({"birth_on": "1948年3月9日"}, {"birth_on": BORN}),
        ({"birth_on": 19480309}, {"birth_on": BORN}),
        ({"birth_on": BORN}, {"birth_on": BORN}),
        ({"sex": "女"}, {"sex": "female"}),
        ({"diets": "清真、软食"}, {"diets": ["soft", "halal"]}),
        ({"diets": "清真,软食"}, {"diets": ["soft", "halal"]}),
        ({"mobility": "使用轮椅"}, {"mobility": "wheelchair"}),
        ({"whereabouts_protected": "是"}, {"whereabouts_protected": True}),
        ({"whereabouts_protected": "否"}, {"whereabouts_protected": False}),
        ({"whereabouts_protected": "需要保护"}, {"whereabouts_protected": True}),
        ({"whereabouts_protected": "不需要保护"}, {"whereabouts_protected": False}),
        ({"whereabouts_protected": False}, {"whereabouts_protected": False}),
        ({"identity_number": sample_identity(2, BORN).lower()}, {}),
    ],
)
def test_a_cell_is_read_as_people_write_it(cells, fact):
    row = read(**cells)

    assert row.reasons == ()
    assert row.home == "440106"
    assert {name: row.facts[name] for name in fact} == fact
    assert (row.facts["birth_on"], row.facts["sex"]) == (BORN, "female")


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"name": None}, [("name", "missing")]),
        ({"name": None, "phone": object()}, [("name", "missing"), ("phone", "formula")]),
        ({"name": "张3"}, [("name", "name_unreadable")]),
        ({"name": BORN}, [("name", "unreadable")]),
        ({"identity_number": 1.1010119480309e17}, [("identity_number", "number_not_text")]),
        ({"identity_number": "1.10101E+17"}, [("identity_number", "number_not_text")]),
        ({"identity_number": 110101194803090020}, [("identity_number", "number_not_text")]),
        ({"identity_number": "12345"}, [("identity_number", "identity_length_wrong")]),
        ({"identity_number": "00000119480230002X"}, [("identity_number", "birth_date_impossible")]),
        ({"identity_number": sample_identity(2, date(2015, 1, 1))}, [("identity_number", "too_young")]),
        ({"home_division": "南岗区"}, [("home_division", "home_unknown")]),
        ({"sex": "男"}, [("sex", "differs_from_identity")]),
        ({"birth_on": "1948-02-30"}, [("birth_on", "day_unreadable")]),
        ({"birth_on": datetime(1948, 3, 9, 12)}, [("birth_on", "unreadable")]),
        ({"birth_on": date(1948, 3, 10)}, [("birth_on", "differs_from_identity")]),
        ({"phone": "1"}, [("phone", "phone_unreadable")]),
        ({"contact_phone": "x"}, [("contact_phone", "phone_unreadable")]),
        ({"mobility": "会飞"}, [("mobility", "not_listed")]),
        ({"diets": "清真、石头"}, [("diets", "not_listed")]),
        ({"whereabouts_protected": "也许"}, [("whereabouts_protected", "not_listed")]),
    ],
)
def test_a_wrong_cell_is_named_by_column_and_reason(cells, wrong):
    assert reasons(**cells) == wrong


def test_an_empty_cell_says_that_she_was_not_asked():
    assert "whereabouts_protected" not in read(whereabouts_protected=None).facts
    assert "whereabouts_protected" not in read(whereabouts_protected="").facts


def test_what_a_row_says_prints_nothing_of_a_person():
    assert "单雪雁" not in repr(read())
    assert "单雪雁" not in repr(read(phone="1"))


def test_every_reason_reads_as_words():
    for code in REASONS:
        assert "{" not in RESIDENTS.in_words({"column": "name", "code": code, "row": 3})


def test_headings_are_known_with_a_star_with_blanks_and_in_any_order():
    found = RESIDENTS.columns_of(["户籍所在地区（必填）", " 身份证号码*", "", "姓 名"])

    assert found == {"home_division": 0, "identity_number": 1, "name": 3}


def test_the_template_writes_simplified_chinese_whoever_downloads_it(settings):
    assert [in_source(label) for label in HEADINGS.values()][:3] == ["姓名", "身份证号码", "户籍所在地区"]
    assert RESIDENTS.choices_of("mobility") == ["独立行走", "借助器具行走", "使用轮椅", "长期卧床"]
    assert RESIDENTS.choices_of("name") == []
