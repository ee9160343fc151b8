"""Which schemes, batches and bases: for whom, and which of them are live."""

from django.db.models import Q

from providers.designation.states import BaseStatus
from providers.facilities.models import Facility
from sojourn.core.actors import Actor, Role
from sojourn.core.querysets import LockingQuerySet


class ReferenceQuerySet(LockingQuerySet):
    """Schemes, batches and reported counts: published by a member, so seen by everyone."""

    def visible_to(self, actor: Actor):
        return self.all()

    def managed_by(self, actor: Actor):
        """Rows of the members that lie in the reach of staff."""
        if actor.role == Role.SYSTEM:
            return self.all()
        if not actor.is_staff:
            return self.none()
        inside = Q(pk__in=())
        for prefix in actor.divisions:
            inside |= Q(member__code__startswith=prefix)
        return self.filter(inside)


class BaseQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """Whoever sees the facility sees what it was designated, withdrawn and expired included."""
        return self.filter(facility__in=Facility.objects.visible_to(actor))

    def managed_by(self, actor: Actor):
        """Designations of the facilities that stand in this actor's own list."""
        return self.filter(facility__in=Facility.objects.managed_by(actor))

    def designated(self):
        return self.filter(status=BaseStatus.DESIGNATED)

    def within(self, codes: tuple[str, ...]):
        """Bases whose facility lies in the divisions with these code prefixes."""
        return self.filter(facility__in=Facility.objects.within(codes))

    def matching(self, q: str):
        """Bases whose facility every word of ``q`` describes."""
        return self.filter(facility__in=Facility.objects.matching(q))

    def with_context(self):
        """Everything a page or answer shows beside a base, fetched with it."""
        return self.select_related("facility__division", "batch__scheme", "batch__member")
