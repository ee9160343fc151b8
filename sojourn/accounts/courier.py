"""What accounts has to tell a person goes with the room that carries messages, which stands above and says so."""

from datetime import datetime
from typing import Protocol


class Carry(Protocol):
    """The words wait to reach the telephone, if the caller's transaction is committed."""

    def __call__(
        self, *, kind: str, topic: str, recipient: str, body: str, expires_at: datetime
    ) -> object: ...


_carriers: list[Carry] = []


def carry_with(carrier: Carry) -> None:
    """Messages go this way from now on; the room above calls it when it is loaded."""
    _carriers[:] = [carrier]


def tell(*, kind: str, topic: str, recipient: str, body: str, expires_at: datetime) -> None:
    """Hand a message over, in the transaction that causes it; without a carrier that is a mistake of the set-up."""
    [carrier] = _carriers
    carrier(kind=kind, topic=topic, recipient=recipient, body=body, expires_at=expires_at)
