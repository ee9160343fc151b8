"""Steps at what a feed holds as a whole: its snapshot, signed and complete, and the figures to compare it by."""

import hashlib

from sojourn.sharing.conformance.door import MOST_BYTES, PAGE, TEXT, Failed, feed_path
from sojourn.sharing.conformance.registry_steps import signature_in
from sojourn.sharing.conformance.visit import Visit
from sojourn.sharing.protocol import snapshots
from sojourn.sharing.protocol.pages import FeedName, Framed
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.snapshots import MOST_BYTES as MOST_SNAPSHOT
from sojourn.sharing.protocol.snapshots import Contents

NOTHING_BEFORE = "00000000-0000-0000-0000-000000000000"
MOVED_ON, NOT_READY = "feed_moved_on", "snapshot_not_ready"
TRIES, BETWEEN_TRIES = 30, 2.0


def snapshots_hold(visit: Visit) -> str:
    """The snapshot of every feed is signed by its owner, each piece is what it lists, none lacks an id between."""
    visit.some_head()
    total = sum(_snapshot(visit, head) for head in visit.own_heads())
    return f"{total} entities of {len(visit.own_heads())} feeds"


def figures_agree(visit: Visit) -> str:
    """The figures of a feed as of its head count its entities, and a bucket's rows make up the bucket's digest."""
    visit.some_head()
    compared = sum(_figures(visit, head) for head in visit.own_heads())
    return f"{compared} of {len(visit.own_heads())} feeds, the others moved on meanwhile"


def _snapshot(visit: Visit, head: Framed) -> int:
    feed = head.header.feed
    contents = _contents(visit, head)
    if (contents.epoch, contents.no) == (head.header.epoch, head.header.no) and contents.head != head.digest:
        raise Failed(f"{_told(feed)}: the snapshot stands on another header")
    after, total = NOTHING_BEFORE, 0
    for no, piece in enumerate(contents.pieces):
        path = feed_path(feed, "snapshot", contents.epoch, contents.no, no)
        packed = visit.door.ask("GET", path).expect_given(PAGE)
        try:
            entries = snapshots.entries_of(piece, packed, after=after, owner=feed.owner)
        except Refused as refusal:
            raise Failed(f"{_told(feed)}: piece {no} of the snapshot: {refusal}") from None
        after, total = piece.last, total + len(entries)
    return total


def _contents(visit: Visit, head: Framed) -> Contents:
    feed = head.header.feed
    for _ in range(TRIES):
        answer = visit.door.ask("GET", feed_path(feed, "snapshot"), at_most=MOST_SNAPSHOT + MOST_BYTES)
        if answer.code != NOT_READY:
            break
        visit.wait(BETWEEN_TRIES)
    document, _, signature = answer.expect_given(TEXT).partition(b"\n")
    try:
        return snapshots.contents_of(
            document,
            signature_in(signature),
            feed=feed,
            registry=visit.believed_registry(),
            newest=(head.header.epoch, head.header.no),
        )
    except Refused as refusal:
        raise Failed(f"{_told(feed)}: the snapshot is refused: {refusal}") from None


def _figures(visit: Visit, head: Framed) -> bool:
    """Whether the figures hold; False where the feed has a newer page by now."""
    header, feed = head.header, head.header.feed
    answer = visit.door.ask("GET", feed_path(feed, "digest", header.epoch, header.no))
    if answer.code == MOVED_ON:
        return False
    facts = answer.expect_object()
    if not {"entities", "buckets", "moving"} <= facts.keys() or not isinstance(facts["buckets"], dict):
        raise Failed(f"{_told(feed)}: the figures lack entities, buckets or moving")
    for bucket, digest in list(facts["buckets"].items())[:1]:
        path = feed_path(feed, "digest", header.epoch, header.no, bucket)
        rows = visit.door.ask("GET", path, at_most=MOST_SNAPSHOT).expect_object().get("rows")
        if not isinstance(rows, list) or _digest_over(rows) != digest:
            raise Failed(f"{_told(feed)}: bucket {bucket} is not what its rows make up")
    return True


def _digest_over(rows: list) -> str:
    try:
        lines = [f"{entity}:{version}\n" for entity, version in sorted(rows)]
    except (TypeError, ValueError):
        return ""
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _told(feed: FeedName) -> str:
    return f"{feed.owner}/{feed.resource}/{feed.audience}"
