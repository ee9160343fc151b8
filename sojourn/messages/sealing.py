"""Number and words of a message under the node's key for contacts, each bound to its own row and column."""

from uuid import UUID

from sojourn.core import contacts
from sojourn.core.contacts import Lock

TABLE = "outbox_message"
RECIPIENT, BODY = "recipient_cipher", "body_cipher"


def sealed(plain: str | Lock, *, message_id: UUID, column: str) -> str:
    """The text as the row holds it; its keeper may lock it for this place herself, so that nobody is shown it."""
    return contacts.sealed(plain, table=TABLE, column=column, row=message_id)


def opened(text: str, *, message_id: UUID, column: str) -> str:
    """What was sealed for this place; Undecipherable for anything else."""
    return contacts.opened(text, table=TABLE, column=column, row=message_id)
