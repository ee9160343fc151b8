"""What must hold when the faults are over (feeds.md, invariants), judged from the databases, the vaults and the record."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import Entry, FeedName, Framed
from sojourn.sharing.vault import Vault
from tests.sharing.modelling.bodies import says_the_same
from tests.sharing.modelling.recording import READING, Change, Name, Version, rows_at
from tests.sharing.modelling.world import World

if TYPE_CHECKING:
    from tests.sharing.modelling.story import Story

PAGES = """
    SELECT f.owner, f.resource, f.audience, p.epoch, p.no, p.digest, p.header, p.signature, p.packed,
        p.entries, p.applied, p.superseded, p.quarantined, p.waiting, p.blanked
    FROM sharing_page AS p JOIN sharing_feed AS f ON f.id = p.feed_id
"""
HEADS = """
    SELECT f.owner, f.resource, f.audience, h.epoch, h.no, h.digest, h.state
    FROM sharing_feedhead AS h JOIN sharing_feed AS f ON f.id = h.feed_id
"""
CURSORS = """
    SELECT f.owner, f.resource, f.audience, c.epoch, c.no, c.digest, c.state
    FROM sharing_cursor AS c JOIN sharing_feed AS f ON f.id = c.feed_id
"""
UNSETTLED = "SELECT reason, detail FROM sharing_setasideentry WHERE settled_at IS NULL"
NEVER = ("two_histories", "own_pages_lost", "wrong_owner")


@dataclass(frozen=True)
class KeptPage:
    """A page as it lies in a database, and what the follower counted."""

    feed: FeedName
    at: Version
    digest: str
    header: bytes
    signature: bytes
    packed: bytes
    entries: int
    counted: tuple[int | None, ...]

    @property
    def framed(self) -> Framed:
        whole = b"\n".join((pages.FIRST_LINE, self.header, self.signature, self.packed))
        return pages.unframed(whole)


@dataclass
class Book:
    """One feed as its owner keeps it: the pages in order, their entries, and who was shown where."""

    feed: FeedName
    pages: list[KeptPage]
    shown: dict[str, list[tuple[Version, Entry]]]

    def cover(self, change: Change) -> Version | None:
        """The first page that shows the entity in this version or a later one."""
        found = self.shown.get(change.entity, ())
        return next((at for at, entry in found if (entry.epoch, entry.version) >= change.at), None)


def broken(story: "Story") -> list[str]:
    """Every promise that does not hold now, in words."""
    books = {book.feed: book for name in story.world.nodes for book in _books(story, name)}
    return [
        *_chains(story, books),
        *_coverage(story, books),
        *_states(story, books),
        *_order(story, books),
        *_one_header(story, books),
        *_accounts(story),
        *_equal(story),
        *_rest(story),
    ]


def kept_pages(world: World, name: str) -> list[KeptPage]:
    return [
        KeptPage(FeedName(*row[:3]), row[3:5], row[5], row[6], row[7], row[8], row[9], row[10:])
        for row in world.rows(name, PAGES + " ORDER BY f.id, p.epoch, p.no")
    ]


def _books(story: "Story", name: str) -> Iterator[Book]:
    members = story.world.nodes[name].members
    own: dict[FeedName, list[KeptPage]] = defaultdict(list)
    for page in kept_pages(story.world, name):
        if page.feed.owner in members:
            own[page.feed].append(page)
    for feed, kept in own.items():
        shown: dict[str, list[tuple[Version, Entry]]] = defaultdict(list)
        for page in kept:
            for entry in pages.entries_of(page.framed):
                shown[entry.entity.partition(":")[2]].append((page.at, entry))
        yield Book(feed, kept, shown)


def _chains(story: "Story", books: dict[FeedName, Book]) -> Iterator[str]:
    """I5: numbered without gaps, each naming the one before, the head at the end, the vault at the head."""
    for book in books.values():
        previous = pages.FIRST
        for no, page in enumerate(book.pages, 1):
            header = page.framed.header
            if page.at != (1, no) or (header.epoch, header.no) != page.at:
                yield f"I5 {book.feed}: page {page.at} where {no} should be"
            if header.previous != previous or pages.digest_of(page.header) != page.digest:
                yield f"I5 {book.feed}: the chain breaks at {page.at}"
            previous = page.digest
    for name, node in story.world.nodes.items():
        for *feed, epoch, no, digest, state in story.world.rows(name, HEADS):
            kept = books.get(FeedName(*feed))
            last = kept.pages[-1] if kept else None
            if (epoch, no, digest) != ((*last.at, last.digest) if last else (1, 0, pages.FIRST)):
                yield f"I5 {feed}: the head is at {epoch}.{no}, the last page is not"
            if state != "running":
                yield f"I5 {feed}: still {state}"
            with Vault(node.vault).feed(FeedName(*feed)) as watermark:
                signed = watermark.last()
            if signed is not None and (signed.epoch, signed.no, signed.digest) != (epoch, no, digest):
                yield f"I6 {feed}: the vault signed {signed.no}, the head is at {no}"


def _coverage(story: "Story", books: dict[FeedName, Book]) -> Iterator[str]:
    """I1: every committed change is in a sealed entry of that version or later, the last state in the last one."""
    lost = set(map(id, story.lost))
    for change in story.record.changes:
        book = _book_of(books, change)
        if id(change) not in lost and (book is None or book.cover(change) is None):
            yield f"I1 {change.name} {change.at} is in no page"
    for name in story.world.nodes:
        for key, row in story.record.standing[name].items():
            book = next(
                (b for b in books.values() if (b.feed.owner, b.feed.resource) == (row.owner, key[0])), None
            )
            last = book.shown.get(key[1], [None])[-1] if book else None
            if last is None or last[1].is_tombstone or (last[1].epoch, last[1].version) != row.at:
                yield f"I1 {key} stands at {row.at}, its last entry is {last and last[1]}"


def _book_of(books: dict[FeedName, Book], change: Change) -> Book | None:
    return books.get(FeedName(change.owner, change.resource, "all"))


def _states(story: "Story", books: dict[FeedName, Book]) -> Iterator[str]:
    """I2: no entry shows what was never committed; I3: versions rise."""
    known: dict[tuple[Name, Version], list] = defaultdict(list)
    for change in story.record.changes:
        known[change.name, change.at].append(change.body)
    for book in books.values():
        if book.feed.resource not in READING:
            continue
        for entity, shown in book.shown.items():
            before = (0, 0)
            for at, entry in shown:
                version = (entry.epoch, entry.version)
                bodies = known[(book.feed.resource, entity), version]
                if not any(says_the_same(entry.body, body) for body in bodies):
                    yield f"I2 {book.feed} {at} shows {entity} {version}, which was never so"
                if version <= before:
                    yield f"I3 {book.feed} {at} shows {entity} {version} after {before}"
                before = version


def _order(story: "Story", books: dict[FeedName, Book]) -> Iterator[str]:
    """I4: a change that began after another's commit is not shown before it.

    A page shows how an entity stands when it is sealed. Where it was changed again since the change that this page
    covers, the newer state is shown early; such a state is left out here.
    """
    lost = set(map(id, story.lost))
    for book in books.values():
        covers = [
            (change, cover)
            for change in story.record.changes
            if id(change) not in lost and _book_of(books, change) is book and (cover := book.cover(change))
        ]
        first = set()
        for later, shown in covers:
            early = (later.entity, shown) in first
            first.add((later.entity, shown))
            for earlier, cover in covers if not early else ():
                if earlier.committed < later.began and cover > shown:
                    yield f"I4 {book.feed}: {later.name} {later.at} before {earlier.name} {earlier.at}"


def _one_header(story: "Story", books: dict[FeedName, Book]) -> Iterator[str]:
    """I6: one header a number, at every node and on every wire."""
    headers = defaultdict(set, {key: set(digests) for key, digests in story.wires.headers.items()})
    for name in story.world.nodes:
        for page in kept_pages(story.world, name):
            headers[page.feed, *page.at].add(page.digest)
    for key, digests in headers.items():
        if len(digests) > 1:
            yield f"I6 {key} has {len(digests)} headers"


def _accounts(story: "Story") -> Iterator[str]:
    """I15: each entry of a followed page is accounted for."""
    for name, node in story.world.nodes.items():
        for page in kept_pages(story.world, name):
            if (
                page.feed.owner not in node.members
                and sum(count or 0 for count in page.counted) != page.entries
            ):
                yield f"I15 {name} {page.feed} {page.at}: {page.counted} of {page.entries}"


def _equal(story: "Story") -> Iterator[str]:
    """I11, I16: every node holds what the owner holds, and nothing else."""
    owned = {
        key: row
        for name, node in story.world.nodes.items()
        for key, row in rows_at(story.world, name).items()
        if row.owner in node.members
    }
    for name in story.world.nodes:
        held = rows_at(story.world, name)
        for key in owned.keys() | held.keys():
            if owned.get(key) != held.get(key):
                yield f"I16 {name} holds {key} as {_told(held.get(key))}, its owner as {_told(owned.get(key))}"


def _told(row) -> str:
    return f"{row.owner} {row.at} {row.body}" if row else "gone"


def _rest(story: "Story") -> Iterator[str]:
    """Nothing waits, nothing is stopped, and nobody saw two histories."""
    for name in story.world.nodes:
        for *feed, epoch, no, _digest, state in story.world.rows(name, CURSORS):
            if state != "running":
                yield f"I16 {name} {feed} at {epoch}.{no} is {state}"
        for reason, detail in story.world.rows(name, UNSETTLED):
            yield f"I16 {name}: an entry is still set aside, {reason} {detail}"
        for reason, subject, detail in story.world.rows(
            name, "SELECT reason, subject, detail FROM sharing_alarm"
        ):
            if reason in NEVER:
                yield f"I6 {name}: alarm {reason} about {subject} {detail}"
