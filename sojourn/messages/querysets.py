"""Which messages: due, past their time, and within whose reach."""

from datetime import datetime

from django.db.models import Q

from sojourn.core.actors import Actor, Role
from sojourn.core.querysets import LockingQuerySet
from sojourn.messages.states import READABLE, MessageStatus


def _free(at: datetime) -> Q:
    """Nobody is sending it at this instant."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=at)


class MessageQuerySet(LockingQuerySet):
    def due_at(self, at: datetime):
        """Messages that are to be tried now, and that nobody is trying."""
        return self.filter(_free(at), status=MessageStatus.WAITING, next_try_at__lte=at, expires_at__gt=at)

    def overdue_at(self, at: datetime):
        """Messages that were not sent in time, and that nobody is trying."""
        return self.filter(_free(at), status__in=sorted(READABLE), expires_at__lte=at)

    def managed_by(self, actor: Actor):
        """What this node has to send, for those who look after the whole of it; nobody else has a part in it."""
        if actor.role == Role.SYSTEM:
            return self.all()
        if actor.role in {Role.ADMIN, Role.AUDITOR} and "" in actor.divisions:
            return self.all()
        return self.none()
