"""How a registration is handed to a member of another node: the registry knows no feeds, so a room above does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from residents.registry.errors import MovesElsewhere
from sojourn.core.actors import Actor
from sojourn.desk.subjects import resolved

if TYPE_CHECKING:
    from residents.registry.models import Transfer


@dataclass(frozen=True)
class Way:
    """What is needed to register her travels to the member of the division where her household is now, and back.

    ``hand_out(transfer, notice, actor)`` lets it travel, ``take_back(transfer, actor)`` ends that. Both run in the
    transaction of the verb, the resident held; both may be dotted names.
    """

    hand_out: Callable[["Transfer", str, Actor], None] | str
    take_back: Callable[["Transfer", Actor], None] | str


_ways: list[Way] = []


def register(way: Way) -> None:
    """From now on registrations leave by this way; the last one that was said counts."""
    _ways[:] = [way]


def hand_out(transfer: "Transfer", *, notice: str, actor: Actor) -> None:
    """Refused as MovesElsewhere where no room knows a way."""
    if not _ways:
        raise MovesElsewhere
    resolved(_ways[0].hand_out)(transfer, notice, actor)


def take_back(transfer: "Transfer", *, actor: Actor) -> None:
    """What travelled on this transfer opens nothing any more."""
    if _ways:
        resolved(_ways[0].take_back)(transfer, actor)
