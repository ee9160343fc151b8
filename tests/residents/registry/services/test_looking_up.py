from datetime import timedelta

import pytest

from residents.registry.errors import (
    AlreadyRegistered,
    FactsInvalid,
    LookUpsSpent,
    NoSuchResident,
    NotYourResident,
    OneNumberNeeded,
)
from residents.registry.models import Resident
from residents.registry.services import (
    correct_resident,
    find_by_identity,
    find_by_phone,
    look_up_residents,
    register_resident,
)
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import frozen, now
from sojourn.core.identifiers import IdentityCheckWrong, sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import SecondFactorNeeded
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.actors import account_of, family, staff

pytestmark = pytest.mark.django_db
NUMBER = sample_identity(31, BORN)


def lines() -> list[tuple]:
    found = AuditEntry.objects.filter(action="resident.looked_up").order_by("id")
    return [(entry.subject_kind, entry.facts) for entry in found]


@pytest.mark.parametrize("typed", [NUMBER, f" {NUMBER[:6]}-{NUMBER[6:]} ", NUMBER[:6] + NUMBER[8:17]])
def test_she_is_found_by_her_number_however_it_is_typed_and_the_trail_does_not_repeat_it(typed):
    resident = ResidentFactory(identity_number=NUMBER)
    ResidentFactory()

    assert find_by_identity(identity_number=typed, actor=staff("4401")) == resident

    assert lines() == [("registry.resident", {"looked_up_by": "identity_number", "found": 1})]


def test_who_lies_beyond_an_officers_reach_is_not_found_and_the_trail_says_she_looked():
    ResidentFactory(identity_number=NUMBER)
    officer = staff("4403")

    assert find_by_identity(identity_number=NUMBER, actor=officer) is None
    with pytest.raises(NoSuchResident):
        look_up_residents(identity_number=NUMBER, actor=officer)

    assert lines() == [("accounts.user", {"looked_up_by": "identity_number", "found": 0})] * 2


def test_a_phone_finds_all_who_share_it_in_reach():
    first = ResidentFactory(phone="0000-0000001", name="安一")
    second = ResidentFactory(phone="00000000001", name="白二")
    ResidentFactory(phone="00000000001", home_division_code="230103")
    ResidentFactory(phone="00000000002")

    found = find_by_phone(phone="(0000) 0000001", actor=staff("44"))

    assert found == [first, second]
    assert lines() == [("registry.resident", {"looked_up_by": "phone", "found": 2})] * 2


def test_a_number_of_the_wrong_form_is_refused_before_anybody_is_looked_for():
    with pytest.raises(IdentityCheckWrong):
        find_by_identity(identity_number=NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"), actor=staff("44"))
    with pytest.raises(FactsInvalid):
        find_by_phone(phone="123", actor=staff("44"))

    assert lines() == []


def test_only_officers_with_a_second_factor_look_for_somebody():
    ResidentFactory(identity_number=NUMBER)

    with pytest.raises(SecondFactorNeeded):
        find_by_identity(identity_number=NUMBER, actor=staff("44", second_factor=False))
    for actor in (
        staff("44", role=Role.AUDITOR),
        staff("44", role=Role.ADMIN),
        account_of(),
        family(),
        SYSTEM,
    ):
        with pytest.raises(NotYourResident):
            find_by_identity(identity_number=NUMBER, actor=actor)
        with pytest.raises(NotYourResident):
            find_by_phone(phone="00000000001", actor=actor)

    assert lines() == []


# --- so many an hour ------------------------------------------------------------------------------
def looked(officer: Actor, *, ago: timedelta, people: int = 1) -> None:
    """A look-up of some time ago, that found so many."""
    at = now() - ago
    for _ in range(people):
        AuditEntry.objects.create(
            action="resident.looked_up",
            at=at,
            subject_kind="accounts.user",
            subject_id="-",
            **officer.as_columns(),
        )


def test_an_hour_holds_as_many_look_ups_as_the_rule_says_by_number_and_phone_together():
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=2)
    officer = staff("4401")
    find_by_identity(identity_number=NUMBER, actor=officer)
    find_by_phone(phone="00000000001", actor=officer)

    for look in (
        lambda: find_by_identity(identity_number=NUMBER, actor=officer),
        lambda: find_by_phone(phone="00000000001", actor=officer),
    ):
        with pytest.raises(LookUpsSpent) as refused:
            look()
        assert (refused.value.status, refused.value.facts["limit"]) == (429, 2)
    assert find_by_identity(identity_number=NUMBER, actor=staff("4401")) is None
    assert len(lines()) == 3


