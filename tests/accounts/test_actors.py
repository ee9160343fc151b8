from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from sojourn.accounts.actors import actor_for
from sojourn.core.actors import PUBLIC, Role
from sojourn.core.clock import today
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_stranger_is_the_public():
    assert actor_for(AnonymousUser()) == PUBLIC


def test_whoever_holds_no_post_is_the_public_with_a_name():
    user = UserFactory()

    actor = actor_for(user, second_factor=True)

    assert actor.role == Role.PUBLIC
    assert actor.user_id == user.pk
    assert actor.divisions == ()


def test_a_closed_account_is_the_public():
    membership = MembershipFactory(user__is_active=False)

    assert actor_for(membership.user, second_factor=True) == PUBLIC


@pytest.mark.parametrize(("code", "reach"), [("440106", "440106"), ("440100", "4401"), ("440000", "44")])
def test_an_officers_reach_is_the_prefix_of_her_division(code, reach):
    actor = actor_for(MembershipFactory(division_code=code).user, second_factor=True)

    assert (actor.role, actor.divisions) == (Role.OFFICER, (reach,))


def test_an_auditor_without_a_division_reaches_the_whole_node():
    actor = actor_for(MembershipFactory(role=Role.AUDITOR, division_code="").user, second_factor=True)

    assert actor.divisions == ("",)


def test_two_counties_of_one_officer_are_both_her_reach():
    user = UserFactory()
    MembershipFactory(user=user, division_code="440106")
    MembershipFactory(user=user, division_code="230103")

    assert actor_for(user, second_factor=True).divisions == ("230103", "440106")


def test_the_role_with_more_to_answer_for_comes_first_and_brings_its_own_reach():
    user = UserFactory()
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    MembershipFactory(user=user, role=Role.ADMIN, division_code="450000")

    actor = actor_for(user, second_factor=True)

    assert (actor.role, actor.divisions) == (Role.ADMIN, ("45",))


def test_a_facility_account_reaches_its_facility_and_no_division():
    facility_id = uuid4()
    user = UserFactory()
    MembershipFactory(
        user=user, role=Role.FACILITY, division_code="", holder_kind="facility", holder_id=facility_id
    )

    actor = actor_for(user, second_factor=True)

    assert (actor.facility_ids, actor.divisions) == (frozenset({facility_id}), ())


@pytest.mark.parametrize(
    ("begins", "ends", "is_live"), [(0, None, True), (0, 1, True), (-1, 0, False), (1, None, False)]
)
def test_a_post_counts_from_its_first_day_until_the_day_it_ends(begins, ends, is_live):
    day = today()
    valid_to = None if ends is None else day + timedelta(days=ends)
    membership = MembershipFactory(valid_from=day + timedelta(days=begins), valid_to=valid_to)

    assert (actor_for(membership.user, second_factor=True).role == Role.OFFICER) is is_live


def test_the_second_factor_belongs_to_the_session_and_not_to_the_account():
    user = MembershipFactory().user

    assert actor_for(user, second_factor=True).second_factor
    assert not actor_for(user).second_factor


def test_a_passphrase_alone_reaches_no_division():
    actor = actor_for(MembershipFactory(division_code="440106").user)

    assert (actor.role, actor.divisions) == (Role.OFFICER, ())
    assert not actor.covers("440106")
