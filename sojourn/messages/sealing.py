"""Number and words of a message under the node's key for contacts, each bound to its own row and column."""

from collections.abc import Callable
from uuid import UUID

from sojourn.core import ciphers
from sojourn.core.keyring import CONTACTS, Key, keyring

RECIPIENT, BODY = "recipient_cipher", "body_cipher"
# Gives a text locked with this key for this place.
Lock = Callable[[Key, str], str]


def sealed(plain: str | Lock, *, message_id: UUID, column: str) -> str:
    """The text as the row holds it; its keeper may lock it for this place herself, so that nobody is shown it."""
    key, place = keyring().newest(CONTACTS), _place(message_id, column)
    return ciphers.encrypted(plain, key=key, of=place) if isinstance(plain, str) else plain(key, place)


def opened(text: str, *, message_id: UUID, column: str) -> str:
    """What was sealed for this place; Undecipherable for anything else."""
    key = keyring().key(ciphers.key_name_of(text))
    return ciphers.decrypted(text, key=key, of=_place(message_id, column))


def _place(message_id: UUID, column: str) -> str:
    return f"outbox_message.{column}.{message_id}"
