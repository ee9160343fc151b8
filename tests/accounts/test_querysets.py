import pytest

from sojourn.accounts.models import Membership, User
from sojourn.core.actors import SYSTEM, Actor, Role
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts():
    """One officer here, one elsewhere, an administrator of the node, and somebody without a post."""
    return {
        "here": MembershipFactory(division_code="440106"),
        "elsewhere": MembershipFactory(division_code="230103"),
        "node": MembershipFactory(role=Role.ADMIN, division_code=""),
        "nobody": UserFactory(),
    }


def users(actor: Actor) -> set:
    return set(User.objects.managed_by(actor))


def test_an_administrator_of_the_node_and_the_system_see_every_account(posts):
    everybody = {post.user for name, post in posts.items() if name != "nobody"} | {posts["nobody"]}

    assert users(Actor(role=Role.ADMIN, divisions=("",))) == everybody
    assert users(SYSTEM) == everybody


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_those_who_oversee_a_province_see_its_accounts_and_posts_only(posts, role):
    actor = Actor(role=role, divisions=("44",))

    assert users(actor) == {posts["here"].user}
    assert set(Membership.objects.managed_by(actor)) == {posts["here"]}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.AUDITOR, Role.SYSTEM}))
def test_no_other_role_sees_an_account_or_a_post(posts, role):
    actor = Actor(role=role, divisions=("",), user_id=posts["here"].user_id)

    assert users(actor) == set()
    assert set(Membership.objects.managed_by(actor)) == set()


def test_an_overseer_without_a_reach_sees_nothing(posts):
    actor = Actor(role=Role.ADMIN)

    assert users(actor) == set()
    assert set(Membership.objects.managed_by(actor)) == set()


def test_somebody_with_two_posts_is_listed_once(posts):
    MembershipFactory(user=posts["here"].user, division_code="440104")

    assert list(User.objects.managed_by(Actor(role=Role.ADMIN, divisions=("44",)))) == [posts["here"].user]
