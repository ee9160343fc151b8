"""The queues of the desk: each room above registers its own when it is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

Label = str | Promise


@dataclass(frozen=True)
class Queue:
    """One kind of work for officers.

    ``rule`` is the key of the dated rule that tells its term in working days, ``working_days`` the
    term where no rule does; the caller of ``open_item`` may give either a term or a last day instead.
    ``outcomes`` says what each outcome is called. ``where`` takes a work item and gives the admin
    address of its subject. ``title`` takes a work item and names it in the reader's language; without
    it the title stands as it was opened. Where ``needs_second_person``, whoever took an item cannot
    close it. Where ``closes_at_desk``, officers choose the outcome themselves; else the room closes
    the item when the matter is decided. ``where`` and ``title`` may be dotted names.
    """

    code: str
    label: Label
    outcomes: Mapping[str, Label]
    rule: str = ""
    working_days: int | None = None
    where: Callable | str | None = None
    title: Callable | str | None = None
    needs_second_person: bool = False
    closes_at_desk: bool = False


_queues: dict[str, Queue] = {}


def register(queue: Queue) -> None:
    """Let items of this queue be opened; said twice by one room it is the same queue."""
    _queues[queue.code] = queue


def named(code: str) -> Queue:
    """The queue of this code; a code nobody registered is a mistake of the caller."""
    return _queues[code]


def found(code: str) -> Queue | None:
    """The queue of this code, or None for an item whose room is no more."""
    return _queues.get(code)


def registered() -> list[Queue]:
    return list(_queues.values())


def outcome_of(code: str, outcome: str) -> Label:
    """What an outcome is called in this queue; where none is named, as all the queues call it that know it."""
    known = [
        queue for queue in ([_queues[code]] if code in _queues else registered()) if outcome in queue.outcomes
    ]
    return "／".join(dict.fromkeys(str(queue.outcomes[outcome]) for queue in known)) or outcome


def label_of(code: str) -> Label:
    queue = _queues.get(code)
    return queue.label if queue else code
