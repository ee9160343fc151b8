"""Read vocabulary of accounts."""

from datetime import date, datetime

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import Q

from sojourn.core.actors import Actor, Role
from sojourn.core.querysets import LockingQuerySet


class UserQuerySet(LockingQuerySet):
    def managed_by(self, actor: Actor):
        """An administrator looks after the accounts whose memberships lie within her reach."""
        if actor.role == Role.SYSTEM:
            return self
        if actor.role not in {Role.ADMIN, Role.AUDITOR}:
            return self.none()
        if "" in actor.divisions:
            return self
        within = Q()
        for prefix in actor.divisions:
            within |= Q(memberships__division_code__startswith=prefix)
        return self.filter(within).distinct() if actor.divisions else self.none()


UserManager = BaseUserManager.from_queryset(UserQuerySet, "UserManager")


class SignInCodeQuerySet(LockingQuerySet):
    def live_at(self, at: datetime, *, tries: int):
        """Codes that still open: not used, in time, and tried in vain fewer than ``tries`` times."""
        return self.filter(used_at__isnull=True, expires_at__gt=at, tries__lt=tries)


class MembershipQuerySet(LockingQuerySet):
    def live_on(self, day: date):
        """Posts whose ``[valid_from, valid_to)`` holds this day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def managed_by(self, actor: Actor):
        if actor.role == Role.SYSTEM or (actor.role in {Role.ADMIN, Role.AUDITOR} and "" in actor.divisions):
            return self
        if actor.role not in {Role.ADMIN, Role.AUDITOR} or not actor.divisions:
            return self.none()
        within = Q()
        for prefix in actor.divisions:
            within |= Q(division_code__startswith=prefix)
        return self.filter(within)
