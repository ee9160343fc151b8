"""feed_fsck: whether every page, row, marker and watermark of this node agrees with every other."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection

from sojourn.core.trail import entries_about
from sojourn.sharing import catalogue
from sojourn.sharing.models import Cursor, Feed, FeedHead, Marker, Page, SetAsideEntry
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.verifying import Place, verified
from sojourn.sharing.services.membership import live_registry, vault
from sojourn.sharing.services.sealing import is_at
from sojourn.sharing.states import UNSETTLED_ENTRIES, FeedState


@dataclass(frozen=True)
class Fault:
    """Something that should not be: in which feed, what, and where."""

    feed: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.feed, self.what, self.where) if part)


def faults(*, feed_id: int | None = None) -> Iterator[Fault]:
    """Everything wrong with the feeds of this node, or with one of them; nothing where all is well."""
    registry = live_registry()
    feeds = Feed.objects.order_by("pk") if feed_id is None else Feed.objects.filter(pk=feed_id)
    for feed in feeds:
        yield from _own_faults(feed, registry) if feed.is_own else _followed_faults(feed, registry)


def _own_faults(feed: Feed, registry: Registry) -> Iterator[Fault]:
    head = FeedHead.objects.get(pk=feed.pk)
    with vault().feed(feed.feed_name) as watermark:
        if not is_at(head, watermark.last()) and head.state == FeedState.RUNNING:
            yield Fault(str(feed), "head and vault differ", f"{head.epoch}.{head.no}")
    newest: dict[str, int] = {}
    if head.no:
        yield from _chain_faults(
            feed, registry, Place(feed.feed_name, head.epoch, head.no, head.digest), newest
        )
    yield from _unknown_pages(feed, head)
    if newest:
        yield from _uncovered_rows(feed, head, newest)


def _chain_faults(
    feed: Feed, registry: Registry, end: Place, newest: dict[str, int], anew: Collection[int] = ()
) -> Iterator[Fault]:
    """Every kept page of the present epoch verifies behind the one before it, up to the end; versions rise.

    The pages ``anew`` follow a snapshot: what stood in those between was never sent, and versions count from there.
    """
    place: Place | None = None
    for page in Page.objects.filter(feed=feed, epoch=end.epoch, no__lte=end.no).order_by("no").iterator(50):
        header = pages.header_of(bytes(page.header))
        if page.no in anew:
            newest.clear()
        if place is None or (page.no in anew and page.no > place.no + 1):
            place = Place(feed.feed_name, page.epoch, page.no - 1, header.previous)
            if page.no == 1 and header.previous != pages.FIRST:
                yield Fault(str(feed), "first page has a page before it")
        try:
            found = verified(page.content, after=place, registry=registry)
        except Refused as refusal:
            yield Fault(str(feed), str(refusal.reason), f"{page.epoch}.{page.no}")
            return
        place = found.place
        for entry in found.entries:
            if not entry.is_blanked:
                identity = entry.entity.partition(":")[2]
                if entry.version <= newest.get(identity, 0):
                    yield Fault(str(feed), "version does not rise", f"{page.epoch}.{page.no} {identity}")
                newest[identity] = entry.version
    stands = place or Place(feed.feed_name, end.epoch, 0, pages.FIRST)
    if place is not None and (stands.no, stands.digest) != (end.no, end.digest):
        yield Fault(str(feed), "chain ends elsewhere", f"{stands.no} instead of {end.no}")


def _unknown_pages(feed: Feed, head: FeedHead) -> Iterator[Fault]:
    beyond = Page.objects.filter(feed=feed, epoch=head.epoch, no__gt=head.no).count()
    if beyond:
        yield Fault(str(feed), "pages beyond the head", str(beyond))


def _uncovered_rows(feed: Feed, head: FeedHead, newest: dict[str, int]) -> Iterator[Fault]:
    """Every row's version is in one of the pages, or a marker says that it will be (I1).

    Once the first pages are past their time, a row that no kept page names may stand in one of those.
    """
    is_whole = Page.objects.at(head.epoch, 1).filter(feed=feed).exists()
    marked = {
        str(entity): version
        for entity, version in Marker.objects.filter(feed=feed)
        .order_by("id")
        .values_list("entity", "version")
    }
    for identity, version in _versions(feed):
        covered = max(newest.get(identity, 0), marked.get(identity, 0))
        if covered < version and (covered or is_whole):
            yield Fault(str(feed), "change is not covered", f"{identity} {version}")


def _followed_faults(feed: Feed, registry: Registry) -> Iterator[Fault]:
    cursor = Cursor.objects.get(pk=feed.pk)
    newest: dict[str, int] = {}
    end = Place(feed.feed_name, cursor.epoch, cursor.no, cursor.digest)
    if Page.objects.filter(feed=feed, epoch=cursor.epoch, no=cursor.no).exists():
        yield from _chain_faults(feed, registry, end, newest, _first_behind_snapshots(cursor))
    if newest:
        yield from _unlike_their_pages(feed, newest)


def _unlike_their_pages(feed: Feed, newest: dict[str, int]) -> Iterator[Fault]:
    """Every copy has the version of its newest page, unless its entry was set aside."""
    aside = {
        str(entity)
        for entity in SetAsideEntry.objects.filter(feed=feed, state__in=UNSETTLED_ENTRIES).values_list(
            "entity", flat=True
        )
    }
    for identity, version in _versions(feed):
        told = newest.get(identity)
        if told is not None and told != version and identity not in aside:
            yield Fault(str(feed), "copy has another version than its page", f"{identity} {version}/{told}")


def _first_behind_snapshots(cursor: Cursor) -> set[int]:
    """The numbers of the pages that come behind the snapshots taken over in this epoch."""
    taken = entries_about(cursor).filter(action="feed.rebootstrapped", facts__epoch=cursor.epoch)
    return {no + 1 for no in taken.values_list("facts__no", flat=True)}


def _versions(feed: Feed) -> Iterator[tuple[str, int]]:
    resource = catalogue.known(feed.resource)
    if resource is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text, version FROM {resource.shape.table} WHERE {resource.shape.whose()}",
            resource.shape.of_feed(feed.owner, feed.audience),
        )
        yield from cursor.fetchall()
