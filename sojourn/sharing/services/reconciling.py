"""Both sides of a feed compare what they hold as of the same page: 256 digests, then the rows of those that differ.

A bucket is the last byte of the entity's id; its digest is SHA-256 over ``<id>:<version>`` of its entities in order,
a line feed behind each. Entities whose change is not sealed yet, and those set aside by the follower, are left out
on both sides.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from sojourn.core.clock import now, today
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.client import PeerClient, PeerFailed
from sojourn.sharing.models import Cursor, Feed, FeedHead, Peer, Reconciliation, SetAsideEntry
from sojourn.sharing.protocol.strict import LARGEST_NUMBER
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.granting import is_open
from sojourn.sharing.services.holding import SWINGS, hold_feed
from sojourn.sharing.services.pulling import Connect, connect
from sojourn.sharing.services.snapshots import begin_anew
from sojourn.sharing.states import UNSETTLED_ENTRIES, EntryState, FeedState

LEASE = timedelta(seconds=280)
UNANSWERED = frozenset({"timeout", "unreachable"})
BUCKETS = 256
MOST_MOVING = 5000
DIFFERS = "digest_differs"
_BUCKET = "get_byte(uuid_send(id), 15)"


@dataclass(frozen=True)
class Figures:
    """A feed's content: how many entities, the digest of each bucket that holds any, and who is left out."""

    entities: int
    buckets: dict[str, str]
    moving: list[str]


@transaction.atomic
def figures_of(*, feed_id: int, epoch: int, no: int) -> Figures | None:
    """The figures of an own feed as of its newest page; None where that is another one by now, or a grant ended."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    feed, head = Feed.objects.get(pk=feed_id), FeedHead.objects.get(pk=feed_id)
    resource = catalogue.known(feed.resource)
    moving = _moving(feed_id)
    if resource is None or (head.epoch, head.no) != (epoch, no) or len(moving) > MOST_MOVING:
        return None
    if not is_open(feed.feed_name):
        return None
    entities, buckets = _buckets(resource, feed, moving)
    return Figures(entities, buckets, moving)


@transaction.atomic
def rows_of_bucket(*, feed_id: int, epoch: int, no: int, bucket: int) -> list[list] | None:
    """Ids and versions of the entities in one bucket, as of the newest page."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    feed, head = Feed.objects.get(pk=feed_id), FeedHead.objects.get(pk=feed_id)
    resource = catalogue.known(feed.resource)
    if resource is None or (head.epoch, head.no) != (epoch, no) or not is_open(feed.feed_name):
        return None
    return [list(row) for row in _rows(resource, feed, bucket, _moving(feed_id)).items()]


def _moving(feed_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT entity::text FROM sharing_marker WHERE feed_id = %s LIMIT %s",
            [feed_id, MOST_MOVING + 1],
        )
        return [found for (found,) in cursor.fetchall()]


