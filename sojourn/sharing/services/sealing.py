"""Marked changes become numbered, signed pages; nothing else gives out numbers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any
from unicodedata import normalize

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.core.trail import record
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Feed, FeedHead, Marker, Page
from sojourn.sharing.protocol import pages, strict
from sojourn.sharing.protocol.pages import FeedName, Header
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.blanking import settle_bodies
from sojourn.sharing.services.granting import is_open
from sojourn.sharing.services.membership import vault
from sojourn.sharing.shapes import among
from sojourn.sharing.states import FEED_FLOW, GRANT_ENDED, FeedState
from sojourn.sharing.vault import LastSigned, Watermark

GONE, TOO_LARGE, UNSPELLABLE, RECOVER = "gone", "too_large", "unspellable", "recover"


@dataclass(frozen=True)
class Draft:
    """The lines of a page to be, and the markers they cover."""

    lines: list[bytes]
    packed: bytes
    markers: list[int]


def unsealed_feeds() -> list[int]:
    """The feeds that hold changes no page covers yet."""
    return list(Marker.objects.values_list("feed_id", flat=True).distinct())


def seal_feed(*, feed_id: int, at_most: int = 1000) -> int:
    """Every change that was marked in a feed when we looked is covered by a page; how many pages that took.

    Another sealer at work on the feed makes it nothing: the lock of the head decides, not the job.
    """
    sealed = 0
    try:
        while sealed < at_most and seal_page(feed_id=feed_id):
            sealed += 1
            if not Marker.objects.filter(feed_id=feed_id).exists():
                break
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        # Somebody is writing what is for one member alone: the next turn finds the change.
    return sealed


def hold_writers(resource: Resource) -> None:
    """Whoever withdraws commits before what is read next, or after the page that shows it: never in between.

    So does who ends a grant, since all that stood under it is marked anew.

    To be called in a statement of its own, before anything is read.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {resource.shape.table} IN SHARE MODE")


@transaction.atomic
def seal_page(*, feed_id: int) -> Page | None:
    """The next page of a feed stands, signed, with up to a thousand changes in the order they were marked.

    None where nothing was marked, another sealer holds the feed or the feed is being recovered. The lock is
    taken in a statement of its own, so that what is read after it is newer than the page before.
    """
    heads = FeedHead.objects.locked_or_left().select_related("feed")
    head = heads.filter(pk=feed_id, state=FeedState.RUNNING).first()
    if head is None:
        return None
    feed = head.feed
    with vault().feed(feed.feed_name) as watermark:
        last = watermark.last()
        if not is_at(head, last):
            return _take_up(head, feed.feed_name, last)
        resource = catalogue.known(feed.resource)
        if resource is not None and resource.addressed_by:
            hold_writers(resource)
        markers, rows = _unsealed(feed, resource) if resource else ([], {})
        if not markers or resource is None:
            return None
        draft = _draft(feed, head.epoch, resource, (markers, rows))
        return _stored(head, _signed(watermark, feed, head, resource, draft))


@transaction.atomic
def settle_with_vault(*, feed_id: int) -> None:
    """The feed's database is as far as its vault, or it is known that it must be recovered; nothing is sealed."""
    head = FeedHead.objects.locked_or_left().filter(pk=feed_id, state=FeedState.RUNNING).first()
    if head is not None:
        name = Feed.objects.get(pk=feed_id).feed_name
        with vault().feed(name) as watermark:
            last = watermark.last()
            if not is_at(head, last):
                _take_up(head, name, last)


def is_at(head: FeedHead, last: LastSigned | None) -> bool:
    """Whether the database and the vault agree on what was signed last; a new epoch has nothing signed yet."""
    if last is None or head.epoch > last.epoch:
        return head.no == 0
    return (last.epoch, last.no, last.digest) == (head.epoch, head.no, head.digest)


def _take_up(head: FeedHead, feed: FeedName, last: LastSigned | None) -> Page | None:
    """The page that was signed but never stored stands now; or the feed waits for its own pages to be recovered."""
    if last is not None and (last.epoch, last.no) == (head.epoch, head.no + 1):
        header = pages.header_of(last.header)
        if header.previous == head.digest and _known(last):
            return _stored(head, last)
    head.state, head.reason, head.since = FEED_FLOW.after("recover", FeedState(head.state)), "vault", now()
    head.save(update_fields=["state", "reason", "since"])
    found = f"{head.epoch}.{head.no} < {last.epoch}.{last.no}" if last else f"{head.epoch}.{head.no}, -"
    record(action="feed.recover", actor=SYSTEM, subject=head, found=found)
    raise_alarm(reason=RECOVER, subject=f"{feed.owner}/{feed.resource}/{feed.audience}", detail=found)
    return None


def _known(last: LastSigned) -> bool:
    """Whether its markers still wait for this page: a restored database may have given their ids to other changes."""
    framed = pages.unframed(last.content)
    shown = {entry.entity.partition(":")[2]: entry.version for entry in pages.entries_of(framed)}
    waiting = Marker.objects.filter(pk__in=last.markers).values_list("entity", "version")
    found = [(str(entity), version) for entity, version in waiting]
    return len(found) == len(last.markers) and all(
        entity in shown and version <= shown[entity] for entity, version in found
    )


def _signed(watermark: Watermark, feed: Feed, head: FeedHead, resource: Resource, draft: Draft) -> LastSigned:
    header = Header(
        owner=feed.owner,
        resource=feed.resource,
        audience=feed.audience,
        epoch=head.epoch,
        no=head.no + 1,
        previous=head.digest,
        schema=resource.schema,
        entries=len(draft.lines),
        plain=pages.plain_size(draft.lines),
        digest=pages.digest_over(pages.line_digest(line) for line in draft.lines),
        sealed_at=now().replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    )
    key = watermark.vault.key_names(feed.owner)[-1]
    return watermark.sign(header, draft.packed, key=key, markers=draft.markers)


