"""Who a session's user is, asked of the database at every request and in one statement."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from sojourn.accounts.models import Membership, User
from sojourn.accounts.standing import user_as_of
from sojourn.core.actors import PUBLIC, Role
from sojourn.core.clock import today
from sojourn.core.ids import uuid7
from tests.factories.accounts import MembershipFactory, SecondFactorFactory, UserFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def actor_at_next_request(client):
    return client.get("/livez").wsgi_request.actor


@pytest.fixture
def officer():
    return MembershipFactory(role=Role.OFFICER, division_code="440106").user


def test_a_signed_in_request_costs_two_statements_before_its_view(officer, django_assert_num_queries):
    MembershipFactory(user=officer, role=Role.OFFICER, division_code="440104")
    client = sign_in(officer)
    client.get("/livez")

    with django_assert_num_queries(2):
        actor = actor_at_next_request(client)

    assert (actor.divisions, actor.second_factor) == (("440104", "440106"), True)


def test_a_signed_in_request_to_the_api_asks_once_who_she_is(officer, django_assert_num_queries):
    client = sign_in(officer)
    address = f"/api/v1/facilities/{uuid7()}/"
    client.get(address)

    with django_assert_num_queries(3):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_live"),
    [(0, None, True), (0, 1, True), (-1, 0, False), (1, None, False), (-2, -1, False)],
)
def test_a_post_counts_from_its_first_day_until_before_its_last(valid_from, valid_to, is_live):
    last = None if valid_to is None else today() + valid_to * DAY
    user = MembershipFactory(valid_from=today() + valid_from * DAY, valid_to=last).user

    assert bool(user_as_of(today(), user.pk).live_memberships) is is_live


def test_a_post_brings_its_role_reach_and_holder():
    facility = uuid7()
    given = {"role": Role.FACILITY, "division_code": "", "holder_kind": "facility", "holder_id": facility}
    user = MembershipFactory(**given).user
    MembershipFactory()

    (post,) = user_as_of(today(), user.pk).live_memberships

    assert {name: getattr(post, name) for name in given} == given


def test_without_a_post_she_is_known_and_holds_nothing():
    user = user_as_of(today(), UserFactory().pk)

    assert (user.live_memberships, user.second_factor_since) == ([], None)


def test_the_second_factor_counts_from_when_it_was_set_and_recovery_codes_are_none(officer):
    Authenticator.objects.create(user=officer, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert user_as_of(today(), officer.pk).second_factor_since is None

    SecondFactorFactory(user=officer)

    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert user_as_of(today(), officer.pk).second_factor_since == app.created_at


def test_nobody_is_nobody():
    assert user_as_of(today(), uuid7()) is None


def test_a_post_that_ends_is_lost_at_the_next_request(officer):
    client = sign_in(officer)
    assert actor_at_next_request(client).divisions == ("440106",)

    Membership.objects.update(valid_from=today() - DAY, valid_to=today())

    assert actor_at_next_request(client).divisions == ()


def test_a_second_factor_that_is_removed_or_set_again_shuts_the_session_at_the_next_request(officer):
    client = sign_in(officer)
    assert actor_at_next_request(client).second_factor

    Authenticator.objects.all().delete()
    assert not actor_at_next_request(client).second_factor

    SecondFactorFactory(user=officer)
    assert not actor_at_next_request(client).second_factor


def test_an_account_that_is_closed_is_the_public_at_the_next_request(officer):
    client = sign_in(officer)

    User.objects.update(is_active=False)

    assert actor_at_next_request(client) == PUBLIC
