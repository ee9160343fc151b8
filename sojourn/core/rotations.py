"""What stands locked with a key of the keyring, told by the rooms that keep it, so that a new key reaches all of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from sojourn.core.keyring import Key

# Called with the newest key of a purpose, the id behind which to go on and how many rows at most; the rows then
# stand under that key. It gives the id of the last of them, and None where none was left.
Relock = Callable[[Key, UUID | None, int], UUID | None]


@dataclass(frozen=True)
class Locked:
    """Rows under keys of some purposes: which purposes, and how the next rows come under the newest key of one."""

    name: str
    purposes: Callable[[], Collection[str]]
    relock: Relock


_locked: dict[str, Locked] = {}


def register(locked: Locked) -> None:
    """A room's rows come along when a key of theirs is replaced; it says so when it is loaded."""
    if locked.name in _locked:
        raise ValueError(f"{locked.name} is registered already")
    _locked[locked.name] = locked


def all_locked() -> list[Locked]:
    return list(_locked.values())
