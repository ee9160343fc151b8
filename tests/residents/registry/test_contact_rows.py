"""The rows for telephones and contacts on the staff's forms: filled in, wrong, left empty."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from residents.registry.models import Resident
from sojourn.core.actors import Role
from sojourn.core.identifiers import sample_identity
from tests.factories.accounts import MembershipFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.registry.test_contacts import (
    CHILD_PHONE,
    FIRST,
    NAMES,
    NUMBERS,
    PHONES,
    SECOND,
    THIRD,
    page_of,
    shown,
    text,
)
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident() -> Resident:
    return ResidentFactory(phone=f"{FIRST}、{SECOND}", contact_name=NAMES, contact_phone=PHONES)


@pytest.fixture
def officer() -> Client:
    return sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)


def rows(**cells: list[str]) -> dict:
    return {"name": "单雪雁", "identity_number": sample_identity(4, BORN), "home_division": "440106", **cells}


def test_an_officer_registers_several_by_rows_and_leaves_out_what_is_empty(officer):
    officer.post(
        reverse("admin:registry_resident_register"),
        rows(
            phone=["0755-26540042", "", FIRST],
            contact_relation=["child", "spouse", "", "neighbour_or_friend", ""],
            contact_name=["仇归林", "", "", "冼秋水", ""],
            contact_phone=[CHILD_PHONE, "", "", "", ""],
        ),
    )

    assert shown(Resident.objects.get()) == {
        "phone": f"{SECOND}、{FIRST}",
        "contact_name": NAMES,
        "contact_phone": CHILD_PHONE,
    }


def test_a_row_that_is_wrong_is_named_by_its_place_and_everything_typed_stands_again(officer):
    answer = text(
        officer.post(
            reverse("admin:registry_resident_register"),
            rows(
                phone=[FIRST, SECOND, ""],
                contact_relation=["child", "committee"],
                contact_name=["仇归林", "冼3"],
                contact_phone=[CHILD_PHONE, "12"],
            ),
        )
    )

    assert answer.count("第2位联系人：") == 4  # name and number, above the form and at the rows
    assert not Resident.objects.exists()
    for typed in (FIRST, SECOND, "仇归林", CHILD_PHONE, "冼3", "12"):
        assert f'value="{typed}"' in answer
    assert answer.count('<option value="committee" selected>') == 1
    assert len(re.findall("<details open>", answer)) == 2  # the second number and the second contact


def test_every_row_but_the_first_waits_folded_and_opens_without_a_script(officer):
    page = text(officer.get(reverse("admin:registry_resident_register")))

    assert (page.count('name="phone"'), page.count('name="contact_name"')) == (3, 5)
    assert (page.count("<details><summary>"), page.count("<details open>")) == (2 + 4, 0)
    assert "<script" not in page.partition("verb-rows")[2]


def test_in_a_correction_what_is_filled_in_stands_for_all_and_an_empty_form_leaves_all(officer, resident):
    page, form = page_of(resident, "correct"), {"sex": "female", "phone": ["", "", ""]}
    empty = {"contact_relation": ["", ""], "contact_name": ["", ""], "contact_phone": ["", ""]}
    officer.post(page, form | empty | {"seen_version": 1})
    untouched = shown(resident)

    one = {"contact_relation": ["spouse"], "contact_name": ["冼秋水"], "contact_phone": [""]}
    officer.post(page, form | one | {"seen_version": Resident.objects.get().version, "phone": [THIRD]})

    assert untouched == {"phone": f"{FIRST}、{SECOND}", "contact_name": NAMES, "contact_phone": PHONES}
    assert shown(resident) == {"phone": THIRD, "contact_name": "冼秋水（配偶）"}
    assert not [number for number in NUMBERS if number in text(officer.get(page))]


def test_telephones_and_contacts_are_taken_away_altogether_by_a_word(officer, resident):
    form = {"seen_version": 1, "sex": "female", "phone": ["", "", ""]}

    officer.post(page_of(resident, "correct"), form | {"not_reported": ["phone", "contact_phone"]})

    assert shown(resident) == {"contact_name": NAMES}
    assert Resident.objects.get().phone_indexes is None
