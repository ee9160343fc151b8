"""Snapshots of own feeds are made and kept for a while; a follower who begins anew takes one over."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import connection, transaction

from sojourn.core.actors import SYSTEM
from sojourn.core.announce import after_commit
from sojourn.core.clock import now, today
from sojourn.core.trail import record
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.errors import SnapshotNotReady
from sojourn.sharing.models import Cursor, Feed, FeedHead, Snapshot, SnapshotPiece
from sojourn.sharing.protocol import pages, snapshots, strict
from sojourn.sharing.protocol.pages import Entry, FeedName, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.snapshots import Contents, Piece
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.services.ahead import Ahead, Turn, asked_twice
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.applying import (
    apply_entries,
    known_resource,
    refuse_over_limit,
    retry_children,
    set_aside,
)
from sojourn.sharing.services.granting import is_open
from sojourn.sharing.services.membership import live_registry, vault
from sojourn.sharing.services.sealing import hold_writers, line_of, rows_between
from sojourn.sharing.services.withdrawing import applying, drop_settled, erase
from sojourn.sharing.shapes import among
from sojourn.sharing.states import FEED_FLOW, FeedState
from sojourn.sharing.vault import SUITE

NOTHING_BEFORE = "00000000-0000-0000-0000-000000000000"
NOTHING_BEHIND = "ffffffff-ffff-ffff-ffff-ffffffffffff"


# --- making -------------------------------------------------------------------------------------------
def kept_snapshot(*, feed_id: int) -> Snapshot | None:
    """The snapshot of an own feed that is fresh enough to begin with, if there is one; an empty one after a grant.

    One whose key was followed by another since is none: nobody would believe it.
    """
    kept = timedelta(hours=rule("sharing_snapshot_hours", on=today()))
    head = FeedHead.objects.select_related("feed").get(pk=feed_id)
    fresh = Snapshot.objects.filter(feed_id=feed_id, epoch=head.epoch, made_at__gt=now() - kept)
    if not is_open(head.feed.feed_name):
        fresh = fresh.filter(pieces=None)
    found = fresh.order_by("-made_at").first()
    return found if found and _may_sign(strict.read(bytes(found.signature))["key"], head) else None


def snapshot_or_job(*, feed_id: int) -> Snapshot | None:
    """The same; where there is none a job is told to make one, because only the workers hold the keys."""
    found = kept_snapshot(feed_id=feed_id)
    if found is None:
        after_commit("sojourn.sharing.tasks.make_snapshot", feed_id)
    return found


def make_snapshot(*, feed_id: int) -> Snapshot:
    """All entities of an own feed as they stand, with the page that they include, from one view of the database.

    SnapshotNotReady where another worker is making one.
    """
    feed = Feed.objects.get(pk=feed_id)
    resource = catalogue.known(feed.resource)
    assert resource is not None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        if resource.addressed_by:
            hold_writers(resource)  # before the first look at the database, which is its only one
        if not Feed.objects.filter(pk=feed_id).select_for_update(no_key=True, skip_locked=True):
            raise SnapshotNotReady
        head = FeedHead.objects.get(pk=feed_id)
        key = _signing_key(head)
        snapshot, _new = Snapshot.objects.update_or_create(
            feed_id=feed_id,
            epoch=head.epoch,
            no=head.no,
            defaults={"document": b"", "signature": b"", "made_at": now()},
        )
        snapshot.pieces.all().delete()
        pieces = [
            _keep_piece(snapshot, no, lines, last)
            for no, (lines, last) in enumerate(
                _lines(resource, feed.feed_name, head.epoch) if is_open(feed.feed_name) else ()
            )
        ]
        document = Contents(
            feed.feed_name, head.epoch, head.no, head.digest, resource.schema, tuple(pieces)
        ).spelt()
        value = SUITES[SUITE].sign_bytes(vault().key(key), snapshots.signed_text(document))
        snapshot.document, snapshot.signature = document, Signature(SUITE, key, value).spelt()
        snapshot.save(update_fields=["document", "signature"])
        Snapshot.objects.filter(feed_id=feed_id).exclude(pk=snapshot.pk).delete()
    return snapshot


def _signing_key(head: FeedHead) -> str:
    """The newest of the owner's keys here that may sign the newest page; Refused where there is none.

    A key that takes over in the middle of a feed signs no snapshot before its first page.
    """
    for name in reversed(vault().key_names(head.feed.owner)):
        if _may_sign(name, head):
            return name
    raise Refused(Reason.KEY_NOT_VALID_HERE, "snapshot")


def _may_sign(name: str, head: FeedHead) -> bool:
    key = live_registry().key(name)
    return key is not None and key.may_sign(head.feed.feed_name, (head.epoch, max(head.no, 1)))


def _lines(resource: Resource, feed: FeedName, epoch: int) -> Iterator[tuple[list[bytes], str]]:
    """The entries of each piece, with the last id in it."""
    last = NOTHING_BEFORE
    while rows := rows_between(resource, feed, last, pages.MOST_ENTRIES):
        salts = os.urandom(16 * len(rows)).hex()
        lines: list[bytes] = []
        plain = 0
        for at, (entity, row) in enumerate(rows.items()):
            line = line_of(row, f"{feed.owner}:{entity}", epoch, row[0], salts[32 * at : 32 * at + 32])
            plain += len(line) + 1
            if lines and plain > pages.MOST_PACKED_BYTES:
                break
            lines.append(line)
            last = entity
        yield lines, last


def _keep_piece(snapshot: Snapshot, no: int, lines: list[bytes], last: str) -> Piece:
    SnapshotPiece.objects.create(snapshot=snapshot, no=no, packed=pages.packed(lines))
    digest = pages.digest_over(pages.line_digest(line) for line in lines)
    return Piece(len(lines), pages.plain_size(lines), digest, last)


# --- taking over --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Taking:
    """A snapshot that is being taken over: of which feed and resource, what it holds, and its document's digest."""

    feed: Feed
    resource: Resource
    contents: Contents
    digest: str

    def reach(self, no: int) -> tuple[str, str]:
        """The id behind which a piece begins, and the last one in it."""
        pieces = self.contents.pieces
        return pieces[no - 1].last if no else NOTHING_BEFORE, pieces[no].last


