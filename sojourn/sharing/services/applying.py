"""A verified page takes effect, all of it in one transaction, each of its entries accounted for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction

from sojourn.core.clock import now, today
from sojourn.core.ids import parse_wire_id
from sojourn.core.refusals import Refusal
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Cursor, Page, SetAsideEntry
from sojourn.sharing.protocol.pages import Entry
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.verifying import Verified
from sojourn.sharing.services.blanking import settle_bodies
from sojourn.sharing.services.quarantine import open_matters
from sojourn.sharing.services.withdrawing import STILL_ASIDE, applying, drop_settled, withdraw
from sojourn.sharing.shapes import among
from sojourn.sharing.states import EntryState, FeedState

WRONG_KIND, UNKNOWN_REFERENCE, NOT_STORABLE = "wrong_kind", "unknown_reference", "not_storable"
WAITING_PARENT = "waiting_parent"


class OverQuarantineLimit(Exception):
    """More of a page would go into quarantine than the rule lets pass unseen."""


@dataclass(frozen=True)
class Aside:
    """An entry that is not applied now: why, by which fact or constraint, and for whom it waits."""

    entry: Entry
    reason: str
    detail: str = ""
    missing: UUID | None = None

    @property
    def state(self) -> EntryState:
        return EntryState.WAITING if self.missing else EntryState.HELD


@dataclass(frozen=True)
class Past:
    """What this node knows of some entities from before: which of them were withdrawn, up to where, or set aside."""

    withdrawn: dict[str, tuple[int, int]]
    set_aside: set[str]


@dataclass
class Fate:
    """What became of the entries of a page."""

    applied: list[str] = field(default_factory=list)
    superseded: int = 0
    aside: list[Aside] = field(default_factory=list)
    blanked: int = 0

    @property
    def held(self) -> int:
        return sum(each.missing is None for each in self.aside)

    @property
    def waiting(self) -> int:
        return len(self.aside) - self.held


@transaction.atomic
def apply_page(*, feed_id: int, page: Verified) -> Page | None:
    """The page has taken effect and the cursor stands behind it; None where another worker was faster, or the feed held.

    Refused where an entity is another owner's here, or the form of the bodies is unknown; OverQuarantineLimit
    where too much of it is bad and nobody let it through. Then nothing of it has happened.
    """
    cursor = Cursor.objects.locked().select_related("feed").get(pk=feed_id)
    header = page.header
    is_next = (cursor.epoch, cursor.no + 1, cursor.digest) == (header.epoch, header.no, header.previous)
    if cursor.state != FeedState.RUNNING or not is_next:
        return None
    resource = known_resource(header.resource, header.schema)
    with applying():
        fate = apply_entries(resource, header.owner, page.entries)
        if cursor.let_through_no != header.no:
            refuse_over_limit(fate.held, header.entries, header.owner)
        set_aside(cursor.feed_id, header.no, fate.aside)
        retry_children(resource, fate.applied)
    kept = _kept(cursor, page, fate)
    settle_bodies(kept, resource, page.entries)
    cursor.no, cursor.digest = header.no, page.framed.digest
    cursor.applied_at, cursor.sealed_at = kept.kept_at, header.sealed_at
    cursor.head_no = max(cursor.head_no, header.no)
    cursor.save(update_fields=["no", "digest", "applied_at", "sealed_at", "head_no"])
    return kept


def known_resource(name: str, schema: str) -> Resource:
    """The resource of the catalogue, if this form of its bodies can be read here."""
    resource = catalogue.known(name)
    if resource is None or schema != resource.schema:
        raise Refused(Reason.UNKNOWN_SCHEMA, schema)
    return resource


def apply_entries(resource: Resource, owner: str, entries: Sequence[Entry]) -> Fate:
    """Withdrawals first, then what is well formed, newer, and has its parents here; to be called while applying.

    Refused where an entity is another owner's here; the caller's transaction then takes back what was written.
    """
    live = [entry for entry in entries if not entry.is_blanked]
    gone = [entry for entry in live if entry.is_tombstone]
    fate = Fate(blanked=len(entries) - len(live))
    past = _past_of(resource, [identity(entry) for entry in live])
    fate.superseded += withdraw(resource, owner, gone)
    puts = [entry for entry in live if not entry.is_tombstone and _is_newer(entry, past.withdrawn)]
    fate.superseded += len(live) - len(gone) - len(puts)
    drop_settled(past.set_aside)
    _write_puts(resource, owner, puts, fate)
    applied = set(fate.applied)
    _refuse_other_owners(resource, owner, [i for i in map(identity, live) if i not in applied])
    return fate


def _write_puts(resource: Resource, owner: str, puts: Sequence[Entry], fate: Fate) -> None:
    fit, aside = _placed(resource, puts)
    written, bad = _written(resource, owner, fit)
    fate.aside += aside + bad
    fate.applied += written
    fate.superseded += len(fit) - len(bad) - len(written)


def identity(entry: Entry) -> str:
    """The entity's own part of its name on the wire."""
    return entry.entity.partition(":")[2]


