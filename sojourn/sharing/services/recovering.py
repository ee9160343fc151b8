"""A node whose database was put back to an earlier time takes its own signed pages back from its peers.

The vault remembers what was signed last; the peers keep the pages. Nothing new is sealed until the database has
caught up, so that no number is ever signed twice (decision 0014). What was published stands: a change made here
between the restore and the recovery is replaced by it, and an alarm says how many were.
"""

from collections.abc import Iterable

import orjson
from django.db import IntegrityError, connection, transaction

from sojourn.core import numbers
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now
from sojourn.core.counters import count_past
from sojourn.core.trail import record
from sojourn.sharing import catalogue, policy
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.client import PeerFailed
from sojourn.sharing.errors import NoSuchFeed, NotForYou, StillRecovering
from sojourn.sharing.models import Alarm, Feed, FeedHead, Page, Peer
from sojourn.sharing.protocol.pages import FIRST, Entry
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.verifying import Place, Verified, verified
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.applying import constraint_of
from sojourn.sharing.services.blanking import settle_bodies
from sojourn.sharing.services.heads import OWN_UNKNOWN
from sojourn.sharing.services.membership import live_registry, vault
from sojourn.sharing.services.pulling import Connect, connect
from sojourn.sharing.services.sealing import RECOVER, is_at, rows_of, settle_with_vault
from sojourn.sharing.services.withdrawing import applying, erase, withdraw
from sojourn.sharing.states import FEED_FLOW, GRANT_ENDED, FeedState, PeerState
from sojourn.sharing.vault import LastSigned

OVERWRITTEN, LOST, CONFLICT = "overwritten_in_recovery", "own_pages_lost", "recovery_conflict"


def find_restored() -> int:
    """Every own feed whose database stands behind its vault is in RECOVER; how many are."""
    for feed_id in (
        FeedHead.objects.filter(state=FeedState.RUNNING).order_by("pk").values_list("pk", flat=True)
    ):
        settle_with_vault(feed_id=feed_id)
    return FeedHead.objects.filter(state=FeedState.RECOVER).count()


def recover_feeds(*, reach: Connect = connect) -> int:
    """Every own feed that can be is as far as its vault again; how many pages came back."""
    waiting = FeedHead.objects.filter(state=FeedState.RECOVER).order_by("pk").values_list("pk", flat=True)
    return sum(_recover(feed_id, reach) for feed_id in waiting)


def _recover(feed_id: int, reach: Connect) -> int:
    feed, registry, back = Feed.objects.get(pk=feed_id), live_registry(), 0
    while True:
        head = FeedHead.objects.get(pk=feed_id)
        with vault().feed(feed.feed_name) as watermark:
            last = watermark.last()
        if is_at(head, last):
            _finish(feed_id)
            return back
        page = _next_page(feed, head, last, registry, reach)
        if page is None:
            raise_alarm(reason=LOST, subject=str(feed), detail=f"{head.epoch}.{head.no + 1}")
            return back
        try:
            back += _taken_back(feed_id, page)
        except IntegrityError as error:
            # A row that was registered since the restore bears what a published one bears.
            raise_alarm(reason=CONFLICT, subject=str(feed), detail=constraint_of(error))
            return back


def _next_page(
    feed: Feed, head: FeedHead, last: LastSigned | None, registry: Registry, reach: Connect
) -> Verified | None:
    """The page after the head: the vault's own last one, or what a peer kept."""
    place = Place(feed.feed_name, head.epoch, head.no, head.digest)
    for content in _kept_somewhere(feed, place, last, reach):
        try:
            return verified(content, after=place, registry=registry)
        except Refused as refusal:
            raise_alarm(reason=refusal.reason, subject=str(feed), detail=f"{place.epoch}.{place.no + 1}")
    return None


def _kept_somewhere(feed: Feed, place: Place, last: LastSigned | None, reach: Connect) -> Iterable[bytes]:
    if last is not None and (last.epoch, last.no) == (place.epoch, place.no + 1):
        yield last.content
    for peer in Peer.objects.filter(state=PeerState.ACTIVE).order_by("failures", "pk"):
        try:
            yield reach(peer).page(str(feed), place.epoch, place.no + 1)
        except PeerFailed:
            continue


@transaction.atomic
def _taken_back(feed_id: int, page: Verified) -> bool:
    """The page stands again, and the rows are no older than it says."""
    head = FeedHead.objects.locked().select_related("feed").get(pk=feed_id)
    header, framed = page.header, page.framed
    resource = catalogue.known(header.resource)
    if resource is None or (head.no + 1, head.digest) != (header.no, header.previous):
        return False
    live = [entry for entry in page.entries if not entry.is_blanked]
    with applying():
        replaced = _replaced(resource, live)
        _write_back(resource, header.owner, live)
    if replaced:
        raise_alarm(reason=OVERWRITTEN, subject=str(head.feed), detail=str(replaced))
    kept = Page.objects.create(
        feed_id=feed_id,
        epoch=header.epoch,
        no=header.no,
        digest=framed.digest,
        header=framed.header_bytes,
        signature=framed.signature.spelt(),
        packed=framed.packed,
        entries=header.entries,
        sealed_at=header.sealed_at,
    )
    settle_bodies(kept, resource, live)
    _drop_markers(feed_id, live)
    head.no, head.digest, head.sealed_at = header.no, framed.digest, kept.sealed_at
    head.save(update_fields=["no", "digest", "sealed_at"])
    return True


