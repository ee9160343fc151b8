"""Which links and requests: a family's own, and those in the reach of staff."""

from uuid import UUID

from django.db.models import Q

from residents.registry.family.states import LinkStatus, RequestStatus
from sojourn.core.actors import Actor, Role
from sojourn.core.querysets import LockingQuerySet


class _OfStaff(LockingQuerySet):
    """Rows of a place; ``path`` is the column that holds its division's code."""

    path = "division_code"

    def managed_by(self, actor: Actor):
        if actor.role == Role.SYSTEM:
            return self.all()
        if actor.role not in {Role.OFFICER, Role.AUDITOR} or not actor.divisions:
            return self.none()
        inside = Q()
        for prefix in actor.divisions:
            inside |= Q(**{f"{self.path}__startswith": prefix})
        return self.filter(inside)

    def of_user(self, user_id: UUID | None):
        return self.filter(user_id=user_id) if user_id else self.none()


class LinkQuerySet(_OfStaff):
    path = "resident__home_division__code"

    def live(self):
        return self.filter(status=LinkStatus.CONFIRMED)


class RequestQuerySet(_OfStaff):
    def waiting(self):
        return self.filter(status=RequestStatus.WAITING)


class CorrectionQuerySet(RequestQuerySet):
    path = "resident__home_division__code"
