"""What families typed, locked for the row and column it stands in."""

from uuid import UUID

from residents.registry.safe import Safe
from sojourn.core import ciphers
from sojourn.core.keyring import CONTACTS, keyring


def sealed(plain: str, *, row: UUID, column: str) -> str:
    """Under the node's key for contacts: of whom this is, nobody knows yet."""
    return ciphers.encrypted(plain, key=keyring().newest(CONTACTS), of=_place(row, column))


def opened(text: str, *, row: UUID, column: str) -> str:
    """What was sealed for this place; Undecipherable for anything else."""
    return ciphers.decrypted(text, key=keyring().key(ciphers.key_name_of(text)), of=_place(row, column))


def put_by(plain: str, *, safe: Safe, row: UUID, table: str) -> str | None:
    """Under a resident's own key, so that it falls silent with her; None for nothing."""
    return ciphers.encrypted(plain, key=safe.key, of=f"{table}.{row}") if plain else None


def taken_from(text: str, *, safe: Safe, row: UUID, table: str) -> str:
    return ciphers.decrypted(text, key=safe.key, of=f"{table}.{row}")


def _place(row: UUID, column: str) -> str:
    return f"registry_linkrequest.{column}.{row}"
