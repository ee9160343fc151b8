from datetime import date

import pytest

from residents.registry.errors import FactsInvalid, TooYoung
from residents.registry.facts import age_on, checked, phone_number
from sojourn.core.clock import frozen
from sojourn.core.identifiers import sample_identity

DAY = date(2026, 11, 22)
KNOWN = {"name": "安一", "birth_on": date(1948, 3, 9), "sex": "female"}


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("10000000001", "10000000001"),
        ("+86 100-0000-0001", "10000000001"),
        ("0086 10000000001", "10000000001"),
        ("１００００００００００１", None),
        ("１０００００００００１", "10000000001"),
        ("0000-0000001", "00000000001"),
        ("（010）0000 0001", "01000000001"),
        ("+86 10 0000 0001", "01000000001"),
        ("+86 (0)10 0000 0001", "01000000001"),
        ("0451-000 0001", "04510000001"),
        ("12345", None),
        ("0000000001转2", None),
        ("电话", None),
        ("", None),
        ("1" * 41, None),
        ("+852 0000 0001", None),
        ("१००००००००००", None),
    ],
)
def test_a_phone_has_one_form_however_it_is_typed(typed, dialled):
    if dialled is None:
        with pytest.raises(FactsInvalid) as refused:
            phone_number(typed, "contact_phone")
        assert refused.value.errors[0]["field"] == "contact_phone"
    else:
        assert phone_number(typed) == dialled


@pytest.mark.parametrize(
    ("day", "birth_on", "age"),
    [
        (date(2026, 11, 22), date(2008, 11, 22), 18),
        (date(2026, 11, 21), date(2008, 11, 22), 17),
        (date(2026, 2, 28), date(2008, 2, 29), 17),
        (date(2026, 3, 1), date(2008, 2, 29), 18),
        (date(2026, 1, 1), date(1926, 1, 1), 100),
    ],
)
def test_a_year_of_life_is_complete_on_the_birthday(day, birth_on, age):
    assert age_on(day, birth_on) == age


def test_a_number_brings_birth_and_sex_and_is_kept_in_its_18_characters():
    number = sample_identity(3, date(1950, 1, 2))

    assert checked({"name": "安一", "identity_number": f"{number[:6]} {number[6:].lower()}"}, on=DAY) == {
        "name": "安一",
        "identity_number": number,
        "birth_on": date(1950, 1, 2),
        "sex": "male",
    }


def test_nothing_typed_is_not_reported():
    facts = {"phone": " ", "contact_name": "", "dialect": "", "diets": [], "mobility": None}

    assert checked(facts, known=KNOWN, on=DAY) == dict.fromkeys(facts)


def test_diets_stand_once_and_in_the_order_of_their_list():
    assert checked({"diets": {"halal", "soft", "regular"}}, known=KNOWN, on=DAY) == {
        "diets": ["regular", "soft", "halal"]
    }


@pytest.mark.parametrize("field", ["name", "birth_on", "sex"])
def test_what_a_registration_needs_is_not_taken_away(field):
    if field == "name":
        facts = {}
        known = KNOWN | {"name": None}
    else:
        facts, known = {field: None}, KNOWN

    with pytest.raises(FactsInvalid) as refused:
        checked(facts, known=known, on=DAY)

    assert [error["field"] for error in refused.value.errors] == [field]


def test_a_minor_is_refused_by_number_and_by_date_alike():
    with frozen(DAY):
        for facts in (
            {"name": "安一", "identity_number": sample_identity(2, date(2008, 11, 23))},
            {"name": "安一", "birth_on": date(2008, 11, 23), "sex": "female"},
        ):
            with pytest.raises(TooYoung):
                checked(facts, on=DAY)


@pytest.mark.parametrize("value", [7, ["x"], {"a": 1}, b"x"])
@pytest.mark.parametrize(
    "field",
    ["name", "identity_number", "birth_on", "sex", "phone", "contact_name", "dialect", "diets", "mobility"],
)
def test_a_value_of_the_wrong_kind_is_refused_at_its_field(field, value):
    with pytest.raises(FactsInvalid) as refused:
        checked({field: value}, known=KNOWN, on=DAY)

    assert [error["field"] for error in refused.value.errors] == [field]
