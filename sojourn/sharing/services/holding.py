"""A feed is held, goes on, stops or begins anew: its state, why, and since when."""

from django.db import transaction

from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now
from sojourn.core.trail import record
from sojourn.sharing import policy
from sojourn.sharing.errors import NoSuchFeed, NotForYou
from sojourn.sharing.models import Cursor
from sojourn.sharing.services.alarms import close_alarms
from sojourn.sharing.states import FEED_FLOW, FeedState

# Why a feed is held until a person looked at it.
TOO_MUCH_ASIDE, SWINGS = "quarantine_limit", "volume_swing"


@transaction.atomic
def hold_feed(*, feed_id: int, verb: str, reason: str, actor: Actor = SYSTEM) -> Cursor:
    """A feed that is followed is in the state that the verb leads to, for this reason."""
    cursor = Cursor.objects.locked().select_related("feed").filter(pk=feed_id).first()
    if cursor is None:
        raise NoSuchFeed
    before = FeedState(cursor.state)
    cursor.state = FEED_FLOW.after(verb, before)
    cursor.reason, cursor.since = reason[:80], now()
    cursor.save(update_fields=["state", "reason", "since"])
    record(
        action=f"feed.{verb}",
        actor=actor,
        subject=cursor,
        before={"state": before},
        after={"state": cursor.state},
        why=reason,
    )
    return cursor


@transaction.atomic
def pause_feed(*, feed_id: int, reason: str, actor: Actor) -> Cursor:
    """No page of a feed is applied until it is resumed; what its owner withdraws still is."""
    _permit(actor)
    return hold_feed(feed_id=feed_id, verb="pause", reason=reason.strip() or "-", actor=actor)


@transaction.atomic
def resume_feed(*, feed_id: int, actor: Actor) -> Cursor:
    """A held feed goes on where it was; what was held for its quarantine is let through this once."""
    _permit(actor)
    before = Cursor.objects.locked().filter(pk=feed_id).first()
    cursor = hold_feed(feed_id=feed_id, verb="resume", reason="", actor=actor)
    if before is not None and (before.state, before.reason) == (FeedState.QUARANTINE_LIMIT, TOO_MUCH_ASIDE):
        cursor.let_through_no = cursor.no + 1
        cursor.save(update_fields=["let_through_no"])
    close_alarms(subject=str(cursor.feed), reasons=(TOO_MUCH_ASIDE, SWINGS, "unknown_schema"))
    return cursor


@transaction.atomic
def release_feed(*, feed_id: int, reason: str, actor: Actor) -> Cursor:
    """A feed that stopped for its integrity goes on; what was raised about it is over.

    Two people decide that (kind ``release_feed`` at the desk); this is what their decision does.
    """
    _permit(actor)
    cursor = hold_feed(feed_id=feed_id, verb="release", reason=reason.strip(), actor=actor)
    close_alarms(subject=str(cursor.feed), actor=actor)
    return cursor


def _permit(actor: Actor) -> None:
    if not policy.can_look_after_feeds(actor):
        raise NotForYou
