from datetime import date
from decimal import Decimal
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.facilities.errors import FactsInvalid
from providers.facilities.facts import CHECKS, FacilityFacts, checked, checked_name

TODAY = date(2026, 10, 1)


def refused(facts: dict, known: dict | None = None) -> set[tuple[str, str]]:
    with pytest.raises(FactsInvalid) as refusal:
        checked(facts, known=known or {}, on=TODAY)
    return {(error["field"], error["code"]) for error in refusal.value.errors}


def test_every_public_fact_has_a_check():
    assert set(CHECKS) == set(get_type_hints(FacilityFacts))


def test_facts_come_back_as_they_are_stored():
    facts = {
        "kind": "care_home",
        "address": " 天河路1号 ",
        "lng": "113.264385",
        "lat": 23.12911,
        "levels_taken": ["severe", "intact"],
        "diets": {"soft", "regular"},
        "hospital_km": "2.46",
        "medical_as_of": date(2026, 9, 1),
    }

    assert checked(facts, known={}, on=TODAY) == {
        "kind": "care_home",
        "address": "天河路1号",
        "lng": Decimal("113.264385"),
        "lat": Decimal("23.129110"),
        "levels_taken": ["intact", "severe"],
        "diets": ["regular", "soft"],
        "hospital_km": Decimal("2.5"),
        "medical_as_of": date(2026, 9, 1),
    }


def test_none_is_not_reported_and_stays_none():
    assert checked({"kind": None, "levels_taken": None}, known={}, on=TODAY) == {
        "kind": None,
        "levels_taken": None,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "hotel"),
        ("kind", 7),
        ("address", None),
        ("address", "路" * 201),
        ("address", "天河\0路"),
        ("place_precision", None),
        ("place_precision", "roughly"),
        ("lng", "NaN"),
        ("lng", "Infinity"),
        ("lng", "east"),
        ("lat", 113),
        ("levels_taken", "intact"),
        ("levels_taken", []),
        ("levels_taken", ["intact", "fine"]),
        ("levels_taken", [["intact"]]),
        ("languages", ["klingon"]),
        ("diets", 3),
        ("shortest_stay_nights", 0),
        ("shortest_stay_nights", "7"),
        ("hospital_km", -1),
        ("medical_as_of", "2026-09-01"),
        ("number", "FC44-000001-F"),
        ("status", "open"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(name, value):
    assert refused({name: value}) == {(name, "unacceptable")}


def test_every_wrong_field_is_named_at_once():
    assert refused({"kind": "hotel", "telephone": "1" * 41}) == {
        ("kind", "unacceptable"),
        ("telephone", "unacceptable"),
    }


@pytest.mark.parametrize(
    ("facts", "known", "trouble"),
    [
        ({"lng": 113}, {}, ("lat", "point_incomplete")),
        ({"lat": None}, {"lng": Decimal(113), "lat": Decimal(23)}, ("lat", "point_incomplete")),
        ({"contracted_hospital": "样例医院"}, {}, ("contracted_hospital", "not_contracted")),
        (
            {"medical_care": "none"},
            {"contracted_hospital": "样例医院", "medical_as_of": TODAY},
            ("contracted_hospital", "not_contracted"),
        ),
        ({"medical_care": "none"}, {}, ("medical_as_of", "date_missing")),
        ({"hospital_km": 3}, {}, ("medical_as_of", "date_missing")),
        ({"medical_as_of": date(2026, 10, 2)}, {}, ("medical_as_of", "date_in_future")),
    ],
)
def test_facts_that_contradict_what_is_known_are_refused(facts, known, trouble):
    assert refused(facts, known) == {trouble}


@pytest.mark.parametrize("name", ["", "   ", "院" * 121, "院\0"])
def test_a_name_that_cannot_stand_is_refused(name):
    with pytest.raises(FactsInvalid):
        checked_name(name)


def test_a_name_is_kept_verbatim():
    assert checked_name(" 深业颐居养老运营(深圳)有限公司 ") == "深业颐居养老运营(深圳)有限公司"


words = st.text(alphabet="a1东院 \0", max_size=5)
anything = st.one_of(
    st.none(), words, st.integers(), st.floats(), st.booleans(), st.lists(words, max_size=3), st.dates()
)


@given(st.dictionaries(st.sampled_from([*CHECKS, "status"]), anything, max_size=4))
def test_whatever_is_given_is_taken_or_refused(facts):
    try:
        values = checked(facts, known={}, on=TODAY)
    except FactsInvalid as refusal:
        values = {error["field"]: error for error in refusal.errors}

    assert bool(values) == bool(facts)
