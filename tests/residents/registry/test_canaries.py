"""Fifty identity numbers and a hundred phones, looked for wherever they must not be."""

import logging
from datetime import date, timedelta

import pytest
from django.urls import reverse

from residents.registry import services
from residents.registry.errors import AlreadyRegistered
from residents.registry.models import Resident
from sojourn.core.actors import Role
from sojourn.core.identifiers import sample_identity
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.dumping import dump
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
NUMBERS = [sample_identity(7_000_100 + n, date(1940, 1, 1) + timedelta(days=97 * n)) for n in range(50)]
PHONES = [f"0755{8_640_000 + n * 131}" for n in range(100)]


def found_in(text: str) -> list[str]:
    """The canaries in a text, written in any of the ways in which a database or a log may write them."""
    compact = text.replace("-", "").replace(" ", "")
    written = {canary: (canary, canary.encode().hex()) for canary in (*NUMBERS, *PHONES)}
    return [canary for canary, forms in written.items() if any(form in compact for form in forms)]


@pytest.fixture
def residents(caplog) -> list[Resident]:
    """The fifty, registered, corrected, looked up, shown and once refused, with every log line kept."""
    caplog.set_level(logging.DEBUG)
    officer = staff("440106")
    rows = [
        ResidentFactory(identity_number=number, phone=PHONES[n], contact_phone=PHONES[50 + n])
        for n, number in enumerate(NUMBERS)
    ]
    services.correct_resident(resident_id=rows[0].pk, facts={"phone": PHONES[1]}, actor=officer)
    services.look_up_resident(identity_number=NUMBERS[2], actor=officer)
    services.find_by_phone(phone=PHONES[3], actor=officer)
    shown = services.disclose(
        resident_id=rows[4].pk,
        fields=["identity_number", "phone"],
        purpose="check_in",
        case="W-1",
        actor=officer,
    )
    assert set(shown.values()) == {NUMBERS[4], PHONES[4]}
    with pytest.raises(AlreadyRegistered):
        ResidentFactory(identity_number=NUMBERS[5], phone=PHONES[5])
    return rows


def test_the_search_would_see_a_canary():
    assert found_in(f"x{NUMBERS[0]} \\x{PHONES[1].encode().hex()}") == [NUMBERS[0], PHONES[1]]


def test_no_canary_stands_in_a_copy_of_the_database(residents):
    text = dump()

    assert residents[0].number in text
    assert found_in(text) == []


def test_no_canary_stands_in_a_log_line(residents, caplog):
    assert found_in(caplog.text) == []
    assert found_in(" ".join(str(vars(record)) for record in caplog.records)) == []


def test_no_canary_stands_in_what_a_row_says_of_itself(residents):
    assert found_in(" ".join(f"{row} {row!r}" for row in residents)) == []


def test_no_canary_stands_on_a_page_of_the_staff_until_it_is_revealed(residents):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    client = sign_in(user)
    list_page = client.get(reverse("admin:registry_resident_changelist")).content.decode()
    pages = [list_page, client.get(reverse("admin:index")).content.decode()]
    for row in residents[:6]:
        for name in ("change", "history", "reveal", "correct", "record-death"):
            pages.append(
                client.get(reverse(f"admin:registry_resident_{name}", args=[row.pk])).content.decode()
            )

    assert residents[0].number in list_page
    assert found_in("".join(pages)) == []


def test_a_canary_that_is_revealed_stands_in_that_answer_and_in_no_session(residents):
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    client = sign_in(user)

    answer = client.post(
        reverse("admin:registry_resident_reveal", args=[residents[7].pk]),
        {"fields_asked": ["identity_number"], "purpose": "check_in", "case": "W-2"},
    )
    afterwards = client.get(reverse("admin:registry_resident_change", args=[residents[7].pk]))

    assert found_in(answer.content.decode()) == [NUMBERS[7]]
    assert "no-store" in answer["Cache-Control"]
    assert found_in(afterwards.content.decode()) == []
    assert found_in(dump()) == []
