import pytest

from sojourn.accounts.policy import can_grant, can_look_after
from sojourn.core.actors import SYSTEM, Actor, Role

WHOLE_NODE = Actor(role=Role.ADMIN, divisions=("",))
OF_GUANGDONG = Actor(role=Role.ADMIN, divisions=("44",))


@pytest.mark.parametrize(
    ("actor", "code", "may"),
    [
        (WHOLE_NODE, "", True),
        (WHOLE_NODE, "230103", True),
        (OF_GUANGDONG, "440106", True),
        (OF_GUANGDONG, "440000", True),
        (OF_GUANGDONG, "450000", False),
        (OF_GUANGDONG, "", False),
        (SYSTEM, "", True),
    ],
)
def test_posts_are_granted_within_the_administrators_own_reach(actor, code, may):
    assert can_grant(actor, code) is may


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.SYSTEM}))
def test_no_other_role_grants_posts(role):
    assert not can_grant(Actor(role=role, divisions=("",)), "440106")


def test_an_account_that_also_governs_elsewhere_is_not_hers_to_look_after():
    assert can_look_after(OF_GUANGDONG, ["440106", "440000"])
    assert not can_look_after(OF_GUANGDONG, ["440106", "450000"])
    assert not can_look_after(OF_GUANGDONG, ["440106", ""])
    assert can_look_after(WHOLE_NODE, ["440106", "450000", ""])


def test_an_account_without_a_post_is_looked_after_by_the_whole_node_alone():
    assert not can_look_after(OF_GUANGDONG, [])
    assert can_look_after(WHOLE_NODE, [])
