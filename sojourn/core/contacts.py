"""Telephones and words of people under the node's key for contacts, each bound to the table, column and row it stands in.

For whatever is of nobody's own key: the telephones of accounts, messages on their way, what somebody typed of a
person of whom it is not known yet who she is.
"""

from collections.abc import Callable
from uuid import UUID

from sojourn.core import ciphers
from sojourn.core.keyring import CONTACTS, Key, keyring

# Gives a text locked with this key for this place.
Lock = Callable[[Key, str], str]


def sealed(plain: str | Lock, *, table: str, column: str, row: UUID) -> str:
    """The text as its column holds it; its keeper may lock it for this place herself, so that nobody is shown it."""
    key, of = keyring().newest(CONTACTS), place(table, column, row)
    return ciphers.encrypted(plain, key=key, of=of) if isinstance(plain, str) else plain(key, of)


def opened(text: str, *, table: str, column: str, row: UUID) -> str:
    """What was sealed for this place; Undecipherable for anything else."""
    key = keyring().key(ciphers.key_name_of(text))
    return ciphers.decrypted(text, key=key, of=place(table, column, row))


def place(table: str, column: str, row: UUID) -> str:
    return f"{table}.{column}.{row}"
