"""Which work items, proposals and delegations: for whom, at whose desk, how urgent."""

from datetime import date, datetime

from django.db.models import Q

from sojourn.core.actors import Actor, Role
from sojourn.core.querysets import LockingQuerySet
from sojourn.desk.states import ItemStatus, ProposalStatus

NOTHING = Q(pk__in=())


def _within(prefixes: tuple[str, ...]) -> Q:
    inside = NOTHING
    for prefix in prefixes:
        inside |= Q(division_code__startswith=prefix)
    return inside


class ByDivisionQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """What a bureau has to do is seen by the staff whose reach includes it, and by nobody else."""
        if actor.role == Role.SYSTEM:
            return self.all()
        return self.filter(_within(actor.divisions)) if actor.is_staff else self.none()

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def in_reach_of(self, prefixes: tuple[str, ...]):
        """Rows of the bureaus of these divisions, by code prefix; no prefix, no row."""
        return self.filter(_within(prefixes))


class WorkItemQuerySet(ByDivisionQuerySet):
    def unfinished(self):
        return self.exclude(status=ItemStatus.CLOSED)

    def closed(self):
        return self.filter(status=ItemStatus.CLOSED)

    def about(self, *, queue: str, subject_kind: str, subject_id: str):
        return self.filter(queue=queue, subject_kind=subject_kind, subject_id=subject_id)

    def taken_by(self, actor: Actor):
        return self.filter(status=ItemStatus.TAKEN, handler=actor.user_id)

    def unclaimed(self):
        return self.filter(status=ItemStatus.OPEN)

    def at_desk_of(self, actor: Actor):
        """Items of this officer's own bureau, and those that were raised to it or past it."""
        own = NOTHING
        for prefix in actor.divisions:
            lengths = [length for length in (2, 4, 6) if length <= len(prefix)]
            raised_to = [prefix[:length].ljust(6, "0") for length in lengths]
            own |= Q(division_code=prefix.ljust(6, "0"))
            own |= Q(division_code__startswith=prefix, escalated_to__in=raised_to)
        return self.filter(own) if actor.role == Role.OFFICER else self.none()

    def overdue_on(self, day: date):
        return self.unfinished().filter(due_on__lt=day)

    def most_urgent_first(self):
        return self.order_by("due_on", "id")


class ProposalQuerySet(ByDivisionQuerySet):
    def waiting_at(self, instant: datetime):
        """Proposals that may still be decided."""
        return self.filter(status=ProposalStatus.PROPOSED, expires_at__gt=instant)

    def past_term_at(self, instant: datetime):
        return self.filter(status=ProposalStatus.PROPOSED, expires_at__lte=instant)

    def not_of(self, actor: Actor):
        return self.exclude(proposed_by=actor.user_id)


class DelegationQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """An officer sees what she gave and what she was given; overseers of the node see all."""
        if actor.role == Role.SYSTEM:
            return self.all()
        if actor.role in {Role.AUDITOR, Role.ADMIN} and "" in actor.divisions:
            return self.all()
        if not actor.is_staff or actor.user_id is None:
            return self.none()
        return self.filter(Q(giver=actor.user_id) | Q(receiver=actor.user_id))

    def managed_by(self, actor: Actor):
        return self.visible_to(actor)

    def live_on(self, day: date):
        """Delegations whose ``[valid_from, valid_to)`` holds this day and that nobody ended."""
        return self.filter(ended_at__isnull=True, valid_from__lte=day, valid_to__gt=day)
