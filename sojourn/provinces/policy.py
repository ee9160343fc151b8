"""Who may load reference data."""

from sojourn.core.actors import Actor, Role


def can_load_reference(actor: Actor) -> bool:
    """The system, and an administrator of the whole node."""
    return actor.role == Role.SYSTEM or (actor.role == Role.ADMIN and "" in actor.divisions)