def _stored(head: FeedHead, signed: LastSigned) -> Page:
    header = pages.header_of(signed.header)
    page = Page.objects.create(
        feed_id=head.pk,
        epoch=signed.epoch,
        no=signed.no,
        digest=signed.digest,
        header=signed.header,
        signature=signed.signature,
        packed=signed.packed,
        entries=header.entries,
        sealed_at=header.sealed_at,
    )
    _drop_markers(signed.markers)
    resource = catalogue.known(header.resource)
    if resource is not None and resource.addressed_by:
        settle_bodies(page, resource, pages.entries_of(pages.unframed(signed.content)))
    head.no, head.digest, head.sealed_at = signed.no, signed.digest, page.sealed_at
    head.save(update_fields=["no", "digest", "sealed_at"])
    return page


def _drop_markers(markers: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sharing_marker WHERE id = ANY(%s::bigint[])", [among(map(str, markers))])


# --- entries ------------------------------------------------------------------------------------------
Rows = dict[str, tuple[int, dict | None]]
Marked = tuple[list[tuple[int, str, int]], Rows]


def _unsealed(feed: Feed, resource: Resource) -> Marked:
    """The next markers of a feed in the order of their numbers, and version and body of what they mark.

    There is no body where no grant lets it be told.
    """
    names, told = resource.shape.names, is_open(feed.feed_name)
    found = resource.shape.read_rows(resource.shape.marked, [feed.pk, pages.MOST_ENTRIES])
    rows: Rows = {
        row[3]: (row[4], dict(zip(names, row[5:], strict=True)) if told else None) for row in found if row[3]
    }
    return [row[:3] for row in found], rows


def _draft(feed: Feed, epoch: int, resource: Resource, marked: Marked) -> Draft:
    """The lines for these markers: one an entity, as it stands now, as many as a page may hold."""
    markers, rows = marked
    markers = [*markers, *_overtaken(feed, markers, rows)]
    newest = {entity: version for _id, entity, version in markers}
    salts = os.urandom(16 * len(newest)).hex()
    lines, plain = {}, 0
    for at, (entity, version) in enumerate(newest.items()):
        name, salt = f"{feed.owner}:{entity}", salts[32 * at : 32 * at + 32]
        try:
            line = line_of(rows.get(entity), name, epoch, version, salt)
            fault = TOO_LARGE if len(line) > pages.MOST_ENTRY_BYTES else ""
        except strict.Unspellable:
            fault = UNSPELLABLE
        if fault:
            raise_alarm(reason=fault, subject=str(feed), detail=entity)
            line = pages.tombstone_line(
                entity=name, epoch=epoch, version=rows[entity][0], reason=fault, salt=salt
            )
        plain += len(line) + 1
        if plain > pages.MOST_PLAIN_BYTES:
            break
        lines[entity] = line
    packed = pages.packed(lines.values())
    while len(packed) > pages.MOST_PACKED_BYTES:
        lines = dict(islice(lines.items(), len(lines) // 2))
        packed = pages.packed(lines.values())
    covered = [marker for marker, entity, _version in markers if entity in lines]
    return Draft(list(lines.values()), packed, covered)


def _overtaken(feed: Feed, markers: Sequence[tuple], rows: Rows) -> list[tuple]:
    """The markers further on whose changes this page shows already, because it shows how the entities stand now.

    Left to a later page, they would show the same version again.
    """
    newest = {entity: version for _id, entity, version in markers}
    moved = [e for e, version in newest.items() if e not in rows or rows[e][0] > version]
    if not moved:
        return []
    known = {marker for marker, _entity, _version in markers}
    further = Marker.objects.filter(feed_id=feed.pk, entity__in=moved).order_by("id")
    return [
        (marker, str(entity), version)
        for marker, entity, version in further.values_list("id", "entity", "version")
        if marker not in known and (str(entity) not in rows or version <= rows[str(entity)][0])
    ]


def line_of(row: tuple[int, dict | None] | None, name: str, epoch: int, version: int, salt: str) -> bytes:
    """The line of an entity that stands so, is told no more or stands no more.

    Unspellable where no follower could read it.
    """
    if row is None:
        return pages.tombstone_line(entity=name, epoch=epoch, version=version, reason=GONE, salt=salt)
    version, body = row
    if body is None:
        return pages.tombstone_line(entity=name, epoch=epoch, version=version, reason=GRANT_ENDED, salt=salt)
    put = partial(pages.put_line, entity=name, epoch=epoch, version=version, salt=salt)
    try:
        return put(body=body)
    except strict.Unspellable:
        return put(body=composed(body))


def rows_of(resource: Resource, entities: list[str]) -> dict[str, tuple[int, dict]]:
    """Version and body of each of these entities that stands, read in one statement."""
    names, found = resource.shape.names, resource.shape.read_rows(resource.shape.reading, [among(entities)])
    return {row[0]: (row[1], dict(zip(names, row[2:], strict=True))) for row in found}


def rows_between(resource: Resource, feed: FeedName, after: str, at_most: int) -> dict[str, tuple[int, dict]]:
    """Version and body of a feed's next entities in the order of their ids."""
    shape = resource.shape
    names = shape.names
    found = shape.read_rows(shape.walking, [*shape.of_feed(feed.owner, feed.audience), after, at_most])
    return {row[0]: (row[1], dict(zip(names, row[2:], strict=True))) for row in found}


def composed(value: Any) -> Any:
    """The same value with its words in Unicode's form C."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, dict):
        return {key: composed(part) for key, part in value.items()}
    return [composed(part) for part in value] if isinstance(value, list) else value
