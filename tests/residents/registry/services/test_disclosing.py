from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from psycopg import errors

from residents.registry import services
from residents.registry.errors import (
    CaseMissing,
    DisclosuresSpent,
    FieldsNotOpen,
    FieldsUnknown,
    NoSuchResident,
    PurposeMissing,
)
from residents.registry.models import Disclosure, Resident
from residents.registry.services import disclose, disclosures_of
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import SHANGHAI, frozen
from sojourn.core.identifiers import sample_identity
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import entries_about
from tests.factories.facilities import FacilityFactory
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.actors import account_of, family, staff
from tests.residents.registry.families import family_member, linked

NUMBER = sample_identity(20, BORN)
ASKED = {"fields": ["identity_number", "phone"], "purpose": "check_in", "case": "粤天河〔2026〕15号"}


def ask(resident: Resident, actor: Actor, **other) -> dict:
    return disclose(resident_id=resident.pk, actor=actor, **ASKED | other)


@pytest.fixture
def resident(db) -> Resident:
    return ResidentFactory(identity_number=NUMBER, phone="0000-0000001", contact_phone="0000-0000002")


def test_what_was_asked_for_comes_in_plain_and_its_row_stands(resident):
    officer = staff("440106")

    values = ask(resident, officer)

    assert values == {"identity_number": NUMBER, "phone": "00000000001"}
    row = Disclosure.objects.get()
    assert (row.resident, row.fields, row.purpose, row.case) == (
        resident,
        ["identity_number", "phone"],
        "check_in",
        "粤天河〔2026〕15号",
    )
    assert (row.actor_user_id, row.actor_role, row.actor_divisions) == (officer.user_id, "officer", "440106")
    entry = entries_about(resident).first()
    assert (entry.action, entry.facts) == (
        "resident.disclosed",
        {"fields": ["identity_number", "phone"], "purpose": "check_in"},
    )


def test_every_private_fact_can_be_asked_for_and_what_was_not_reported_is_left_out(resident):
    services.correct_resident(resident_id=resident.pk, facts={"contact_name": None}, actor=SYSTEM)
    fields = ["name", "birth_on", "identity_number", "phone", "contact_name", "contact_phone"]

    values = ask(resident, staff("44"), fields=fields)

    assert values == {
        "name": "单雪雁",
        "birth_on": "1948-03-09",
        "identity_number": NUMBER,
        "phone": "00000000001",
        "contact_phone": "00000000002",
    }
    assert Disclosure.objects.get().fields == fields


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"purpose": ""}, PurposeMissing),
        ({"purpose": "curiosity"}, PurposeMissing),
        ({"case": ""}, CaseMissing),
        ({"case": " \t"}, CaseMissing),
        ({"case": "x" * 81}, CaseMissing),
        ({"case": "来电13800138000"}, NamesSomebody),
        ({"case": "a\0"}, CaseMissing),
        ({"fields": []}, FieldsUnknown),
        ({"fields": ["health"]}, FieldsUnknown),
        ({"fields": "phone"}, FieldsUnknown),
    ],
)
def test_without_purpose_case_or_known_fields_nothing_is_shown(resident, other, refusal):
    with pytest.raises(refusal):
        ask(resident, staff("440106"), **other)

    assert not Disclosure.objects.exists()
    assert not entries_about(resident).filter(action="resident.disclosed").exists()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.ADMIN])
def test_staff_without_a_second_factor_are_shown_nothing(resident, role):
    with pytest.raises(SecondFactorNeeded):
        ask(resident, staff("440106", role=role, second_factor=False))

    assert not Disclosure.objects.exists()


def test_who_does_not_see_the_resident_does_not_learn_that_she_exists(resident):
    strangers = [
        staff("4403"),
        staff("23"),
        staff(),
        staff("44", role=Role.ADMIN),
        account_of(uuid4()),
        account_of(),
        family(),
        PUBLIC,
        SYSTEM,
        Actor(role=Role.PEER),
        Actor(role=Role.OFFICER, divisions=("44",), user_id=uuid4(), second_factor=True),
    ]

    for actor in strangers:
        with pytest.raises(NoSuchResident):
            ask(resident, actor)

    assert not Disclosure.objects.exists()


def test_an_auditor_reads_who_looked_and_is_shown_nothing_herself(resident):
    with pytest.raises(FieldsNotOpen):
        ask(resident, staff("44", role=Role.AUDITOR))

    assert not Disclosure.objects.exists()


def test_a_facility_is_shown_the_fields_of_its_access_and_no_other(resident):
    access = AccessFactory(resident=resident, fields=["phone"])
    facility = account_of(access.holder_id)

    values = ask(resident, facility, fields=["phone"])
    with pytest.raises(FieldsNotOpen):
        ask(resident, facility, fields=["phone", "identity_number"])

    assert values == {"phone": "00000000001"}
    assert Disclosure.objects.get().access == access


def test_an_access_that_has_ended_opens_nothing(resident):
    access = AccessFactory(resident=resident, over=True)

    with pytest.raises(NoSuchResident):
        ask(resident, account_of(access.holder_id), fields=["phone"])


def test_an_hour_holds_as_many_disclosures_as_the_rule_says(resident):
    RuleFactory(key="disclosures_an_hour", member_id="440000", value=2)
    officer, colleague = staff("440106"), staff("440106")
    at = datetime(2026, 11, 22, 9, tzinfo=SHANGHAI)

    for minutes in (0, 30):
        with frozen(at + timedelta(minutes=minutes)):
            ask(resident, officer)
    with frozen(at + timedelta(minutes=59)), pytest.raises(DisclosuresSpent) as refused:
        ask(resident, officer)
    with frozen(at + timedelta(minutes=59)):
        ask(resident, colleague)
    with frozen(at + timedelta(minutes=60)):
        ask(resident, officer)

    assert "2" in str(refused.value)
    assert refused.value.status == 429
    assert Disclosure.objects.filter(actor_user_id=officer.user_id).count() == 3