def _replaced(resource: Resource, entries: list[Entry]) -> int:
    """How many rows of the same version say something else than what was published."""
    standing = rows_of(resource, [_id(entry) for entry in entries])
    told = ((standing.get(_id(entry)), entry) for entry in entries if entry.body is not None)
    return sum(row is not None and row[0] == entry.version and row[1] != entry.body for row, entry in told)


def _write_back(resource: Resource, owner: str, entries: list[Entry]) -> None:
    shape = resource.shape
    gone = [entry for entry in entries if entry.body is None and entry.reason != GRANT_ENDED]
    if resource.addressed_by:
        withdraw(resource, owner, gone)  # noted, so that the room does not open it again
    erase(resource, owner, [_id(entry) for entry in gone])
    _raise_versions(resource, [entry for entry in entries if entry.reason == GRANT_ENDED])
    rows = [resource.row(entry) for entry in entries if entry.body is not None]
    if rows:
        shape.write_rows(shape.writing_back, owner, rows)
    if resource.counter and rows:
        highest = max(numbers.parse(row["number"]).sequence for row in rows)
        count_past(counter=resource.counter, value=highest)


def _raise_versions(resource: Resource, entries: list[Entry]) -> None:
    """What was only told no more stands on, and its next change has a version that no page has shown."""
    told = [{"entity": _id(entry), "version": entry.version} for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {resource.shape.table} AS t SET version = r.version"
            " FROM json_to_recordset(%s::json) AS r (entity uuid, version bigint)"
            " WHERE t.id = r.entity AND t.version < r.version",
            [orjson.dumps(told).decode()],
        )


def _drop_markers(feed_id: int, entries: list[Entry]) -> None:
    """Markers of what this page published need no other page."""
    told = [{"entity": _id(entry), "version": entry.version} for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM sharing_marker AS m USING json_to_recordset(%s::json) AS r (entity uuid, version bigint)"
            " WHERE m.feed_id = %s AND m.entity = r.entity AND m.version <= r.version",
            [orjson.dumps(told).decode(), feed_id],
        )


@transaction.atomic
def _finish(feed_id: int) -> None:
    head = FeedHead.objects.locked().select_related("feed").get(pk=feed_id)
    head.state, head.reason, head.since = FEED_FLOW.after("finish", FeedState(head.state)), "", now()
    head.save(update_fields=["state", "reason", "since"])
    record(action="feed.recovered", actor=SYSTEM, subject=head, no=head.no)
    close_alarms(subject=str(head.feed), reasons=(RECOVER, LOST, CONFLICT, OWN_UNKNOWN))


@transaction.atomic
def begin_epoch(*, feed_id: int, reason: str, actor: Actor) -> FeedHead:
    """An own feed whose last pages nobody has counts anew: every entity is marked, and the next page is the first.

    Two people decide that (kind ``new_epoch`` at the desk). The vault needs no word of it: a higher epoch is
    above its watermark.
    """
    head = FeedHead.objects.locked().select_related("feed").filter(pk=feed_id).first()
    if head is None:
        raise NoSuchFeed
    if not policy.can_look_after_feeds(actor):
        raise NotForYou
    after = FEED_FLOW.after("begin_epoch", FeedState(head.state))
    if not Alarm.objects.open().filter(subject=str(head.feed), reason=LOST).exists():
        raise StillRecovering
    before = {"epoch": head.epoch, "no": head.no}
    head.epoch, head.no, head.digest = _last_epoch(head) + 1, 0, FIRST
    head.state, head.reason, head.since = after, "", now()
    head.save(update_fields=["epoch", "no", "digest", "state", "reason", "since"])
    _mark_everything(head.feed)
    record(
        action="feed.begin_epoch",
        actor=actor,
        subject=head,
        before=before,
        after={"epoch": head.epoch},
        reason=reason,
    )
    close_alarms(subject=str(head.feed), reasons=(RECOVER, LOST, CONFLICT, OWN_UNKNOWN), actor=actor)
    return head


def _last_epoch(head: FeedHead) -> int:
    """The last epoch in which anything was signed: a database may have been put back to before it began."""
    with vault().feed(head.feed.feed_name) as watermark:
        last = watermark.last()
    return max(head.epoch, last.epoch if last else 0)


def _mark_everything(feed: Feed) -> None:
    resource = catalogue.known(feed.resource)
    if resource is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sharing_marker (feed_id, entity, version)"
            f" SELECT %s, id, version FROM {resource.shape.table} WHERE {resource.shape.whose()} ORDER BY id",
            [feed.pk, *resource.shape.of_feed(feed.owner, feed.audience)],
        )


def _id(entry: Entry) -> str:
    return entry.entity.partition(":")[2]