def _buckets(resource: Resource, feed: Feed, without: list[str]) -> tuple[int, dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_BUCKET} AS bucket, count(*), encode(sha256(string_agg("
            "convert_to(id || ':' || version || E'\\n', 'UTF8'), '' ORDER BY id)), 'hex')"
            f" FROM {resource.shape.table} WHERE {resource.shape.whose()} AND NOT id = ANY(%s::uuid[]) GROUP BY bucket",
            [*resource.shape.of_feed(feed.owner, feed.audience), without],
        )
        rows = cursor.fetchall()
    return sum(count for _, count, _ in rows), {str(bucket): digest for bucket, _, digest in rows}


def _rows(resource: Resource, feed: Feed, bucket: int, without: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text, version FROM {resource.shape.table} WHERE {resource.shape.whose()} AND {_BUCKET} = %s"
            " AND NOT id = ANY(%s::uuid[])",
            [*resource.shape.of_feed(feed.owner, feed.audience), bucket, without],
        )
        return dict(cursor.fetchall())


# --- the follower's side ------------------------------------------------------------------------------
def reconcile_with(*, node: str, reach: Connect = connect) -> int:
    """Every feed of a node that stands at its newest page was compared; how many were.

    A difference is an alarm that names how many rows, and the feed begins anew from a snapshot; a count that swings
    beyond the rule holds the feed first. A feed that moves on meanwhile is left for another time. Nothing where
    another worker is comparing with that node; a node that does not answer is not asked for its other feeds.
    """
    if not Peer.objects.to_compare(now()).filter(pk=node).update(comparing_until=now() + LEASE):
        return 0
    peer = Peer.objects.get(pk=node)
    try:
        return _compare_all(peer, reach(peer))
    finally:
        Peer.objects.filter(pk=node).update(comparing_until=None)


def _compare_all(peer: Peer, client: PeerClient) -> int:
    standing = Cursor.objects.of_node(peer.members).filter(state=FeedState.RUNNING, no__gt=0)
    compared = 0
    for cursor in standing.order_by("pk"):
        try:
            compared += _compare(cursor, client)
        except PeerFailed as failure:
            if failure.reason in UNANSWERED:
                break
    return compared


def _compare(cursor: Cursor, client: PeerClient) -> bool:
    feed = Feed.objects.get(pk=cursor.pk)
    resource = catalogue.known(feed.resource)
    if resource is None:
        return False
    answer = client.digest(str(feed), cursor.epoch, cursor.no)
    theirs, buckets, without = _read(answer)
    aside = _set_aside(cursor.pk)
    if aside:
        # What is set aside here is missing for a known reason; the buckets it lies in are compared row by row.
        without = sorted({*without, *aside})
    ours, own_buckets = _buckets(resource, feed, without)
    if Cursor.objects.filter(pk=cursor.pk, no=cursor.no, epoch=cursor.epoch).count() == 0:
        return False
    differing = _located(_Compared(cursor, client, resource, feed, without), buckets, own_buckets)
    Reconciliation.objects.create(
        feed=feed,
        epoch=cursor.epoch,
        no=cursor.no,
        theirs=theirs,
        ours=ours,
        set_aside=len(aside),
        differing=differing[:1000],
    )
    _judge(cursor, feed, theirs, differing)
    return True


@dataclass(frozen=True)
class _Compared:
    cursor: Cursor
    client: PeerClient
    resource: Resource
    feed: Feed
    without: list[str]

    def rows(self, bucket: int) -> tuple[dict[str, int], dict[str, int]]:
        """Ids and versions in a bucket, at the owner's and here."""
        cursor, left_out = self.cursor, set(self.without)
        answer = self.client.bucket(str(self.feed), cursor.epoch, cursor.no, bucket)
        theirs = {entity: version for entity, version in _read_rows(answer) if entity not in left_out}
        return theirs, _rows(self.resource, self.feed, bucket, self.without)


def _located(compared: _Compared, theirs: dict[str, str], ours: dict[str, str]) -> list[str]:
    """The ids of the rows that one side lacks or holds in another version."""
    differing = []
    for bucket in sorted(theirs.keys() | ours.keys(), key=int):
        if theirs.get(bucket) != ours.get(bucket):
            told, held = compared.rows(int(bucket))
            differing += sorted(e for e in told.keys() | held.keys() if told.get(e) != held.get(e))
    return differing


@transaction.atomic
def _judge(cursor: Cursor, feed: Feed, theirs: int, differing: list[str]) -> None:
    """What follows from the comparison; nothing where the feed was stopped or held while its owner answered."""
    if not Cursor.objects.locked().filter(pk=cursor.pk, state=FeedState.RUNNING):
        return
    last = Reconciliation.objects.filter(feed=feed).order_by("-at")[1:2]
    if last and _swings(feed.owner, last[0].theirs, theirs):
        raise_alarm(reason=SWINGS, subject=str(feed), detail=f"{last[0].theirs} -> {theirs}")
        hold_feed(feed_id=cursor.pk, verb="hold_for_quarantine", reason=SWINGS)
    elif differing:
        raise_alarm(reason=DIFFERS, subject=str(feed), detail=str(len(differing)))
        begin_anew(feed_id=cursor.pk, reason=DIFFERS)
    else:
        close_alarms(subject=str(feed), reasons=(DIFFERS, "rebootstrap"))


def _swings(owner: str, before: int, after: int) -> bool:
    """Whether a feed grew or shrank by more than both rules allow: by a share of it, and by a number at all."""
    least = rule("sharing_volume_swing_entities", on=today(), member=owner)
    percent = rule("sharing_volume_swing_percent", on=today(), member=owner)
    change = abs(after - before)
    return change > least and change * 100 > percent * before


def _read(answer: dict) -> tuple[int, dict[str, str], list[str]]:
    try:
        buckets = {str(int(key)): str(value) for key, value in answer["buckets"].items()}
        entities, moving = int(answer["entities"]), [str(UUID(each)) for each in answer["moving"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PeerFailed("no_figures") from None
    known = all(0 <= int(bucket) < BUCKETS for bucket in buckets)
    if not known or not 0 <= entities <= LARGEST_NUMBER or len(moving) > MOST_MOVING:
        raise PeerFailed("no_figures")
    return entities, buckets, moving


def _read_rows(answer: dict) -> list[tuple[str, int]]:
    try:
        return [(str(UUID(entity)), int(version)) for entity, version in answer["rows"]]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PeerFailed("no_figures") from None


def _set_aside(feed_id: int) -> list[str]:
    # One that a person dismissed is missing here for good, until its owner changes it.
    states = {*UNSETTLED_ENTRIES, EntryState.DISMISSED}
    rows = SetAsideEntry.objects.filter(feed_id=feed_id, state__in=states)
    return [str(entity) for entity in rows.values_list("entity", flat=True)]
