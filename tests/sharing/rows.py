"""Feeds, peers and entries as they would stand after some exchange, without any."""

from datetime import timedelta
from uuid import uuid4

from sojourn.accounts.actors import actor_for
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now
from sojourn.sharing.models import Cursor, Feed, FeedHead, Peer, SetAsideEntry
from sojourn.sharing.states import EntryState, FeedState
from tests.factories.accounts import MembershipFactory

MEMBERS_OF_50 = ["500000", "610000", "210000", "220000", "230000"]


def officer(division_code: str = "440000", role: Role = Role.OFFICER) -> Actor:
    """An account with a post there, as the actor of a session with a second factor."""
    return actor_for(MembershipFactory(role=role, division_code=division_code).user, second_factor=True)


def followed(owner: str = "500000", resource: str = "facilities", **columns) -> Cursor:
    """A feed of another node, confirmed ten seconds ago."""
    feed = Feed.objects.create(owner=owner, resource=resource, audience="all", is_own=False)
    standing = {"confirmed_at": now() - timedelta(seconds=10), "no": 3, "head_no": 3, "digest": "a" * 64}
    return Cursor.objects.create(feed=feed, **{**standing, **columns})


def written(owner: str = "440000", resource: str = "facilities", **columns) -> FeedHead:
    """A feed of our own with four pages."""
    feed = Feed.objects.create(owner=owner, resource=resource, audience="all", is_own=True)
    standing = {"no": 4, "digest": "b" * 64, "sealed_at": now() - timedelta(minutes=5)}
    return FeedHead.objects.create(feed=feed, **{**standing, **columns})


def stopped(**columns) -> Cursor:
    return followed(state=FeedState.INTEGRITY_STOP, reason="bad_signature", **columns)


def peer(node: str = "50", **columns) -> Peer:
    standing = {
        "address": "https://node-50.example",
        "members": MEMBERS_OF_50,
        "next_poll_at": now() + timedelta(minutes=1),
        "answered_at": now() - timedelta(seconds=12),
    }
    return Peer.objects.create(node=node, **{**standing, **columns})


def held(cursor: Cursor, **columns) -> SetAsideEntry:
    """An entry that was set aside because a field was of the wrong kind."""
    standing = {
        "page_no": 3,
        "entity": uuid4(),
        "epoch": 1,
        "version": 1,
        "state": EntryState.HELD,
        "reason": "wrong_kind",
        "detail": "telephone",
        "body": b'{"telephone": 12345}',
    }
    return SetAsideEntry.objects.create(feed=cursor.feed, **{**standing, **columns})
