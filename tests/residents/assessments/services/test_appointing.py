from datetime import date

import pytest

from residents.assessments.errors import (
    AccountUnfit,
    FactsInvalid,
    NoSuchAssessor,
    NotYourBody,
    ReasonMissing,
)
from residents.assessments.models import Assessor
from residents.assessments.services import (
    declare_interest,
    link_account,
    register_assessor,
    register_body,
    reinstate_assessor,
    suspend_assessor,
    suspend_body,
)
from residents.assessments.states import QUALIFICATION_FLOW, Qualification
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.identifiers import sample_credit_code
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import entries_about
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.assessments import AssessorFactory, BodyFactory, actor_of, drafted
from tests.factories.facilities import FacilityFactory
from tests.residents.actors import staff

pytestmark = pytest.mark.django_db
BODY = {"name": " 样例评估中心 ", "qualified_from": date(2026, 1, 1), "qualified_until": date(2027, 12, 31)}
PERSON = {"name": "样例·林", "background": "nursing", "qualified_from": date(2026, 1, 1)}


def test_a_body_and_its_assessors_come_onto_the_register():
    code = sample_credit_code(5, "440106")

    body = register_body(division_code="440106", facts=BODY | {"credit_code": code}, actor=staff("440106"))
    assessor = register_assessor(body_id=body.pk, facts=PERSON, actor=staff("4401"))

    assert (body.owner, body.name, body.credit_code, body.status) == (
        "440000",
        "样例评估中心",
        code,
        "qualified",
    )
    assert (assessor.owner, assessor.body, assessor.user_id) == ("440000", body, None)
    with pytest.raises(FactsInvalid):
        register_body(division_code="440106", facts=BODY | {"credit_code": code}, actor=staff("440106"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"qualified_from": None}, "qualified_from"),
        ({"qualified_until": date(2025, 1, 1)}, "qualified_until"),
        ({"background": "magic"}, "background"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_by_field(wrong, field):
    body = BodyFactory()

    with pytest.raises(FactsInvalid) as refused:
        register_assessor(body_id=body.pk, facts=PERSON | wrong, actor=staff("440106"))

    assert [error["field"] for error in refused.value.errors] == [field]
    assert not Assessor.objects.exists()


def test_only_the_bureau_of_the_place_keeps_a_body():
    with pytest.raises(NotYourBody):
        register_body(division_code="440106", facts=BODY, actor=staff("440105"))
    with pytest.raises(NotYourBody):
        register_assessor(body_id=BodyFactory().pk, facts=PERSON, actor=staff("440105"))
    with pytest.raises(NotYourBody):
        suspend_body(body_id=BodyFactory().pk, reason="样例", actor=staff("44", role=Role.AUDITOR))


def test_her_account_opens_the_door_of_the_staff_and_no_division():
    assessor, user = AssessorFactory(user_id=None), UserFactory(username="lin")

    linked = link_account(assessor_id=assessor.pk, username="lin", actor=staff("440106"))

    actor = actor_for(User.objects.get(pk=user.pk), second_factor=True)
    assert linked.user_id == user.pk
    assert (actor.role, actor.divisions, actor.is_staff) == (Role.OFFICER, (), True)


def test_another_account_takes_the_place_of_the_first():
    assessor = AssessorFactory(user_id=None)
    first, second = UserFactory(username="one"), UserFactory(username="two")
    link_account(assessor_id=assessor.pk, username="one", actor=SYSTEM)

    link_account(assessor_id=assessor.pk, username="two", actor=SYSTEM)

    assert actor_for(first, second_factor=True).role == Role.PUBLIC
    assert actor_for(second, second_factor=True).role == Role.OFFICER


def test_an_account_of_a_facility_of_another_assessor_or_of_nobody_is_not_linked():
    assessor = AssessorFactory(user_id=None)
    of_facility, closed = UserFactory(username="home"), UserFactory(username="gone", is_active=False)
    MembershipFactory(
        user=of_facility, role=Role.FACILITY, division_code="", holder_kind="facility", holder_id=assessor.pk
    )
    taken = User.objects.get(pk=AssessorFactory().user_id)

    for username in ("home", closed.username, taken.username, "nobody"):
        with pytest.raises(AccountUnfit):
            link_account(assessor_id=assessor.pk, username=username, actor=staff("440106"))

    assert Assessor.objects.get(pk=assessor.pk).user_id is None


@pytest.mark.parametrize("status", sorted(set(Qualification) - QUALIFICATION_FLOW.sources("suspend")))
def test_who_is_suspended_is_not_suspended_again(status):
    assessor = AssessorFactory(suspended=status == Qualification.SUSPENDED)

    with pytest.raises(WrongStatus):
        suspend_assessor(assessor_id=assessor.pk, reason="样例", actor=SYSTEM)


def test_a_suspension_has_its_reason_and_ends():
    assessor = AssessorFactory()

    with pytest.raises(ReasonMissing):
        suspend_assessor(assessor_id=assessor.pk, reason=" ", actor=SYSTEM)
    with pytest.raises(NamesSomebody):
        suspend_assessor(assessor_id=assessor.pk, reason="来电13800138000", actor=SYSTEM)
    suspend_assessor(assessor_id=assessor.pk, reason="样例：投诉核查", actor=staff("440106"))
    reinstated = reinstate_assessor(assessor_id=assessor.pk, actor=staff("440106"))

    assert (reinstated.status, reinstated.suspended_for) == ("qualified", "")
    assert [line.action for line in entries_about(assessor)] == ["assessor.reinstated", "assessor.suspended"]


def test_an_assessor_declares_what_ties_herself_and_nobody_else():
    assessor, other = AssessorFactory(), AssessorFactory()
    tie = {"kind": "employed", "since": date(2026, 1, 1)}

    with pytest.raises(FactsInvalid):
        declare_interest(assessor_id=assessor.pk, **tie, actor=actor_of(assessor))
    with pytest.raises(NoSuchAssessor):
        declare_interest(
            assessor_id=other.pk, **tie, facility_id=FacilityFactory().pk, actor=actor_of(assessor)
        )
    made = declare_interest(
        assessor_id=assessor.pk, **tie, facility_id=FacilityFactory().pk, actor=actor_of(assessor)
    )

    assert made.assessor == assessor


def test_an_assessor_tells_that_she_is_related_to_whom_she_was_asked_to_assess():
    draft, other = drafted(), drafted()
    tie = {"kind": "related", "since": date(2026, 1, 1), "actor": actor_of(draft.first_assessor)}

    made = declare_interest(assessor_id=draft.first_assessor_id, resident_id=draft.resident_id, **tie)

    assert made.resident_id == draft.resident_id
    with pytest.raises(FactsInvalid):
        declare_interest(assessor_id=draft.first_assessor_id, resident_id=other.resident_id, **tie)
