"""What families typed, locked for the row it stands in under the resident's own key."""

from uuid import UUID

from residents.registry.safe import Safe
from sojourn.core import ciphers


def put_by(plain: str, *, safe: Safe, row: UUID, table: str) -> str | None:
    """Under a resident's own key, so that it falls silent with her; None for nothing."""
    return ciphers.encrypted(plain, key=safe.key, of=f"{table}.{row}") if plain else None


def taken_from(text: str, *, safe: Safe, row: UUID, table: str) -> str:
    return ciphers.decrypted(text, key=safe.key, of=f"{table}.{row}")