def test_she_is_told_from_when_she_may_look_again():
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=2)
    officer = staff("44")
    with frozen(now()):
        for minutes in (61, 40, 10):
            looked(officer, ago=timedelta(minutes=minutes))

        with pytest.raises(LookUpsSpent) as refused:
            find_by_phone(phone="00000000001", actor=officer)

        assert f"{now() + timedelta(minutes=21):%M}以后再试" in str(refused.value)


def test_a_phone_that_many_share_is_one_look_up_and_what_is_an_hour_old_is_none():
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=2)
    officer = staff("44")
    looked(officer, ago=timedelta(minutes=5), people=3)
    looked(officer, ago=timedelta(minutes=60))

    assert find_by_phone(phone="00000000001", actor=officer) == []


@pytest.mark.usefixtures("slow_before_commit")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_look_for_the_last_time_at_once_one_is_refused():
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=1)
    officer = staff("4401")

    outcomes = race(
        lambda: find_by_identity(identity_number=NUMBER, actor=officer),
        lambda: find_by_identity(identity_number=NUMBER, actor=officer),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LookUpsSpent", "NoneType"]
    assert len(lines()) == 1


@pytest.mark.parametrize(
    "typed", [{}, {"identity_number": " ", "phone": ""}, {"identity_number": NUMBER, "phone": "1"}]
)
def test_one_of_the_two_is_looked_for_by(typed):
    with pytest.raises(OneNumberNeeded):
        look_up_residents(**typed, actor=staff("44"))

    assert lines() == []


def test_either_way_leads_to_who_was_found():
    resident = ResidentFactory(identity_number=NUMBER, phone="00000000001")

    assert look_up_residents(identity_number=NUMBER, actor=staff("44")) == [resident]
    assert look_up_residents(phone="0000-0000001", actor=staff("44")) == [resident]
    with pytest.raises(NoSuchResident):
        look_up_residents(phone="00000000002", actor=staff("44"))


# --- registering tells no more than looking up ----------------------------------------------------
def found_known() -> list[tuple]:
    found = AuditEntry.objects.filter(action="resident.known").order_by("id")
    return [(entry.subject_kind, entry.subject_id, entry.facts) for entry in found]


def register(officer: Actor) -> Resident:
    facts = {"name": "安一", "identity_number": NUMBER}
    return register_resident(home_division_code="440106", facts=facts, actor=officer)


@pytest.mark.django_db(transaction=True)
def test_to_be_refused_because_a_number_is_known_elsewhere_stands_in_the_trail_without_the_number():
    ResidentFactory(identity_number=NUMBER, home_division_code="230103")
    officer, own = staff("4401"), ResidentFactory()

    with pytest.raises(AlreadyRegistered) as refused:
        register(officer)
    with pytest.raises(AlreadyRegistered):
        correct_resident(resident_id=own.pk, facts={"identity_number": NUMBER}, actor=officer)

    assert refused.value.detail == ""
    assert found_known() == [("accounts.user", str(officer.user_id), {})] * 2
    assert Resident.objects.count() == 2
    assert Resident.objects.get(pk=own.pk).version == own.version


@pytest.mark.django_db(transaction=True)
def test_it_counts_as_a_look_up_and_whoever_has_none_left_is_refused_before_it_is_tried():
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=1)
    known, officer, own = ResidentFactory(identity_number=NUMBER), staff("4401"), ResidentFactory()
    with pytest.raises(AlreadyRegistered):
        register(officer)

    for ask in (
        lambda: register(officer),
        lambda: correct_resident(resident_id=own.pk, facts={"identity_number": NUMBER}, actor=officer),
        lambda: find_by_identity(identity_number=NUMBER, actor=officer),
    ):
        with pytest.raises(LookUpsSpent):
            ask()

    assert len(found_known()) == 1
    assert set(Resident.objects.all()) == {known, own}


def test_who_is_registered_or_put_right_without_another_number_is_not_counted():
    RuleFactory(key="look_ups_an_hour", member_id="440000", value=1)
    officer = staff("4401")
    looked(officer, ago=timedelta(minutes=1))
    facts = {"name": "安一", "birth_on": BORN, "sex": "female"}

    resident = register_resident(home_division_code="440106", facts=facts, actor=officer)
    correct_resident(resident_id=resident.pk, facts={"name": "安二"}, actor=officer)

    assert Resident.objects.get().name == "安二"
    assert found_known() == []