@pytest.mark.usefixtures("slow_before_commit")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_for_the_last_one_at_once_one_is_refused():
    RuleFactory(key="disclosures_an_hour", member_id="440000", value=1)
    officer, first, second = staff("440106"), ResidentFactory(), ResidentFactory()

    outcomes = race(lambda: ask(first, officer), lambda: ask(second, officer))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DisclosuresSpent", "dict"]
    assert Disclosure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_value_leaves_inside_a_transaction_that_could_still_be_undone():
    resident, officer = ResidentFactory(), staff("440106")

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        ask(resident, officer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_disclosure SET purpose = 'assessment'",
        "DELETE FROM registry_disclosure",
        "TRUNCATE registry_disclosure",
        "UPDATE registry_residentevent SET name = 'x'",
        "DELETE FROM registry_accessevent",
    ],
)
def test_the_app_role_undoes_no_disclosure_and_no_history(as_app, statement):
    ask(ResidentFactory(), staff("440106"))

    with pytest.raises(errors.InsufficientPrivilege):
        as_app.execute(statement)

    assert as_app.execute("SELECT count(*), min(purpose) FROM registry_disclosure").fetchone() == (
        1,
        "check_in",
    )


@pytest.mark.parametrize(
    ("to", "source"),
    [
        ("phone_cipher", "phone_cipher"),
        ("identity_cipher", "identity_cipher"),
        ("contact_phone_cipher", "contact_phone_cipher"),
    ],
)
def test_a_ciphertext_moved_to_another_resident_does_not_open(resident, to, source):
    other = ResidentFactory()
    Resident.objects.filter(pk=resident.pk).update(**{to: getattr(other, source)})

    with pytest.raises(Undecipherable):
        ask(resident, staff("440106"))


def test_a_ciphertext_moved_to_another_column_does_not_open(resident):
    Resident.objects.filter(pk=resident.pk).update(contact_phone_cipher=resident.phone_cipher)

    with pytest.raises(Undecipherable):
        ask(resident, staff("440106"), fields=["contact_phone"])


def test_a_key_moved_to_another_resident_does_not_open(resident):
    other = ResidentFactory()
    key = resident.key
    key.wrapped = other.key.wrapped
    key.save(update_fields=["wrapped"])

    with pytest.raises(Undecipherable):
        ask(resident, staff("440106"))


def test_the_resident_reads_who_looked_in_plain_sentences(resident):
    facility = FacilityFactory(listed_name="汀鹭颐养院")
    access = AccessFactory(resident=resident, holder_id=facility.pk)
    with frozen(datetime(2026, 11, 22, 9, 5, tzinfo=SHANGHAI)):
        ask(resident, staff("440106"))
    with frozen(datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)):
        ask(resident, account_of(access.holder_id), fields=["phone"], purpose="getting_in_touch", case="W-7")

    assert disclosures_of(resident, SYSTEM) == [
        "汀鹭颐养院养老机构账号于2026-11-23 10:00查看了本人电话，用途：联系老年人或家属，事由：W-7",
        "广东省广州市天河区经办人于2026-11-22 09:05查看了身份证号码、本人电话，用途：入住交接，事由：粤天河〔2026〕15号",
    ]
    assert disclosures_of(ResidentFactory(), SYSTEM) == []


@pytest.mark.parametrize(
    ("protected", "relation", "names"),
    [
        (True, "guardian", False),
        (None, "guardian", False),
        (False, "guardian", True),
        (True, "self", True),
        (None, "self", True),
    ],
)
def test_her_guardian_reads_no_place_while_she_is_protected(resident, protected, relation, names):
    facility = FacilityFactory(listed_name="汀鹭颐养院")
    access = AccessFactory(resident=resident, holder_id=facility.pk)
    Resident.objects.filter(pk=resident.pk).update(whereabouts_protected=protected)
    ask(resident, staff("440106", "440103"))
    ask(resident, account_of(access.holder_id), fields=["phone"])
    reader = family_member()
    linked(reader, resident, relation)

    later, first = disclosures_of(Resident.objects.get(pk=resident.pk), reader)

    if names:
        assert later.startswith("汀鹭颐养院养老机构账号于")
        assert first.startswith("广东省广州市天河区、广东省广州市荔湾区经办人于")
    else:
        assert later.startswith("一家养老机构于")
        assert first.startswith("广东省经办人于")


def test_staff_read_the_places_of_somebody_protected(resident):
    Resident.objects.filter(pk=resident.pk).update(whereabouts_protected=True)
    ask(resident, staff("440106"))

    (sentence,) = disclosures_of(Resident.objects.get(pk=resident.pk), staff("44"))

    assert sentence.startswith("广东省广州市天河区经办人于")


def test_a_masked_fact_shows_its_ends_only(resident):
    facts = {field: str(value) for field, value in services.masked_facts_of(resident).items()}

    assert facts == {
        "name": "单**",
        "birth_on": "1948-**-**",
        "identity_number": NUMBER[:3] + "*" * 13 + NUMBER[-2:],
        "phone": "000******01",
        "contact_name": "仇**",
        "contact_phone": "000******02",
    }
