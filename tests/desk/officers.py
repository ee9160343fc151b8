"""Officers who exist: an account, a post, and the actor she is once she has proved both factors."""

from sojourn.accounts.actors import actor_for
from sojourn.core.actors import Actor, Role
from sojourn.core.models import AuditEntry
from tests.factories.accounts import MembershipFactory


def officer(division_code: str = "440106", role: Role = Role.OFFICER) -> Actor:
    """An account with a post there, as the actor of a session with a second factor."""
    return actor_for(MembershipFactory(role=role, division_code=division_code).user, second_factor=True)


def desk_trail():
    """What the trail says of the desk's own rows."""
    return AuditEntry.objects.filter(subject_kind__startswith="desk.")
