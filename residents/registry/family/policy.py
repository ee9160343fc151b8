"""Who may confirm and end a link, and decide what families ask."""

from residents.registry.family.models import Link
from residents.registry.models import Resident
from residents.registry.policy import can_change
from sojourn.core.actors import Actor, Role


def can_link(actor: Actor, resident: Resident) -> bool:
    """The officers of her home."""
    return can_change(actor, resident)


def can_end(actor: Actor, link: Link, resident: Resident) -> bool:
    """Whoever is linked, and the officers of the resident's home."""
    own = actor.role == Role.FAMILY and actor.user_id == link.user_id
    return own or can_change(actor, resident)


def can_decide(actor: Actor, division_code: str) -> bool:
    """The officers who reach the bureau that a request waits at."""
    return actor.role == Role.SYSTEM or (actor.role == Role.OFFICER and actor.covers(division_code))
