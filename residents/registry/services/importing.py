"""Spreadsheets: checked, confirmed, given up and undone; the rows themselves follow in steps."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from residents.registry import imports, policy
from residents.registry.errors import NoSuchImport, NothingToImport, NotYourImport
from residents.registry.imports import ImportKind, Read
from residents.registry.models import ImportBatch, ImportRow
from residents.registry.states import IMPORT_FLOW, ImportRowState, ImportStatus
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.announce import after_commit
from sojourn.core.ciphers import encrypted
from sojourn.core.clock import now, today
from sojourn.core.copying import copy_in
from sojourn.core.keyring import Key, keyring
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.provinces.models import Division
from sojourn.provinces.rules import rule

ROWS, MEGABYTES, UNPACKED = (
    "resident_import_rows",
    "resident_import_megabytes",
    "resident_import_unpacked_megabytes",
)
DAYS = "resident_import_days"
AS_TEXT = json.JSONEncoder(ensure_ascii=False, default=str)
COPIED = ("batch_id", "number", "state", "sealed", "reasons", "resident_id")


def import_limits(actor: Actor) -> dict[str, int]:
    """How many rows and megabytes this actor's spreadsheet may have, as sent and as unpacked."""
    member = member_of(actor.common_reach)
    keys = {"rows": ROWS, "megabytes": MEGABYTES, "unpacked_megabytes": UNPACKED}
    return {name: rule(key, on=today(), member=member) for name, key in keys.items()}


@transaction.atomic
def check_import(
    *, kind: str, headings: Sequence[str], rows: Iterable[tuple[int, Sequence]], actor: Actor
) -> ImportBatch:
    """A spreadsheet of a kind stands checked row by row; nothing is written by it before it is confirmed.

    ``rows`` are cells by the number of their row in the file. What good rows say is kept under their province's key,
    of bad ones the reasons alone. HeadingsWrong where the columns are not those of the template.
    """
    _permit(policy.can_import(actor), actor)
    said = imports.named(kind)
    read = said.read(rows, said.columns_of(headings), actor)
    batch = ImportBatch.objects.create(
        kind=said.code,
        division_code=actor.common_reach,
        uploaded_by=actor.user_id,
        uploaded_at=now(),
        rows_read=len(read),
        rows_bad=sum(bool(row.reasons) for row in read),
    )
    rows_to_keep = list(
        _stored(batch, said, read, actor)
    )  # it asks the database, which takes nothing but rows while it copies
    copy_in(ImportRow, COPIED, rows_to_keep)
    record(action="import.checked", actor=actor, subject=batch, rows=batch.rows_read, bad=batch.rows_bad)
    return batch


@transaction.atomic
def confirm_import(*, batch_id: UUID, actor: Actor) -> ImportBatch:
    """The good rows of a spreadsheet are being written, in the name of this officer."""
    batch = _held(batch_id, actor)
    batch.status = IMPORT_FLOW.after("confirm", ImportStatus(batch.status))
    if not batch.rows.filter(state=ImportRowState.GOOD).exists():
        raise NothingToImport
    batch.confirmed_by, batch.reach = actor.user_id, list(actor.divisions)
    batch.save(update_fields=["status", "confirmed_by", "reach"])
    record(action="import.confirmed", actor=actor, subject=batch)
    after_commit("residents.registry.tasks.apply_import", str(batch.pk))
    return batch


@transaction.atomic
def discard_import(*, batch_id: UUID, actor: Actor) -> ImportBatch:
    """A spreadsheet is given up: what its rows said of people is gone, which were wrong and why is left."""
    return _end(_held(batch_id, actor), "discard", actor)


