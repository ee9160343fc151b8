"""The rows of a confirmed spreadsheet are written, and those of one undone taken back, a few hundred at a time.

A step is one transaction that holds its batch: what was done in it stands, what was not is found by the next. So a
killed job loses nothing and doubles nothing, and two jobs take turns.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from django.db import connection, transaction

from residents.registry import imports
from residents.registry.imports import Content, ImportKind, Reason
from residents.registry.models import ImportBatch, ImportRow
from residents.registry.services.importing import place_of
from residents.registry.states import IMPORT_FLOW, ImportRowState, ImportStatus
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.ciphers import decrypted, key_name_of
from sojourn.core.clock import now
from sojourn.core.keyring import keyring
from sojourn.core.refusals import Refusal
from sojourn.core.trail import record

AT_ONCE = 1_000
WRITTEN = """
UPDATE registry_importrow AS line SET state = 'registered', sealed = NULL, resident_id = new.resident,
    made = new.made, registered_version = 1
FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[]) AS new (line, resident, made) WHERE line.id = new.line
"""


@dataclass(frozen=True)
class _Opened:
    """A row that waits, with what it says."""

    line: int
    content: Content = field(repr=False)


def apply_import(*, batch_id: UUID) -> None:
    """Every good row of a confirmed spreadsheet is written, however often the job was begun."""
    while apply_next_rows(batch_id=batch_id):
        pass


def take_back_import(*, batch_id: UUID) -> None:
    """Everything that an undone spreadsheet wrote and nobody touched since is taken back."""
    while take_back_next_rows(batch_id=batch_id):
        pass


@transaction.atomic
def apply_next_rows(*, batch_id: UUID) -> bool:
    """The next few hundred rows are written; False when none was left, and the import is finished."""
    batch = _at_work(batch_id, ImportStatus.APPLYING)
    if batch is None:
        return False
    rows = batch.rows.filter(state=ImportRowState.GOOD).order_by("number")
    opened = _open(batch, rows.values_list("id", "number", "sealed")[:AT_ONCE])
    actor = _officer_of(batch)
    if not opened:
        _finish(batch, "finish", actor)
        return False
    kind = imports.named(batch.kind)
    waiting = _unknown_of(kind, opened)
    if waiting and not _written(waiting, kind, actor):
        for each in waiting:  # one of them is refused: the others need not wait for her
            if not _written([each], kind, actor):
                refused = Reason(kind.refused, "refused").as_stored()
                _settle([each.line], ImportRowState.BAD, [refused])
    return True


@transaction.atomic
def take_back_next_rows(*, batch_id: UUID) -> bool:
    """What the next few hundred rows wrote is taken back, or kept; False when none was left."""
    batch = _at_work(batch_id, ImportStatus.UNDOING)
    if batch is None:
        return False
    rows = list(batch.rows.filter(state=ImportRowState.REGISTERED).order_by("number")[:AT_ONCE])
    actor = _officer_of(batch)
    if not rows:
        _finish(batch, "finish_undo", actor)
        return False
    kept = set(imports.named(batch.kind).take_back(rows, actor))
    ImportRow.objects.filter(pk__in=kept).update(state=ImportRowState.KEPT)
    ImportRow.objects.filter(pk__in=[row.pk for row in rows if row.pk not in kept]).update(
        state=ImportRowState.UNDONE, resident=None, made=None, registered_version=None
    )
    return True


def _at_work(batch_id: UUID, status: ImportStatus) -> ImportBatch | None:
    return ImportBatch.objects.locked().filter(pk=batch_id, status=status).first()


def _officer_of(batch: ImportBatch) -> Actor:
    """Who confirmed it, with the reach she had then: the job only carries out what she decided."""
    return Actor(role=Role.OFFICER, divisions=tuple(batch.reach), user_id=batch.confirmed_by)


def _finish(batch: ImportBatch, verb: str, actor: Actor) -> None:
    batch.status = IMPORT_FLOW.after(verb, ImportStatus(batch.status))
    batch.finished_at = now()
    batch.save(update_fields=["status", "finished_at"])
    record(action=f"import.{batch.status}", actor=actor, subject=batch, **counts_of(batch))


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """How many rows of a spreadsheet came to what, by ImportRowState."""
    found = dict.fromkeys(ImportRowState.values, 0)
    for state in batch.rows.values_list("state", flat=True):
        found[state] += 1
    return {state: count for state, count in found.items() if count}


def _unknown_of(kind: ImportKind, opened: Sequence[_Opened]) -> list[_Opened]:
    """The rows that say something new; the others are settled as known since the check."""
    standing = kind.known([one.content.facts for one in opened], SYSTEM)
    fresh = [one for one, known in zip(opened, standing, strict=True) if known is None]
    settled = [one.line for one, known in zip(opened, standing, strict=True) if known is not None]
    if settled:
        _settle(settled, ImportRowState.KNOWN, [])
    return fresh


def _open(batch: ImportBatch, rows: Iterable[tuple[int, int, str | None]]) -> list[_Opened]:
    """What these rows say: each with its id, its number and what is sealed, which is there while it waits."""
    key, opened = cache(keyring().key), []
    for line, number, text in rows:
        said = decrypted(text or "", key=key(key_name_of(text or "")), of=place_of(batch.pk, number))
        content = json.loads(said)
        opened.append(_Opened(line, Content(content["home"], content["facts"])))
    return opened


def _written(waiting: Sequence[_Opened], kind: ImportKind, actor: Actor) -> bool:
    """Whether all of these were written and their rows say so; refused, none of them was."""
    try:
        with transaction.atomic():
            made = kind.make([one.content for one in waiting], actor)
    except Refusal:
        return False
    lines = [one.line for one in waiting]
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [lines, [one.resident for one in made], [one.row for one in made]])
    return True


def _settle(lines: Sequence[int], state: ImportRowState, reasons: list[dict]) -> None:
    ImportRow.objects.filter(pk__in=lines).update(state=state, sealed=None, reasons=reasons)
