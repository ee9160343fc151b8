"""A right to approve is lent to another officer, for a time that ends."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.trail import entries_about
from sojourn.desk.errors import (
    DelegateUnfit,
    DelegationEnded,
    DelegationPeriodWrong,
    MayNotDelegate,
    NoSuchDelegation,
    ReasonMissing,
)
from sojourn.desk.models import LONGEST_DELEGATION, Delegation
from sojourn.desk.services import delegate, end_delegation
from sojourn.desk.services.delegating import Period
from tests.desk.officers import desk_trail, officer
from tests.factories.accounts import MembershipFactory
from tests.factories.desk import DelegationFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 30)
A_WEEK = Period(TODAY, TODAY + timedelta(days=7))


@pytest.fixture(autouse=True)
def autumn():
    with frozen(TODAY):
        yield


def test_an_officer_lends_her_right_for_a_week():
    giver, receiver = officer("440100"), officer("440106")

    given = delegate(to_user=receiver.user_id, period=A_WEEK, reason="休假", actor=giver)

    given.refresh_from_db()
    assert (given.giver_id, given.receiver_id, given.kind) == (giver.user_id, receiver.user_id, "")
    assert (given.valid_from, given.valid_to) == (date(2026, 9, 30), date(2026, 10, 7))
    assert entries_about(given).get().action == "delegation.given"


@pytest.mark.parametrize(
    "period",
    [
        Period(TODAY, TODAY),
        Period(TODAY, TODAY - timedelta(days=1)),
        Period(TODAY - timedelta(days=1), TODAY + timedelta(days=1)),
        Period(TODAY, TODAY + LONGEST_DELEGATION + timedelta(days=1)),
    ],
    ids=["no day", "backwards", "already begun", "too long"],
)
def test_a_wrong_period_is_refused(period):
    with pytest.raises(DelegationPeriodWrong):
        delegate(to_user=officer().user_id, period=period, reason="休假", actor=officer("440100"))

    assert not Delegation.objects.exists()


def test_the_longest_period_is_half_a_year():
    longest = Period(TODAY, TODAY + LONGEST_DELEGATION)

    assert delegate(to_user=officer().user_id, period=longest, reason="休假", actor=officer("440100")).pk


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_decides_nothing_neither_lends_nor_receives(role):
    with pytest.raises(MayNotDelegate):
        delegate(to_user=officer().user_id, period=A_WEEK, reason="休假", actor=officer("440000", role))
    with pytest.raises(DelegateUnfit):
        delegate(to_user=officer("440000", role).user_id, period=A_WEEK, reason="休假", actor=officer())

    assert not desk_trail().exists()


def test_who_is_staff_without_a_division_receives_nothing():
    assessor = MembershipFactory(division_code="440106", holder_kind="assessor", holder_id=uuid4()).user

    with pytest.raises(DelegateUnfit):
        delegate(to_user=assessor.pk, period=A_WEEK, reason="休假", actor=officer())

    assert not desk_trail().exists()


def test_nobody_lends_to_herself():
    actor = officer()

    with pytest.raises(DelegateUnfit):
        delegate(to_user=actor.user_id, period=A_WEEK, reason="休假", actor=actor)


def test_a_delegation_says_why():
    with pytest.raises(ReasonMissing):
        delegate(to_user=officer().user_id, period=A_WEEK, reason=" ", actor=officer())
    with pytest.raises(NamesSomebody):
        delegate(to_user=officer().user_id, period=A_WEEK, reason="来电13800138000", actor=officer())


@pytest.mark.parametrize("side", ["giver", "receiver"])
def test_either_side_ends_it_once(side):
    actor = officer()
    lent = DelegationFactory(**{f"{side}_id": actor.user_id})

    end_delegation(delegation_id=lent.pk, actor=actor)

    assert Delegation.objects.get(pk=lent.pk).ended_at is not None
    with pytest.raises(DelegationEnded):
        end_delegation(delegation_id=lent.pk, actor=actor)


def test_others_do_not_see_it():
    with pytest.raises(NoSuchDelegation):
        end_delegation(delegation_id=DelegationFactory().pk, actor=officer("440000"))
