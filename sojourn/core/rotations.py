"""What stands locked with a key of the keyring, told by the rooms that keep it, so that a new key reaches all of it.

A column is named as ``app.model.column``. Whatever column holds a ciphertext or a mark made with a key is told by
exactly one room (tests/architecture/test_locked.py).
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import AutoField, JSONField, Model

from sojourn.core import ciphers
from sojourn.core.ciphers import Undecipherable
from sojourn.core.keyring import Key, KeyMissing, keyring
from sojourn.core.querysets import LockingQuerySet

# A ciphertext under a data key names that one (decision 0017): what wraps it is told in a column of its own.
NOT_OF_THE_KEYRING = frozenset({ciphers.DATA})
_OF_TEXT = "SELECT split_part({column}, '.', 2), count(*) FROM {table} WHERE {column} LIKE 'v%.%' GROUP BY 1"
_OF_JSON = (
    "SELECT split_part(value, '.', 2), count(DISTINCT {table}.{id})"
    " FROM {table}, jsonb_each_text({column}) WHERE value LIKE 'v%.%' GROUP BY 1"
)


class Walked(NamedTuple):
    """How far a batch came: the id of its last row, None where none was left; and how many rows were changed."""

    after: UUID | None
    changed: int


# Called with the newest key of a purpose, the id behind which to go on and how many rows at most; what opens of these
# rows then stands under that key. An id that is a number is told as the UUID of that number.
Relock = Callable[[Key, UUID | None, int], Walked]
# How many rows still need this older key, the newer one having been there since then.
Left = Callable[[str, datetime], int]


@dataclass(frozen=True)
class Locked:
    """Rows under keys of some purposes: which purposes, and how the next rows come under the newest key of one.

    ``columns`` are ciphertexts, which name their key; ``marks`` are made with a key and do not tell with which;
    ``beneath`` is locked with the data keys that ``columns`` hold, and stays as it is.
    """

    name: str
    purposes: Callable[[], Collection[str]]
    relock: Relock
    columns: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    beneath: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passing:
    """Rows that leave an older key by themselves, run out or made anew by their room: how many still need it."""

    name: str
    columns: tuple[str, ...]
    left: Left


_locked: dict[str, Locked] = {}
_passing: dict[str, Passing] = {}
_beneath: dict[str, tuple[str, ...]] = {}


def register(locked: Locked) -> None:
    """A room's rows come along when a key of theirs is replaced; it says so when it is loaded."""
    _once(locked.name)
    _locked[locked.name] = locked


def register_passing(passing: Passing) -> None:
    """A room's rows need no walk: it says how many still need an older key."""
    _once(passing.name)
    _passing[passing.name] = passing


def register_beneath(name: str, columns: tuple[str, ...]) -> None:
    """A room's columns are locked with data keys that rows of another room hold, and stay as they are."""
    _once(name)
    _beneath[name] = columns


def _once(name: str) -> None:
    if name in _locked or name in _passing or name in _beneath:
        raise ValueError(f"{name} is registered already")


def all_locked() -> list[Locked]:
    return list(_locked.values())


def all_passing() -> list[Passing]:
    return list(_passing.values())


def told_columns() -> list[str]:
    """Every column that some room told, once for each telling."""
    told = [column for each in all_locked() for column in (*each.columns, *each.marks, *each.beneath)]
    told += [column for each in all_passing() for column in each.columns]
    return told + [column for columns in _beneath.values() for column in columns]


def replaced_here(locked: Locked) -> list[str]:
    """The purposes of these rows of which the keyring holds an older key and a newer one, in their order."""
    return sorted(set(locked.purposes()) & keyring().replaced())


# --- a walk -------------------------------------------------------------------------------------------
def next_rows(rows: LockingQuerySet, after: UUID | None, at_most: int) -> list:
    """The next rows behind an id in the order of their ids, held until commit."""
    held = rows.locked()
    return list((held.filter(pk__gt=_id_of(rows.model, after)) if after else held)[:at_most])


def reached(batch: list) -> UUID | None:
    """The id of a batch's last row as the kernel keeps it; None for an empty one."""
    last = batch[-1].pk if batch else None
    return UUID(int=last) if isinstance(last, int) else last


def relocking(rows: Callable[[Key], LockingQuerySet], places: Callable[[Any], Mapping[str, str]]) -> Relock:
    """A walk over rows, each of which says of which columns, and for which places, it holds ciphertexts."""

    def relock(key: Key, after: UUID | None, at_most: int) -> Walked:
        found = rows(key)
        batch, changed = next_rows(found, after, at_most), []
        columns: set[str] = set()
        for row in batch:
            anew = {
                column: relocked(getattr(row, column), key=key, of=of) for column, of in places(row).items()
            }
            fresh = {column: text for column, text in anew.items() if text is not None}
            for column, text in fresh.items():
                setattr(row, column, text)
            if fresh:
                changed.append(row)
                columns |= fresh.keys()
        if changed:
            found.model._default_manager.bulk_update(changed, sorted(columns))
        return Walked(reached(batch), len(changed))

    return relock


def relocked(text: str | None, *, key: Key, of: str) -> str | None:
    """What stands in this place under this key; None where it does already, or where it does not open.

    What does not open stays as it is and is counted: one such row must not hold up all others.
    """
    if not text:
        return None
    try:
        name = ciphers.key_name_of(text)
        return (
            None if name == key.name else ciphers.relocked(text, older=keyring().key(name), newer=key, of=of)
        )
    except (KeyMissing, Undecipherable):
        return None


# --- what is left -------------------------------------------------------------------------------------
def standing() -> dict[str, Counter[str]]:
    """How many rows of each told column stand under each key of a keyring, by the key's name."""
    found: dict[str, Counter[str]] = {}
    for column in [column for locked in all_locked() for column in locked.columns]:
        for key, rows in _counted(column):
            if key not in NOT_OF_THE_KEYRING:
                found.setdefault(key, Counter())[column] = rows
    return found


def left_by_themselves(key_name: str, since: datetime) -> Counter[str]:
    """How many rows that leave a key by themselves still need this one, by what their rooms call them."""
    return Counter({each.name: rows for each in all_passing() if (rows := each.left(key_name, since))})


def _counted(column: str) -> list[tuple[str, int]]:
    label, _, name = column.rpartition(".")
    model = apps.get_model(label)
    field, quote = model._meta.get_field(name), connection.ops.quote_name
    statement = _OF_JSON if isinstance(field, JSONField) else _OF_TEXT
    words = {"column": field.column, "table": model._meta.db_table, "id": model._meta.pk.column}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**{word: quote(said) for word, said in words.items()}))
        return cursor.fetchall()


def _id_of(model: type[Model], after: UUID) -> UUID | int:
    return after.int if isinstance(model._meta.pk, AutoField) else after
