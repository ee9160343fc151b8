import pytest

from residents.registry.errors import FactsInvalid, NoSuchResident, NotYourResident
from residents.registry.services import find_by_identity, find_by_phone, look_up_resident
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.identifiers import IdentityCheckWrong, sample_identity
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import SecondFactorNeeded
from tests.factories.residents import BORN, ResidentFactory
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
        look_up_resident(identity_number=NUMBER, actor=officer)

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