def take_over(*, feed_id: int, turn: Turn) -> bool:
    """Whether a feed that begins anew stands as its owner's snapshot says, and goes on behind its page.

    Each piece takes effect by itself and is counted; where the turn is over, or the feed is stopped meanwhile, the
    rest does not. The next turn goes on with the next piece, and rewrites nothing that stands.
    """
    cursor = Cursor.objects.select_related("feed").get(pk=feed_id)
    contents, digest = asked_twice(partial(_contents_of, turn, cursor))
    taking = Taking(cursor.feed, known_resource(cursor.feed.resource, contents.schema), contents, digest)
    done = cursor.pieces_taken if cursor.pieces_of == digest else 0
    ahead, entries_of = Ahead[list[Entry]](turn.beside), partial(_entries_of, turn, taking)
    for no in range(done, len(contents.pieces)):
        if turn.is_over:
            return False
        entries = ahead.take(no) or asked_twice(partial(entries_of, no))
        if no + 1 < len(contents.pieces):
            ahead.want(no + 1, partial(entries_of, no + 1))
        if not _take_piece(taking, no, entries):
            return False
    return _finish(taking)


def _contents_of(turn: Turn, cursor: Cursor) -> tuple[Contents, str]:
    """What the owner's snapshot holds, verified, and the digest of the document that says so."""
    document, signature = turn.client.snapshot(str(cursor.feed))
    contents = snapshots.contents_of(
        document,
        signature,
        feed=cursor.feed.feed_name,
        registry=turn.registry,
        newest=(cursor.head_epoch, cursor.head_no),
    )
    if contents.epoch < cursor.head_epoch:
        raise Refused(Reason.WRONG_EPOCH, "snapshot")
    return contents, pages.digest_of(document)


def _entries_of(turn: Turn, taking: Taking, no: int) -> list[Entry]:
    """One piece of a snapshot, verified."""
    contents = taking.contents
    packed = turn.client.snapshot_piece(str(taking.feed), contents.epoch, contents.no, no)
    after, _last = taking.reach(no)
    return snapshots.entries_of(contents.pieces[no], packed, after=after, owner=contents.feed.owner)