def _refuse_other_owners(resource: Resource, owner: str, unwritten: Sequence[str]) -> None:
    """Refused where one of these entities is another owner's here; those written were this owner's, or new."""
    if not unwritten:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT FROM {resource.shape.table} WHERE id = ANY(%s::uuid[]) AND owner <> %s LIMIT 1",
            [among(unwritten), owner],
        )
        if cursor.rowcount:
            raise Refused(Reason.WRONG_OWNER, "stored under another")


def _past_of(resource: Resource, identities: Sequence[str]) -> Past:
    """What is known of these entities from before, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id::text, w.epoch, w.version, s.id IS NOT NULL FROM unnest(%s::uuid[]) AS e (id)"
            " LEFT JOIN sharing_withdrawal AS w ON w.entity = e.id AND w.resource = %s"
            " LEFT JOIN sharing_setasideentry AS s ON s.entity = e.id AND s.state = ANY(%s)"
            " WHERE w.entity IS NOT NULL OR s.id IS NOT NULL",
            [among(identities), resource.name, STILL_ASIDE],
        )
        past = Past({}, set())
        for entity, epoch, version, is_aside in cursor.fetchall():
            if epoch is not None:
                past.withdrawn[entity] = epoch, version
            if is_aside:
                past.set_aside.add(entity)
        return past


def _is_newer(entry: Entry, withdrawn: dict[str, tuple[int, int]]) -> bool:
    """Whether no withdrawal reaches this entry."""
    return not withdrawn or (entry.epoch, entry.version) > withdrawn.get(identity(entry), (0, 0))


def refuse_over_limit(held: int, entries: int, owner: str) -> None:
    """OverQuarantineLimit where so many of a page's entries, or of a piece's, are bad."""
    if held and held * 100 > entries * rule("sharing_quarantine_percent", on=today(), member=owner):
        raise OverQuarantineLimit


# --- placing ------------------------------------------------------------------------------------------
def _placed(resource: Resource, puts: Sequence[Entry]) -> tuple[list[tuple[Entry, dict]], list[Aside]]:
    """The entries that can be written, each with its row, and those that cannot, with the reason."""
    wrong = _wrong_kinds(resource, [entry.body or {} for entry in puts])
    aside = [Aside(puts[at], WRONG_KIND, name) for at, name in sorted(wrong.items())]
    fit = [(entry, resource.row(entry)) for at, entry in enumerate(puts) if at not in wrong]
    for name in resource.shape.references:
        fit = _with_known(resource, name, fit, aside)
    for name in resource.shape.parents:
        fit = _with_parents(resource, name, fit, aside)
    return fit, aside


def _wrong_kinds(resource: Resource, bodies: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Of each unsound body, by its place, the name of a fact that is missing, too many, or of another kind or form.

    Fact by fact over all of them, as nearly always all are sound.
    """
    names = resource.shape.kinds.keys()
    wrong = {at: min(body.keys() ^ names) for at, body in enumerate(bodies) if body.keys() != names}
    sound = {at: body for at, body in enumerate(bodies) if at not in wrong}
    for name, fits in _checks(resource):
        if not all(map(fits, map(itemgetter(name), sound.values()))):
            wrong |= {at: name for at, body in sound.items() if not fits(body[name])}
            sound = {at: body for at, body in sound.items() if at not in wrong}
    return wrong


def _checks(resource: Resource) -> Iterator[tuple[str, Callable[[Any], object]]]:
    """What a fact must be, the kinds of all facts before the form of any."""
    for name, kinds in resource.shape.kinds.items():
        yield name, partial(_is_of, kinds)
    if resource.addressed_by:
        yield resource.addressed_by, settings.HOSTED_PROVINCES.__contains__
    for name, form in resource.shape.forms.items():
        yield name, partial(_is_nothing_or, form)
    for name in resource.shape.parents:
        yield name, partial(_is_nothing_or, _is_wire_id)


def _is_of(kinds: frozenset[type], value: Any) -> bool:
    return type(value) in kinds


def _is_nothing_or(has_form: Callable[[Any], object], value: Any) -> bool:
    return value is None or bool(has_form(value))


def _is_wire_id(value: str) -> bool:
    try:
        return bool(parse_wire_id(value))
    except Refusal:
        return False


def _with_known(
    resource: Resource, name: str, fit: list[tuple[Entry, dict]], aside: list[Aside]
) -> list[tuple[Entry, dict]]:
    """Those of the entries whose division or member is known here; the others go aside."""
    told = {row[name] for _, row in fit} - {None}
    missing = told - _standing(resource.shape.references[name]._meta, told) if told else told
    aside += [Aside(entry, UNKNOWN_REFERENCE, name) for entry, row in fit if row[name] in missing]
    return [pair for pair in fit if pair[1][name] not in missing] if missing else fit