@transaction.atomic
def undo_import(*, batch_id: UUID, actor: Actor) -> ImportBatch:
    """What a spreadsheet wrote is being taken back, but for that which changed since."""
    batch = _held(batch_id, actor)
    batch.status = IMPORT_FLOW.after("undo", ImportStatus(batch.status))
    batch.finished_at = None
    batch.save(update_fields=["status", "finished_at"])
    record(action="import.undo_begun", actor=actor, subject=batch)
    after_commit("residents.registry.tasks.undo_import", str(batch.pk))
    return batch


@transaction.atomic
def lapse_imports() -> int:
    """Spreadsheets that nobody confirmed within the rule's days are given up; how many were."""
    day = today()
    waiting = ImportBatch.objects.locked().filter(status=ImportStatus.CHECKED)
    late = [batch for batch in waiting if batch.uploaded_at < now() - _kept_for(batch, day)]
    for batch in late:
        _end(batch, "lapse", SYSTEM)
    return len(late)


def unfinished_imports() -> dict[ImportStatus, list[UUID]]:
    """The spreadsheets of which rows are still to be written or taken back."""
    ids: dict[ImportStatus, list[UUID]] = {ImportStatus.APPLYING: [], ImportStatus.UNDOING: []}
    open_ones = ImportBatch.objects.filter(status__in=ids).order_by("pk")
    for pk, status in open_ones.values_list("pk", "status"):
        ids[ImportStatus(status)].append(pk)
    return ids


def member_of(prefix: str) -> str | None:
    """The member in which a reach lies; None for the whole node."""
    return f"{prefix[:2]}0000" if prefix else None


def place_of(batch_id: UUID, number: int) -> str:
    """Where the content of a row stands, as the cipher binds it (sojourn.core.ciphers)."""
    return f"registry_importrow.sealed.{batch_id}.{number}"


def _permit(allowed: bool, actor: Actor) -> None:
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    if not allowed:
        raise NotYourImport


def _held(batch_id: UUID, actor: Actor) -> ImportBatch:
    batch = ImportBatch.objects.visible_to(actor).locked().filter(pk=batch_id).first()
    if batch is None:
        raise NoSuchImport
    _permit(policy.can_decide_import(actor, batch), actor)
    return batch


def _end(batch: ImportBatch, verb: str, actor: Actor) -> ImportBatch:
    batch.status = IMPORT_FLOW.after(verb, ImportStatus(batch.status))
    batch.finished_at = now()
    batch.save(update_fields=["status", "finished_at"])
    batch.rows.filter(state=ImportRowState.GOOD).delete()
    record(action=f"import.{batch.status}", actor=actor, subject=batch)
    return batch


def _kept_for(batch: ImportBatch, day: date) -> timedelta:
    return timedelta(days=rule(DAYS, on=day, member=member_of(batch.division_code)))


def _stored(batch: ImportBatch, kind: ImportKind, read: Sequence[Read], actor: Actor) -> Iterator[tuple]:
    """One line for each row of the sheet as the table holds it."""
    good = [row for row in read if not row.reasons]
    standing = kind.known([row.facts for row in good], actor)
    known = {row.number: found for row, found in zip(good, standing, strict=True) if found is not None}
    keys = _keys_of({row.home for row in good if row.home})
    for row in read:
        state, sealed, resident = ImportRowState.BAD, None, None
        if row.number in known:
            state, resident = ImportRowState.KNOWN, known[row.number].resident
        elif not row.reasons:
            state = ImportRowState.GOOD
            content = AS_TEXT.encode({"home": row.home, "facts": row.facts})
            sealed = encrypted(content, key=keys[row.home], of=place_of(batch.pk, row.number))
        reasons = AS_TEXT.encode([reason.as_stored() for reason in row.reasons])
        yield batch.pk, row.number, str(state), sealed, reasons, resident


def _keys_of(homes: set[str]) -> dict[str | None, Key]:
    """The newest key of each home's province."""
    provinces = dict(Division.objects.filter(pk__in=homes).values_list("code", "province_code"))
    newest = {province: keyring().newest(province) for province in set(provinces.values())}
    return {home: newest[province] for home, province in provinces.items()}
