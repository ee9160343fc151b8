"""A new key reaches the telephones by which families sign in."""

from uuid import UUID

from sojourn.accounts import phones
from sojourn.accounts.models import SignInPhone
from sojourn.core import ciphers
from sojourn.core.keyring import CONTACTS, LOOKUP, Key
from sojourn.core.rotations import Locked, register


def relock_phones(key: Key, after: UUID | None, at_most: int) -> UUID | None:
    """The next accounts' telephones are locked with this key for contacts."""
    batch = _next(after, at_most)
    older = [row for row in batch if ciphers.key_name_of(row.phone_cipher) != key.name]
    for row in older:
        plain = phones.opened(row.phone_cipher, table=phones.OF_ACCOUNTS, row=row.pk)
        row.phone_cipher = phones.sealed(plain, table=phones.OF_ACCOUNTS, row=row.pk)
    SignInPhone.objects.bulk_update(older, ["phone_cipher"])
    return batch[-1].pk if batch else None


def blind_anew(key: Key, after: UUID | None, at_most: int) -> UUID | None:
    """The next accounts are found by this look-up key, by the telephone as before."""
    batch = _next(after, at_most)
    for row in batch:
        row.phone_index = phones.index_by(
            key, phones.opened(row.phone_cipher, table=phones.OF_ACCOUNTS, row=row.pk)
        )
    SignInPhone.objects.bulk_update(batch, ["phone_index"])
    return batch[-1].pk if batch else None


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring; codes live for minutes and are left alone."""
    register(Locked("accounts.phones", lambda: (CONTACTS,), relock_phones))
    register(Locked("accounts.look_up", lambda: (LOOKUP,), blind_anew))


def _next(after: UUID | None, at_most: int) -> list[SignInPhone]:
    rows = SignInPhone.objects.locked()
    return list((rows.filter(pk__gt=after) if after else rows)[:at_most])
