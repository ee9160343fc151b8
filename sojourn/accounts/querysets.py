"""Read vocabulary of accounts."""

from datetime import date, datetime

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.sessions.base_session import BaseSessionManager
from django.db.models import Q

from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now
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


class PasskeyQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Everybody sees her own."""
        if actor.role == Role.SYSTEM:
            return self
        return self.filter(user_id=actor.user_id) if actor.user_id is not None else self.none()

    def as_second_factor(self):
        """Those of accounts that a passphrase opens first; a family's opens the account itself."""
        return self.filter(user__phone__isnull=True)


class SessionQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Everybody sees her own."""
        return self.filter(user=actor.user_id) if actor.user_id is not None else self.none()

    def standing(self):
        """Sessions that nothing has ended yet."""
        return self.filter(ended="", expire_date__gt=now())


SessionManager = BaseSessionManager.from_queryset(SessionQuerySet, "SessionManager")


class PasskeyChallengeQuerySet(LockingQuerySet):
    def live_at(self, at: datetime):
        return self.filter(expires_at__gt=at)


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


def _governed(actor: Actor, path: str) -> Q:
    """What stands in the divisions of those who look after accounts; nothing for anybody else."""
    if actor.role == Role.SYSTEM:
        return Q()
    within = Q(pk__in=())
    if actor.role in {Role.ADMIN, Role.AUDITOR}:
        for prefix in actor.divisions:
            within |= Q(**{f"{path}startswith": prefix})
    return within


class ApiClientQuerySet(LockingQuerySet):
    def managed_by(self, actor: Actor):
        """Administrators and auditors see the API accounts of holders within their reach."""
        return self.filter(_governed(actor, "division_code__"))


class ApiKeyQuerySet(LockingQuerySet):
    def managed_by(self, actor: Actor):
        return self.filter(_governed(actor, "client__division_code__"))

    def live_on(self, day: date):
        """Keys that open: neither revoked nor run out, of an account that is open."""
        return self.filter(revoked_at__isnull=True, expires_on__gt=day, client__closed_at__isnull=True)


class AccessTokenQuerySet(LockingQuerySet):
    def live_at(self, instant: datetime, day: date):
        """Tokens that open: not run out, and of a key and an account that still do."""
        return self.filter(
            expires_at__gt=instant,
            key__revoked_at__isnull=True,
            key__expires_on__gt=day,
            key__client__closed_at__isnull=True,
        )