def _with_parents(
    resource: Resource, name: str, fit: list[tuple[Entry, dict]], aside: list[Aside]
) -> list[tuple[Entry, dict]]:
    """Those of the entries whose parent is here; the others wait for it."""
    told = {row[name] for _, row in fit} - {None}
    missing = told - _standing(resource.shape.parents[name]._meta, told) if told else told
    for entry, row in fit:
        if row[name] in missing:
            aside.append(Aside(entry, WAITING_PARENT, name, UUID(row[name])))
    return [pair for pair in fit if pair[1][name] not in missing] if missing else fit


def _standing(meta: Any, keys: Iterable[str]) -> set[str]:
    table, key = connection.ops.quote_name(meta.db_table), connection.ops.quote_name(meta.pk.column)
    kind = meta.pk.db_type(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}::text FROM {table} WHERE {key} = ANY(%s::{kind}[])", [list(keys)])
        return {found for (found,) in cursor.fetchall()}


# --- writing ------------------------------------------------------------------------------------------
def _written(
    resource: Resource, owner: str, fit: Sequence[tuple[Entry, dict]]
) -> tuple[list[str], list[Aside]]:
    """The ids of the rows that were newer, and the entries that the database does not take.

    One statement where all is well; where it is not, halves are tried, so that a bad row is alone.
    """
    if not fit:
        return [], []
    try:
        with transaction.atomic():
            rows = [row for _, row in fit]
            return resource.shape.write_rows(resource.shape.writing, owner, rows), []
    except (DataError, IntegrityError) as error:
        if len(fit) == 1:
            return [], [Aside(fit[0][0], NOT_STORABLE, constraint_of(error))]
    half = len(fit) // 2
    first, second = _written(resource, owner, fit[:half]), _written(resource, owner, fit[half:])
    return first[0] + second[0], first[1] + second[1]


def constraint_of(error: Exception) -> str:
    """Which constraint or kind of value it was, never the value."""
    said = getattr(error.__cause__, "diag", None)
    return str((said and (said.constraint_name or said.column_name or said.sqlstate)) or "unknown")


# --- setting aside ------------------------------------------------------------------------------------
def set_aside(feed_id: int, page_no: int, aside: Sequence[Aside]) -> None:
    """These entries wait with their reasons."""
    SetAsideEntry.objects.bulk_create(
        SetAsideEntry(
            feed_id=feed_id,
            page_no=page_no,
            entity=UUID(identity(each.entry)),
            epoch=each.entry.epoch,
            version=each.entry.version,
            state=each.state,
            reason=each.reason,
            detail=each.detail[:120],
            missing=each.missing,
            body=orjson.dumps(each.entry.body),
        )
        for each in aside
    )
    open_matters(feed_id, (each.reason for each in aside if each.missing is None))


def retry_children(resource: Resource, applied: Sequence[str]) -> int:
    """Entries that waited for these entities are applied, and those that waited for them in turn."""
    if not applied or not catalogue.children_of(resource.name):
        return 0
    waiting = SetAsideEntry.objects.filter(state=EntryState.WAITING)
    if not waiting.exists():  # as nearly always: a page's ids need not be sent
        return 0
    rows = waiting.locked().filter(missing__in=applied).select_related("feed")
    return sum(try_again(each) for each in rows)


def try_again(aside: SetAsideEntry) -> bool:
    """Whether an entry that was set aside could be applied now; where not, its reason is the present one.

    To be called while applying, the entry held.
    """
    resource = catalogue.known(aside.feed.resource)
    if resource is None:
        return False
    entity = f"{aside.feed.owner}:{aside.entity}"
    entry = Entry(entity, aside.epoch, aside.version, orjson.loads(bytes(aside.body)), b"")
    fate = Fate()
    past = _past_of(resource, [str(aside.entity)])
    _write_puts(resource, aside.feed.owner, [entry] if _is_newer(entry, past.withdrawn) else [], fate)
    if fate.aside:
        still = fate.aside[0]
        aside.state, aside.reason, aside.detail, aside.missing = (
            still.state,
            still.reason,
            still.detail[:120],
            still.missing,
        )
        aside.save(update_fields=["state", "reason", "detail", "missing"])
        return False
    aside.state = EntryState.APPLIED if fate.applied else EntryState.SUPERSEDED
    aside.settled_at, aside.body = now(), b""
    aside.save(update_fields=["state", "settled_at", "body"])
    retry_children(resource, fate.applied)
    return bool(fate.applied)


def _kept(cursor: Cursor, page: Verified, fate: Fate) -> Page:
    framed, header = page.framed, page.header
    entries = header.entries
    # A feed that began anew from a snapshot may meet a page once more; it is the same one, by its digest.
    told = {
        "digest": framed.digest,
        "header": framed.header_bytes,
        "signature": framed.signature.spelt(),
        "packed": framed.packed,
        "entries": entries,
        "sealed_at": header.sealed_at,
        "applied": entries - fate.superseded - len(fate.aside) - fate.blanked,
        "superseded": fate.superseded,
        "quarantined": fate.held,
        "waiting": fate.waiting,
        "blanked": fate.blanked,
    }
    row = Page(feed_id=cursor.feed_id, epoch=header.epoch, no=header.no, **told)
    (kept,) = Page.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["feed", "epoch", "no"], update_fields=list(told)
    )
    return kept
