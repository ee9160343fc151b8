"""A new key reaches the telephones by which families sign in, and those that codes were sent to."""

from datetime import datetime
from uuid import UUID

from django.db.models import Model

from sojourn.accounts import phones
from sojourn.accounts.models import SignInCode, SignInPhone
from sojourn.core import contacts
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import now
from sojourn.core.keyring import CONTACTS, LOOKUP, Key, KeyMissing
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


def blinding(model: type[Model], table: str) -> Relock:
    """A walk over rows that are found by a telephone, so that the new look-up key finds them by it as before."""

    def blind_anew(key: Key, after: UUID | None, at_most: int) -> Walked:
        batch = next_rows(model._default_manager.all(), after, at_most)
        older = [
            (row, index) for row in batch if (index := _index(row, key, table)) != bytes(row.phone_index)
        ]
        for row, index in older:
            row.phone_index = index
        model._default_manager.bulk_update([row for row, _index in older], ["phone_index"])
        return Walked(reached(batch), len(older))

    return blind_anew


def live_codes(key_name: str, since: datetime) -> int:
    """Codes that still open and were made before the newer look-up key was there: that of a code cannot be made anew."""
    if not key_name.startswith(f"{LOOKUP}-"):
        return 0
    return SignInCode.objects.filter(used_at=None, expires_at__gt=now(), asked_at__lt=since).count()


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring."""
    for rows, model, table in (
        ("phones", SignInPhone, phones.OF_ACCOUNTS),
        ("codes", SignInCode, phones.OF_CODES),
    ):
        label = model._meta.label_lower
        register(
            Locked(
                f"accounts.{rows}",
                lambda: (CONTACTS,),
                relocking(lambda _key, model=model: model.objects.all(), _place_in(table)),
                columns=(f"{label}.phone_cipher",),
            )
        )
        register(
            Locked(
                f"accounts.{rows}_look_up",
                lambda: (LOOKUP,),
                blinding(model, table),
                marks=(f"{label}.phone_index",),
            )
        )
    register_passing(Passing("codes that still open", ("accounts.signincode.code_digest",), live_codes))


def _place_in(table: str):
    return lambda row: {phones.COLUMN: contacts.place(table, phones.COLUMN, row.pk)}


def _index(row, key: Key, table: str) -> bytes:
    """By which it is found; as it stands where the telephone does not open."""
    try:
        return phones.index_by(key, phones.opened(row.phone_cipher, table=table, row=row.pk))
    except (KeyMissing, Undecipherable):
        return bytes(row.phone_index)
