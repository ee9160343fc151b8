"""A node is fed pages by hand, on the puller's own path, and what came of it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate

from django.db import connection, transaction

from sojourn.core.clock import now
from sojourn.sharing.client import PeerFailed
from sojourn.sharing.models import Alarm, Cursor, Page, Peer
from sojourn.sharing.protocol import batches, pages
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.services import pulling
from tests.sharing.network import TestNode

OPERATORS, FACILITIES, HEARTBEATS = (
    "440000/operators/all",
    "440000/facilities/all",
    "440000/heartbeats/all",
)
TABLES = (
    "facilities_operator",
    "facilities_facility",
    "facilities_featurereport",
    "sharing_heartbeat",
    "sharing_page",
    "sharing_withdrawal",
    "sharing_setasideentry",
    "sharing_headseen",
)
_WHOLE = " || ".join(
    f"coalesce((SELECT string_agg(t::text, '|' ORDER BY t.id) FROM {t} AS t), '')" for t in TABLES
)
STANDING = f"SELECT md5({_WHOLE})"


@dataclass
class Stub:
    """A peer that gives these pages by (feed, number) and says nothing else.

    ``asked`` counts the pages asked for alone; of a batch at most ``together`` are given.
    """

    given: dict[tuple[str, int], bytes]
    told: object = field(default_factory=list)
    asked: int = 0
    together: int = 100
    whole: tuple[bytes, Signature] | None = None
    pieces: list[bytes] = field(default_factory=list)
    figures: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)

    def heads(self, _ours):
        return {"node": "44", "registry": 1, "heads": self.told}

    def pages(self, after):
        found = []
        for name, _epoch, no in after:
            feed = f"{name.owner}/{name.resource}/{name.audience}"
            while (feed, no := no + 1) in self.given:
                found.append(self.given[feed, no])
        sizes = accumulate(map(len, found))
        fit = sum(size <= batches.MOST_BYTES for size in sizes)
        return found[: min(self.together, max(1, fit))]

    def page(self, feed, _epoch, no):
        self.asked += 1
        if (feed, no) not in self.given:
            raise PeerFailed("page_not_there", 404)
        return self.given[feed, no]

    def snapshot(self, _feed):
        if self.whole is None:
            raise PeerFailed("snapshot_not_ready", 503)
        return self.whole

    def snapshot_piece(self, _feed, _epoch, _no, piece):
        return self.pieces[piece]

    def digest(self, _feed, _epoch, _no):
        return self.figures

    def bucket(self, _feed, _epoch, _no, _bucket):
        return self.rows


@dataclass(frozen=True)
class Fed:
    """What came of it: the alarms by reason, the feed's state and place, and how often it was asked for."""

    alarms: dict[str, int]
    state: str
    no: int
    asked: int


def page_of(node: TestNode, feed: str, no: int) -> bytes:
    """A page as the node that wrote it serves it."""
    owner, resource, audience = feed.split("/")
    with node:
        page = Page.objects.get(
            feed__owner=owner, feed__resource=resource, feed__audience=audience, epoch=1, no=no
        )
        parts = (pages.FIRST_LINE, bytes(page.header), bytes(page.signature), bytes(page.packed))
    return b"\n".join(parts)


def give(node: TestNode, given: dict[tuple[str, int], bytes], told: object = ()) -> Stub:
    """The node pulls once from a peer that has these pages."""
    stub = Stub(given, list(told) if isinstance(told, tuple) else told)
    with node:
        for (feed, no), _page in given.items():
            cursor_at(feed).update(head_no=no)
        Peer.objects.filter(node="44").update(next_poll_at=now(), leased_until=None, failures=0)
        pulling.pull_from(node="44", reach=lambda _peer: stub)
    return stub


def cursor_at(feed: str):
    owner, resource, audience = feed.split("/")
    return Cursor.objects.filter(feed__owner=owner, feed__resource=resource, feed__audience=audience)


def feed_page(node: TestNode, content: bytes, feed: str = FACILITIES, no: int = 2) -> Fed:
    """What came of giving the node this as the next page of the feed."""
    stub = give(node, {(feed, no): content})
    with node:
        cursor = cursor_at(feed).get()
        alarms = dict(Alarm.objects.open().values_list("reason", "times"))
    return Fed(alarms, str(cursor.state), cursor.no, stub.asked)


def rows(node: TestNode) -> str:
    """A digest over every row that a page could change."""
    with node, connection.cursor() as cursor:
        cursor.execute(STANDING)
        return cursor.fetchone()[0]


@contextmanager
def taken_back(node: TestNode) -> Iterator[None]:
    """What the node writes meanwhile is undone."""
    with node.at_work(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def begun(nodes) -> TestNode:
    """渝 has both pages of 粤's operators and the first of its facilities and heartbeats."""
    writer, reader = nodes["44"], nodes["50"]
    give(reader, {(OPERATORS, no): page_of(writer, OPERATORS, no) for no in (1, 2)})
    for feed in (FACILITIES, HEARTBEATS):
        give(reader, {(feed, 1): page_of(writer, feed, 1)})
    return reader
