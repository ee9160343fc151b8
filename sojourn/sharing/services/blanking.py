"""Bodies of what was withdrawn are gone from older pages too: their digests alone are left, so the chain still holds.

Only of resources whose entities are for one member: what is public may stand in an archive.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import EntryPlace, Page, Snapshot, Withdrawal
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import Entry
from sojourn.sharing.shapes import among

Place = tuple[int, int]


def settle_bodies(page: Page, resource: Resource, entries: Sequence[Entry]) -> None:
    """Where the bodies of a stored page lie is known, and those that it or another page withdrew are blanked."""
    if not resource.addressed_by:
        return
    live = [entry for entry in entries if not entry.is_blanked]
    EntryPlace.objects.bulk_create(
        [
            EntryPlace(feed_id=page.feed_id, page=page, entity=_id(entry), version=entry.version)
            for entry in live
            if not entry.is_tombstone
        ],
        ignore_conflicts=True,  # a feed that began anew may meet a page once more
    )
    gone = {_id(entry): (entry.epoch, entry.version) for entry in live if entry.is_tombstone}
    put = [_id(entry) for entry in live if not entry.is_tombstone]
    blank(page.feed_id, _withdrawn(resource, put) | gone)


def blank(feed_id: int, withdrawn: Mapping[str, Place]) -> int:
    """No page of a feed holds a body of these entities up to the versions withdrawn; how many pages that took.

    A snapshot that might hold one is made anew when somebody asks.
    """
    if not withdrawn:
        return 0
    Snapshot.objects.filter(feed_id=feed_id).delete()
    found = EntryPlace.objects.filter(feed_id=feed_id, entity__in=list(withdrawn)).select_related("page")
    places = [
        place
        for place in found.order_by("page_id")
        if (place.page.epoch, place.version) <= withdrawn[str(place.entity)]
    ]
    by_page: dict[int, set[str]] = {}
    for place in places:
        by_page.setdefault(place.page_id, set()).add(str(place.entity))
    for page in Page.objects.filter(pk__in=list(by_page)).select_for_update(of=("self",)).order_by("pk"):
        Page.objects.filter(pk=page.pk).update(packed=_without(page, by_page[page.pk]))
    EntryPlace.objects.filter(pk__in=[place.pk for place in places]).delete()
    return len(by_page)


def servable(page: Page, resource: Resource | None) -> bytes:
    """The page as it goes over the wire now: without the bodies of entities that stand no more, sealed or not."""
    if resource is None or not resource.addressed_by:
        return page.content
    held = {
        str(pk) for pk in EntryPlace.objects.filter(page=page).order_by().values_list("entity", flat=True)
    }
    gone = held - _standing(resource, held)
    packed = _without(page, gone) if gone else bytes(page.packed)
    return pages.joined(bytes(page.header), bytes(page.signature), packed)


def emptied(page: Page) -> bytes:
    """The page as it goes to whom it was for until a grant ended: what was withdrawn, and not one body."""
    lines = pages.lines_of(pages.unframed(page.content))
    told = (pages.blanked_line(line) if pages.entry_of(line).body is not None else line for line in lines)
    return pages.joined(bytes(page.header), bytes(page.signature), pages.packed(told))


def _without(page: Page, entities: set[str]) -> bytes:
    """The packed lines of a page, those of these entities blanked."""
    lines = pages.lines_of(pages.unframed(page.content))
    return pages.packed(pages.blanked_line(line) if _is_body_of(line, entities) else line for line in lines)


def _is_body_of(line: bytes, entities: set[str]) -> bool:
    entry = pages.entry_of(line)
    return not entry.is_blanked and not entry.is_tombstone and _id(entry) in entities


def _withdrawn(resource: Resource, entities: Iterable[str]) -> dict[str, Place]:
    rows = Withdrawal.objects.filter(resource=resource.name, entity__in=list(entities))
    return {
        str(entity): (epoch, version)
        for entity, epoch, version in rows.values_list("entity", "epoch", "version")
    }


def _standing(resource: Resource, entities: set[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text FROM {resource.shape.table} WHERE id = ANY(%s::uuid[])", [among(entities)]
        )
        return {found for (found,) in cursor.fetchall()}


def _id(entry: Entry) -> str:
    return entry.entity.partition(":")[2]
