"""What rooms above keep of a resident, and what becomes of it when two registrations become one or she is erased.

The registry imports no room above it, so each says here what it has: its rows follow the person who stays, come back
when the merge is undone, and lose what tells who she was when she is erased.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from sojourn.desk.subjects import resolved


@dataclass(frozen=True)
class Following:
    """One kind of row about residents.

    ``move(from_id, to_id)`` lets every row of the first resident belong to the second and returns the keys of
    those it moved, as text; ``give_back(keys, to_id)`` lets exactly these belong to that resident again: both or
    neither is given. Where ``silence`` is, ``silence(resident_id)`` blanks what tells in plain who she was. All
    run in the transaction of the verb, and ``silence`` may come a second time. ``code`` is kept in the record of
    the merge and never renamed. Each may be a dotted name.
    """

    code: str
    move: Callable[[UUID, UUID], list[str]] | str | None = None
    give_back: Callable[[list[str], UUID], None] | str | None = None
    silence: Callable[[UUID], None] | str | None = None

    def moving(self, from_id: UUID, to_id: UUID) -> list[str]:
        return resolved(self.move)(from_id, to_id) if self.move is not None else []

    def giving_back(self, keys: list[str], to_id: UUID) -> None:
        if self.give_back is not None:
            resolved(self.give_back)(keys, to_id)


_kinds: dict[str, Following] = {}


def register(kind: Following) -> None:
    """Let rows of this kind follow; said twice by one room it is the same kind."""
    _kinds[kind.code] = kind


def registered() -> list[Following]:
    return list(_kinds.values())


def of_record(moved: Collection[str]) -> list[Following]:
    """The kinds of these codes in the order in which they moved; a code nobody registered is a mistake."""
    if not set(moved) <= set(_kinds):
        raise LookupError("rows of a kind that no room speaks for followed")
    return [kind for code, kind in _kinds.items() if code in moved]


def silence(resident_id: UUID) -> None:
    """Every room blanks what tells in plain who this resident was."""
    for kind in _kinds.values():
        if kind.silence is not None:
            resolved(kind.silence)(resident_id)