@transaction.atomic
def _take_piece(taking: Taking, no: int, entries: list[Entry]) -> bool:
    """Whether a piece has taken effect and is counted; not where the feed was stopped or held meanwhile.

    OverQuarantineLimit where too much of it is bad and nobody let through what comes next; then nothing happened.
    """
    feed, resource = taking.feed, taking.resource
    cursor = Cursor.objects.locked().get(pk=feed.pk)
    if cursor.state != FeedState.REBOOTSTRAP:
        return False
    with applying():
        fate = apply_entries(resource, feed.owner, entries)
        if cursor.let_through_no != cursor.no + 1:
            refuse_over_limit(fate.held, len(entries), feed.owner)
        set_aside(feed.pk, 0, fate.aside)
        named = [entry.entity.partition(":")[2] for entry in entries]
        _drop_others(resource, feed.feed_name, taking.reach(no), named)
        retry_children(resource, fate.applied)
    cursor.pieces_of, cursor.pieces_taken = taking.digest, no + 1
    cursor.save(update_fields=["pieces_of", "pieces_taken"])
    return True


def _drop_others(resource: Resource, feed: FeedName, between: tuple[str, str], named: list[str]) -> None:
    """Copies behind the first and up to the second of these ids that the snapshot does not name are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text FROM {resource.shape.table}"
            f" WHERE {resource.shape.whose()} AND id > %s::uuid AND id <= %s::uuid AND NOT id = ANY(%s::uuid[])",
            [*resource.shape.of_feed(feed.owner, feed.audience), *between, among(named)],
        )
        gone = [found for (found,) in cursor.fetchall()]
    erase(resource, feed.owner, gone)
    drop_settled(gone)


@transaction.atomic
def _finish(taking: Taking) -> bool:
    """Whether the feed goes on behind the snapshot; not where it was stopped or held meanwhile."""
    feed, contents = taking.feed, taking.contents
    cursor = Cursor.objects.locked().get(pk=feed.pk)
    if cursor.state != FeedState.REBOOTSTRAP:
        return False
    last = contents.pieces[-1].last if contents.pieces else NOTHING_BEFORE
    with applying():
        _drop_others(taking.resource, feed.feed_name, (last, NOTHING_BEHIND), [])
    cursor.epoch, cursor.no, cursor.digest = contents.epoch, contents.no, contents.head
    cursor.withdrawn_no, cursor.withdrawn_digest = contents.no, contents.head
    cursor.head_epoch, cursor.head_no = max(
        (cursor.head_epoch, cursor.head_no), (contents.epoch, contents.no)
    )
    cursor.state, cursor.reason = FEED_FLOW.after("finish", FeedState(cursor.state)), ""
    cursor.since = cursor.applied_at = now()
    cursor.pieces_of, cursor.pieces_taken, cursor.let_through_no = "", 0, None
    cursor.save()
    record(action="feed.rebootstrapped", actor=SYSTEM, subject=cursor, epoch=contents.epoch, no=contents.no)
    return True


def begin_anew(*, feed_id: int, reason: str) -> None:
    """A feed that is followed waits for its owner's snapshot; pages are followed again behind it.

    One that somebody stopped or held before we came to it stays so.
    """
    with transaction.atomic():
        cursor = Cursor.objects.locked().select_related("feed").get(pk=feed_id)
        if cursor.state not in FEED_FLOW.sources("rebootstrap"):
            return
        cursor.state = FEED_FLOW.after("rebootstrap", FeedState(cursor.state))
        cursor.reason, cursor.since = reason, now()
        cursor.save(update_fields=["state", "reason", "since"])
        record(action="feed.rebootstrap", actor=SYSTEM, subject=cursor, reason=reason)
        raise_alarm(reason="rebootstrap", subject=str(cursor.feed), detail=reason)


def piece_for(name: FeedName, epoch: int, no: int, piece: int) -> bytes | None:
    """The bytes of one piece of a kept snapshot; none after the end of a grant."""
    if not is_open(name):
        return None
    found = SnapshotPiece.objects.filter(
        snapshot__feed__owner=name.owner,
        snapshot__feed__resource=name.resource,
        snapshot__feed__audience=name.audience,
        snapshot__epoch=epoch,
        snapshot__no=no,
        no=piece,
    ).values_list("packed", flat=True)
    first = found.first()
    return None if first is None else bytes(first)


def told(snapshot: Snapshot) -> bytes:
    """A snapshot's contents as they go over the wire: the document, then its signature."""
    return bytes(snapshot.document) + b"\n" + bytes(snapshot.signature)
