"""Which feeds, pages, entries and peers: for whom, and in which order they are held."""

from datetime import date, timedelta

from django.db.models import F, Q

from sojourn.core.actors import STAFF, Actor, Role
from sojourn.core.querysets import LockingQuerySet
from sojourn.sharing.states import AlarmState, EntryState, FeedState, GrantStatus, PeerState

FARTHEST = timedelta(hours=1)


class StaffQuerySet(LockingQuerySet):
    def managed_by(self, actor: Actor):
        """Feeds belong to the whole node: staff who reach a whole province look at them, nobody else."""
        if actor.role == Role.SYSTEM or (
            actor.role in STAFF and any(len(prefix) <= len("44") for prefix in actor.divisions)
        ):
            return self
        return self.none()


class FeedQuerySet(StaffQuerySet):
    def named(self, owner: str, resource: str, audience: str):
        return self.filter(owner=owner, resource=resource, audience=audience)


class HeadQuerySet(StaffQuerySet):
    def locked_or_left(self):
        """Heads that no other sealer holds, held until commit."""
        return self.select_for_update(of=("self",), skip_locked=True).order_by("pk")


class CursorQuerySet(StaffQuerySet):
    def of_node(self, members):
        """Cursors of the feeds that a node writes for these members."""
        return self.filter(feed__owner__in=members)

    def at_their_ends(self):
        """Followed as far as is known to exist, with nothing to do, as most of them are most of the time."""
        return self.filter(state=FeedState.RUNNING, head_epoch=F("epoch"), head_no=F("no"))

    def behind(self):
        """Those in which there is something to do, or something amiss."""
        return self.exclude(state=FeedState.RUNNING, head_epoch=F("epoch"), head_no=F("no"))


class PageQuerySet(StaffQuerySet):
    def at(self, epoch: int, no: int):
        return self.filter(epoch=epoch, no=no)


class SetAsideQuerySet(StaffQuerySet):
    def held(self):
        return self.filter(state=EntryState.HELD)


def _is_free(lease: str, at) -> Q:
    """Nobody holds the lease, or it is past, or a clock since put right wrote it."""
    ends = {f"{lease}__lt": at}, {f"{lease}__gt": at + FARTHEST}, {f"{lease}__isnull": True}
    return Q(*(Q(**end) for end in ends), _connector=Q.OR)


class PeerQuerySet(StaffQuerySet):
    def due(self, at):
        """Peers to ask now whom no other worker is asking.

        Nobody plans further ahead than an hour: an instant beyond it was written by a clock since put right.
        """
        due = Q(next_poll_at__lte=at) | Q(next_poll_at__gt=at + FARTHEST)
        return self.filter(_is_free("leased_until", at), due, state=PeerState.ACTIVE)

    def to_compare(self, at):
        """Peers with whom no other worker is comparing."""
        return self.filter(_is_free("comparing_until", at), state=PeerState.ACTIVE)


class AlarmQuerySet(StaffQuerySet):
    def open(self):
        return self.filter(state=AlarmState.OPEN)


class GrantQuerySet(StaffQuerySet):
    def live_on(self, day: date):
        """Grants that open something on this day: live, begun, and not yet at their end."""
        return self.filter(status=GrantStatus.LIVE, valid_from__lte=day, valid_to__gt=day)

    def ended_on(self, day: date):
        """Grants whose time is over although nobody has said so yet."""
        return self.filter(status=GrantStatus.LIVE, valid_to__lte=day)

    def over_on(self, day: date):
        """Grants that opened something before this day and open nothing on it, whether or not anybody has said so."""
        return self.filter(~Q(status=GrantStatus.LIVE) | Q(valid_to__lte=day), valid_from__lte=day)

    def between(self, *, owner: str, to: tuple[str, ...], resource: str):
        return self.filter(owner=owner, to__in=to, resource=resource)


class HeartbeatQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """That a member's node beats is no secret: everyone sees it."""
        return self.all()
