"""Read vocabulary that every room shares, and of the trail."""

from django.db import models
from django.db.models import Q

from sojourn.core.actors import Actor, Role


class LockingQuerySet(models.QuerySet):
    def locked(self):
        """Rows held until commit, always taken in primary-key order (decision 0001)."""
        return self.select_for_update(of=("self",)).order_by("pk")


class TrailQuerySet(models.QuerySet):
    def managed_by(self, actor: Actor):
        """Auditors and administrators read what was done within their reach; an officer her own lines."""
        match actor.role:
            case Role.SYSTEM:
                return self
            case Role.OFFICER:
                return self.filter(actor_user_id=actor.user_id)
            case Role.AUDITOR | Role.ADMIN if "" in actor.divisions:
                return self
            case Role.AUDITOR | Role.ADMIN if actor.divisions:
                within = Q()
                for prefix in actor.divisions:  # an actor of several divisions stands there as "44,4501"
                    within |= Q(actor_divisions__startswith=prefix) | Q(
                        actor_divisions__contains=f",{prefix}"
                    )
                return self.filter(within)
        return self.none()


class SealQuerySet(LockingQuerySet):
    def managed_by(self, actor: Actor):
        """Seals hold no names: every auditor and administrator may check the chain."""
        return self if actor.role in {Role.SYSTEM, Role.AUDITOR, Role.ADMIN} else self.none()
