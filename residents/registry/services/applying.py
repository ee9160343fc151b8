"""The rows of a confirmed spreadsheet become residents, and those of one undone cease to be, a few hundred at a time.

A step is one transaction that holds its batch: what was done in it stands, what was not is found by the next. So a
killed job loses nothing and doubles nothing, and two jobs take turns.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Model
from pghistory.models import Event

from residents.registry.models import SILENCED, ImportBatch, ImportRow, Resident, ResidentKey
from residents.registry.services.holding import known_identities
from residents.registry.services.importing import place_of
from residents.registry.services.registering import NewResident, register_residents
from residents.registry.sheets import Reason
from residents.registry.states import IMPORT_FLOW, ImportRowState, ImportStatus, ResidentStatus
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.ciphers import decrypted, key_name_of
from sojourn.core.clock import now
from sojourn.core.keyring import keyring
from sojourn.core.refusals import Refusal
from sojourn.core.trail import record, record_many

AT_ONCE = 500
# Rows that lead to a resident without anybody having done anything about her.
OWN_ROWS: tuple[type[Model], ...] = (ResidentKey, ImportRow)
REGISTERED = """
UPDATE registry_importrow AS line SET state = 'registered', sealed = NULL, resident_id = new.id, registered_version = 1
FROM unnest(%s::bigint[], %s::uuid[]) AS new (line, id) WHERE line.id = new.line
"""


@dataclass(frozen=True)
class _Opened:
    """A row that waits, with what it says."""

    row: ImportRow
    new: NewResident = field(repr=False)


def apply_import(*, batch_id: UUID) -> None:
    """Every good row of a confirmed spreadsheet is registered, however often the job was begun."""
    while apply_next_rows(batch_id=batch_id):
        pass


def take_back_import(*, batch_id: UUID) -> None:
    """Everybody whom an undone spreadsheet registered and nobody touched since is off the register."""
    while take_back_next_rows(batch_id=batch_id):
        pass


@transaction.atomic
def apply_next_rows(*, batch_id: UUID) -> bool:
    """The next few hundred rows are registered; False when none was left, and the import is finished."""
    batch = _at_work(batch_id, ImportStatus.APPLYING)
    if batch is None:
        return False
    rows = list(batch.rows.filter(state=ImportRowState.GOOD).order_by("number")[:AT_ONCE])
    actor = _officer_of(batch)
    if not rows:
        _finish(batch, "finish", actor)
        return False
    waiting = _unknown_of(batch, rows)
    if waiting and not _registered(waiting, actor):
        for each in waiting:  # one of them is refused: the others need not wait for her
            if not _registered([each], actor):
                _settle([each.row], ImportRowState.BAD, [Reason("identity_number", "refused").as_stored()])
    return True


@transaction.atomic
def take_back_next_rows(*, batch_id: UUID) -> bool:
    """The next few hundred are taken off the register, or kept; False when none was left."""
    batch = _at_work(batch_id, ImportStatus.UNDOING)
    if batch is None:
        return False
    rows = list(batch.rows.filter(state=ImportRowState.REGISTERED).order_by("number")[:AT_ONCE])
    actor = _officer_of(batch)
    if not rows:
        _finish(batch, "finish_undo", actor)
        return False
    residents = Resident.objects.locked().in_bulk([row.resident_id for row in rows])
    touched = _touched(list(residents))
    kept = [
        row
        for row in rows
        if residents[row.resident_id].version != row.registered_version or row.resident_id in touched
    ]
    staying = {row.resident_id for row in kept}
    gone = [residents[row.resident_id] for row in rows if row.resident_id not in staying]
    ImportRow.objects.filter(pk__in=[row.pk for row in kept]).update(state=ImportRowState.KEPT)
    _take_off(gone)
    lines = [(resident, {"number": resident.number}) for resident in gone]
    record_many(action="resident.import_undone", actor=actor, lines=lines)
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


def _unknown_of(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[_Opened]:
    """The rows whose people are not registered; the others are settled as known since the check."""
    opened = _open(batch, rows)
    known = known_identities([str(one.new.facts["identity_number"]) for one in opened], SYSTEM)
    fresh = {one.row.pk for one in opened if one.new.facts["identity_number"] not in known}
    _settle([one.row for one in opened if one.row.pk not in fresh], ImportRowState.KNOWN, [])
    return [one for one in opened if one.row.pk in fresh]


def _open(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[_Opened]:
    sealed = [(row, row.sealed) for row in rows if row.sealed is not None]
    keys = {name: keyring().key(name) for name in {key_name_of(text) for _, text in sealed}}
    opened = []
    for row, text in sealed:
        content = json.loads(decrypted(text, key=keys[key_name_of(text)], of=place_of(batch.pk, row.number)))
        facts = content["facts"] | {"birth_on": date.fromisoformat(content["facts"]["birth_on"])}
        opened.append(_Opened(row, NewResident(content["home"], facts)))
    return opened


def _registered(waiting: Sequence[_Opened], actor: Actor) -> bool:
    """Whether all of these were registered and their rows say so; refused, none of them was."""
    try:
        with transaction.atomic():
            ids = register_residents(rows=[one.new for one in waiting], actor=actor)
    except Refusal:
        return False
    with connection.cursor() as cursor:
        cursor.execute(REGISTERED, [[one.row.pk for one in waiting], ids])
    return True


def _settle(rows: Sequence[ImportRow], state: ImportRowState, reasons: list[dict]) -> None:
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=state, sealed=None, reasons=reasons
    )


def _touched(ids: Sequence[UUID]) -> set[UUID]:
    """Those of these residents to whom anything leads but her key, her history and her row of the sheet."""
    found: set[UUID] = set()
    for relation in Resident._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if not (relation.one_to_many or relation.one_to_one) or relation.concrete:
            continue
        if isinstance(model, type) and not issubclass(model, (*OWN_ROWS, Event)):
            name = relation.field.attname  # type: ignore[union-attr]
            rows = model._base_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
    return found


def _take_off(residents: Sequence[Resident]) -> None:
    """These residents are in no list any more, and nothing in their history tells who they were."""
    ids = [resident.pk for resident in residents]
    undone = ImportRow.objects.filter(resident__in=ids)
    undone.filter(state=ImportRowState.KNOWN).update(resident=None)
    undone.update(state=ImportRowState.UNDONE, resident=None, registered_version=None)
    rows = Resident.objects.filter(pk__in=ids)
    rows.update(
        status=ResidentStatus.ERASED, home_division_id=F("owner"), whereabouts_protected=False, **SILENCED
    )
    ResidentKey.objects.filter(pk__in=ids).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(registry_silence_history(id)) FROM unnest(%s::uuid[]) AS id", [ids])
    rows.delete()
