"""A new key reaches the telephones by which families sign in, and those that codes were sent to."""

from datetime import datetime
from uuid import UUID

from sojourn.accounts import phones
from sojourn.accounts.models import SignInCode, SignInPhone
from sojourn.core import contacts
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import now
from sojourn.core.keyring import CONTACTS, LOOKUP, Key, KeyMissing
from sojourn.core.querysets import LockingQuerySet
from sojourn.core.rotations import (
    Locked,
    Passing,
    Relock,
    Walked,
    next_rows,
    reached,
    register,
    register_passing,
    relocking,
)


def blinding(rows: LockingQuerySet, table: str) -> Relock:
    """A walk over rows that are found by a telephone, so that the new look-up key finds them by it as before."""

    def blind_anew(key: Key, after: UUID | None, at_most: int) -> Walked:
        batch = next_rows(rows.all(), after, at_most)
        older = [
            (row, index) for row in batch if (index := _index(row, key, table)) != bytes(row.phone_index)
        ]
        for row, index in older:
            row.phone_index = index
        rows.bulk_update([row for row, _index in older], ["phone_index"])
        return Walked(reached(batch), len(older))

    return blind_anew


def live_codes(key_name: str, since: datetime) -> int:
    """Codes that still open and were made before the newer look-up key was there: that of a code cannot be made anew."""
    if not key_name.startswith(f"{LOOKUP}-"):
        return 0
    return SignInCode.objects.filter(used_at=None, expires_at__gt=now(), asked_at__lt=since).count()


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring."""
    _register("phones", SignInPhone.objects.all(), phones.OF_ACCOUNTS)
    _register("codes", SignInCode.objects.all(), phones.OF_CODES)
    register_passing(Passing("codes that still open", ("accounts.signincode.code_digest",), live_codes))


def _register(name: str, rows: LockingQuerySet, table: str) -> None:
    label = rows.model._meta.label_lower
    locked_anew = relocking(
        lambda _key: rows.all(),
        lambda row: {phones.COLUMN: contacts.place(table, phones.COLUMN, row.pk)},
    )
    register(Locked(f"accounts.{name}", lambda: (CONTACTS,), locked_anew, columns=(f"{label}.phone_cipher",)))
    blinded_anew, marks = blinding(rows, table), (f"{label}.phone_index",)
    register(Locked(f"accounts.{name}_look_up", lambda: (LOOKUP,), blinded_anew, marks=marks))


def _index(row, key: Key, table: str) -> bytes:
    """By which it is found; as it stands where the telephone does not open."""
    try:
        return phones.index_by(key, phones.opened(row.phone_cipher, table=table, row=row.pk))
    except (KeyMissing, Undecipherable):
        return bytes(row.phone_index)
