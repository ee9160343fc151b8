"""A facility of the same node reads the result of an assessment where a consent names it, and the items by themselves."""

from datetime import timedelta

import pytest
from django.test import Client

from residents.consents import services
from residents.consents.errors import SeparateConsentMissing
from residents.consents.models import Extract
from residents.consents.services import Receiver
from residents.registry.errors import FieldsNotOpen, FieldsUnknown, NoSuchResident
from residents.registry.models import Access, Disclosure, Resident
from residents.registry.services import disclose, disclosures_of, export_residents
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen
from tests.factories.accounts import ApiClientFactory, ApiKeyFactory, token_of
from tests.factories.assessments import final
from tests.factories.consents import BY_TELEPHONE, a_consent
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import account_of, staff
from tests.residents.assessments.answers import EXACTLY_MILD
from tests.residents.registry.families import family_member, linked

pytestmark = pytest.mark.django_db
URL = "/api/v1/residents/{}/"
BOTH = ["residents.read", "residents.disclose"]
ASKED = {"purpose": "check_in", "case": "RZ-2026-0031"}
LEVEL = "能力轻度受损（轻度失能）"


@pytest.fixture
def facility():
    return FacilityFactory(listed_name="样例云栖颐养院")


@pytest.fixture
def resident():
    return ResidentFactory(name="单雪雁", home_division_code="440106")


@pytest.fixture
def result(resident):
    return final(resident, answers=EXACTLY_MILD)


def yes(resident, facility, *fields):
    return a_consent(
        resident,
        receiver=Receiver("facility", id=facility.pk),
        fields=("name", *fields),
        separate=fields,
    )


def program(facility) -> Client:
    account = ApiClientFactory(holder_id=facility.pk, holder_number=facility.number, scopes=BOTH)
    token = token_of(ApiKeyFactory(client=account), BOTH)
    return Client(headers={"Authorization": f"Bearer {token}"})


def ask(client, resident, *fields):
    return client.post(
        f"{URL.format(resident.pk)}disclose/", {"fields": fields, **ASKED}, content_type="application/json"
    )


def test_what_a_consent_names_of_the_result_is_disclosed_and_she_reads_who_looked(facility, resident, result):
    yes(resident, facility, "assessment")
    client = program(facility)

    seen = client.get(URL.format(resident.pk))
    answer = ask(client, resident, "assessment")

    assert seen.json()["open_fields"] == ["name", "assessment"]
    assert LEVEL not in seen.content.decode()
    assert answer.json() == {
        "facts": {
            "assessment": f"{LEVEL}（gbt42195 2022），{result.body.name}，编号{result.number}，"
            f"{result.assessed_on:%Y-%m-%d}评估，有效期至{result.valid_until:%Y-%m-%d}"
        }
    }
    assert answer["Cache-Control"] == "no-store"
    assert Disclosure.objects.get().fields == ["assessment"]
    [sentence] = disclosures_of(resident, SYSTEM)
    assert sentence.startswith("样例云栖颐养院养老机构账号于")
    assert sentence.endswith("查看了能力评估结果，用途：入住交接，事由：RZ-2026-0031")
    assert not Extract.objects.exists()


def test_the_result_opens_no_item_and_what_names_neither_opens_neither(facility, resident, result):
    client = program(facility)
    consent = yes(resident, facility)

    for fields in (["assessment"], ["assessment_items"], ["name", "assessment"]):
        assert ask(client, resident, *fields).status_code == 403
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    yes(resident, facility, "assessment")

    assert ask(client, resident, "assessment_items").status_code == 403
    assert not Disclosure.objects.exists()


def test_the_items_are_told_where_the_consent_names_them(facility, resident, result):
    yes(resident, facility, "assessment", "assessment_items")

    facts = ask(program(facility), resident, "assessment_items").json()["facts"]

    assert list(facts) == ["assessment_items"]
    assert facts["assessment_items"].count("\n") >= 26
    assert "分）" in facts["assessment_items"]


def test_a_withdrawal_cuts_the_result_at_once(facility, resident, result):
    consent, client = yes(resident, facility, "assessment"), program(facility)
    assert ask(client, resident, "assessment").status_code == 200

    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)

    assert ask(client, resident, "assessment").status_code == 404
    assert Disclosure.objects.count() == 1


def test_a_result_needs_a_yes_of_its_own(facility, resident, result):
    with pytest.raises(SeparateConsentMissing):
        a_consent(
            resident, receiver=Receiver("facility", id=facility.pk), fields=("assessment",), separate=()
        )

    assert not Access.objects.exists()


def test_of_who_was_never_assessed_or_no_longer_counts_nothing_is_told(facility, resident):
    yes(resident, facility, "assessment", "assessment_items")
    client = program(facility)

    assert ask(client, resident, "assessment", "assessment_items").json() == {"facts": {}}
    found = final(resident, answers=EXACTLY_MILD)
    assert ask(client, resident, "assessment").json()["facts"] != {}

    consents = Access.objects.all()
    consents.update(ends_at=consents.get().ends_at + timedelta(days=4000))
    of_facility = account_of(facility.pk)
    with frozen(Access.objects.get().ends_at - timedelta(days=1)):
        assert found.valid_until < (Access.objects.get().ends_at - timedelta(days=1)).date()
        assert disclose(resident_id=resident.pk, fields=["assessment"], **ASKED, actor=of_facility) == {}


def test_nobody_else_is_told_a_result_by_this_verb(facility, resident, result):
    """Staff read it on the page of the assessment; a guardian's access and an agent's never name health."""
    yes(resident, facility, "assessment")
    guardian = family_member()
    linked(guardian, resident)

    for actor in (staff("440106"), guardian):
        with pytest.raises(FieldsNotOpen):
            disclose(resident_id=resident.pk, fields=["assessment"], **ASKED, actor=actor)
    stranger = account_of(FacilityFactory().pk)
    with pytest.raises(NoSuchResident):
        disclose(resident_id=resident.pk, fields=["assessment"], **ASKED, actor=stranger)
    with pytest.raises(FieldsUnknown):
        export_residents(rows=Resident.objects.all(), plain=["assessment"], actor=staff("440106"), **ASKED)

    assert not Disclosure.objects.exists()


def test_a_consent_to_an_account_opens_no_result_to_it(resident, result):
    agent = family_member()

    a_consent(
        resident,
        receiver=Receiver("account", id=agent.user_id),
        fields=("name", "assessment"),
        separate=("assessment",),
    )

    assert Access.objects.get().fields == ["name"]
