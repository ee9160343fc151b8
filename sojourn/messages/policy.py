"""Who may have a message tried again."""

from sojourn.core.actors import Actor, Role
from sojourn.messages.models import Message


def can_resend(actor: Actor, _message: Message | None) -> bool:
    """Whoever administers the whole node."""
    return actor.role == Role.SYSTEM or (actor.role == Role.ADMIN and "" in actor.divisions)
