"""A new key for contacts reaches the messages that are still to be sent."""

from sojourn.core import contacts
from sojourn.core.keyring import CONTACTS
from sojourn.core.rotations import Locked, register, relocking
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, RECIPIENT, TABLE
from sojourn.messages.states import READABLE

COLUMNS = (RECIPIENT, BODY)


def register_rotations() -> None:
    """The kernel knows what of this room stands under keys of the keyring."""
    register(
        Locked(
            "messages.waiting",
            lambda: (CONTACTS,),
            relocking(
                lambda _key: Message.objects.filter(status__in=sorted(READABLE)),
                lambda row: {column: contacts.place(TABLE, column, row.pk) for column in COLUMNS},
            ),
            columns=tuple(f"outbox.message.{column}" for column in COLUMNS),
        )
    )
