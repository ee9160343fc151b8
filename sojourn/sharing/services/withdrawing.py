"""What an owner withdraws is gone here, whatever state the feed is in, and does not come back."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import orjson
from django.db import IntegrityError, connection, transaction

from sojourn.core.ownership import APPLYING
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Cursor
from sojourn.sharing.protocol.pages import Entry
from sojourn.sharing.protocol.verifying import Verified
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.blanking import blank
from sojourn.sharing.shapes import among
from sojourn.sharing.states import UNSETTLED_ENTRIES, EntryState

IN_USE = "withdrawal_in_use"
STILL_ASIDE = [*map(str, UNSETTLED_ENTRIES), str(EntryState.DISMISSED)]
_NOTE = """
    INSERT INTO sharing_withdrawal AS w (resource, entity, owner, epoch, version, reason, at)
    SELECT %s, r.id, %s, r.epoch, r.version, r.reason, clock_timestamp()
    FROM json_to_recordset(%s::json) AS r (id uuid, epoch bigint, version bigint, reason varchar(40))
    ON CONFLICT (resource, entity) DO UPDATE
    SET epoch = excluded.epoch, version = excluded.version, reason = excluded.reason, at = excluded.at
    WHERE (w.epoch, w.version) < (excluded.epoch, excluded.version)
    RETURNING w.entity
"""


def withdraw(resource: Resource, owner: str, tombstones: Sequence[Entry]) -> int:
    """These entities are gone here, up to the versions named; how many were withdrawn before already.

    To be called while applying. A row that is still needed by a fact of this node's own stays, and an alarm says
    so: a copy may not take away what this node answers for.
    """
    if not tombstones:
        return 0
    told = [
        {
            "id": entry.entity.partition(":")[2],
            "epoch": entry.epoch,
            "version": entry.version,
            "reason": entry.reason,
        }
        for entry in tombstones
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [resource.name, owner, orjson.dumps(told).decode()])
        fresh = [str(entity) for (entity,) in cursor.fetchall()]
    erase(resource, owner, fresh)
    return len(tombstones) - len(fresh)


def drop_settled(entities: Collection[str]) -> None:
    """What was set aside of these entities is past: something newer is known of them."""
    if not entities:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sharing_setasideentry SET state = %s, settled_at = clock_timestamp(), body = ''"
            " WHERE entity = ANY(%s::uuid[]) AND state = ANY(%s)",
            [EntryState.SUPERSEDED, among(entities), STILL_ASIDE],
        )


@transaction.atomic
def take_withdrawals(*, feed_id: int, page: Verified) -> bool:
    """What a page of a held feed withdraws is gone here, and it is known that we looked so far.

    False where another worker was faster. The rest of the page waits until the feed goes on.
    """
    cursor = Cursor.objects.locked().select_related("feed").get(pk=feed_id)
    place, header = cursor.withdrawn_place, page.header
    if (place.epoch, place.no + 1, place.digest) != (header.epoch, header.no, header.previous):
        return False
    resource = catalogue.known(header.resource)
    if resource is not None:
        gone = {
            entry.entity.partition(":")[2]: (entry.epoch, entry.version)
            for entry in page.entries
            if entry.is_tombstone
        }
        with applying():
            withdraw(resource, header.owner, [entry for entry in page.entries if entry.is_tombstone])
            drop_settled(gone)
        if resource.addressed_by:
            blank(feed_id, gone)
    cursor.withdrawn_no, cursor.withdrawn_digest = header.no, page.framed.digest
    cursor.save(update_fields=["withdrawn_no", "withdrawn_digest"])
    return True


@contextmanager
def applying() -> Iterator[None]:
    """Rows of other owners may be written, and are neither marked nor kept as history; every promise holds at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true); SET CONSTRAINTS ALL IMMEDIATE", [APPLYING])
        yield
        cursor.execute("SELECT set_config(%s, 'off', true)", [APPLYING])


def erase(resource: Resource, owner: str, identities: Sequence[str]) -> None:
    """These rows of an owner are gone, but for those that a fact of this node's own still needs."""
    for identity in identities:
        try:
            with transaction.atomic():
                _delete(resource, [identity], owner)
        except IntegrityError:
            raise_alarm(reason=IN_USE, subject=f"{owner}/{resource.name}", detail=identity)


def erase_withdrawn() -> None:
    """Copies that were still needed when their owner withdrew them are gone, if nothing needs them now."""
    for resource in reversed(list(catalogue.resources())):  # what belongs to others goes before them
        for owner in sorted({owner for owner, _ in _standing_though_withdrawn(resource)}):
            _erase_again(resource, owner)


@transaction.atomic
def _erase_again(resource: Resource, owner: str) -> None:
    # No page of the feed is applied meanwhile: what we find withdrawn does not come back while we look.
    list(Cursor.objects.locked().filter(feed__owner=owner, feed__resource=resource.name))
    with applying():
        erase(resource, owner, [found for of, found in _standing_though_withdrawn(resource) if of == owner])
    if not any(of == owner for of, _ in _standing_though_withdrawn(resource)):
        close_alarms(subject=f"{owner}/{resource.name}", reasons=(IN_USE,))


def _standing_though_withdrawn(resource: Resource) -> list[tuple[str, str]]:
    """Owner and id of each copy that stands although its owner withdrew it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.owner, t.id::text FROM {resource.shape.table} AS t"
            " JOIN sharing_withdrawal AS w ON w.resource = %s AND w.entity = t.id AND w.owner = t.owner"
            " WHERE (t.epoch, t.version) <= (w.epoch, w.version) ORDER BY t.id",
            [resource.name],
        )
        return cursor.fetchall()


def _delete(resource: Resource, identities: list[str], owner: str) -> None:
    """The copies are gone, and before them the copies that belong to them."""
    if not identities:
        return
    for child in catalogue.children_of(resource.name):
        for fact in child.shape.facts:
            if fact.parent is resource.model:
                _delete(child, _copies(child, fact.column, identities, owner), owner)
    with connection.cursor() as cursor:
        for part in resource.shape.parts:
            cursor.execute(f"DELETE FROM {part.table} WHERE {part.whole} = ANY(%s::uuid[])", [identities])
        cursor.execute(
            f"DELETE FROM {resource.shape.table} WHERE id = ANY(%s::uuid[]) AND owner = %s",
            [identities, owner],
        )


def _copies(child: Resource, column: str, identities: list[str], owner: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text FROM {child.shape.table}"
            f" WHERE {connection.ops.quote_name(column)} = ANY(%s::uuid[]) AND owner = %s",
            [identities, owner],
        )
        return [found for (found,) in cursor.fetchall()]
