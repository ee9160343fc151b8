"""How long what is kept stands: a period a class, counted from the day on which its reason ended.

The registry imports no room above it, so each says here which classes it has; one report lists them all, and one job
purges them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from sojourn.desk.subjects import resolved

Label = str | Promise


@dataclass(frozen=True)
class Kept:
    """One class of what is not kept for ever.

    ``rule`` names the dated years. ``ended(owner, by)`` gives the rows of a member (six digits) whose reason ended on
    this day or earlier and that still have something to purge; each has ``since``, that day, ``about``, the id of the
    resident, None where there is no one, and ``is_held``, whether a legal hold keeps it. ``purge(row_id)`` runs in
    the transaction of the line, its resident held, and says whether anything was purged. Both may be dotted names.
    ``code`` stands in reports and is never renamed; ``are_people`` where the rows are residents themselves.
    """

    code: str
    label: Label
    rule: str
    ended: Callable[[str, date], QuerySet] | str
    purge: Callable[[UUID], bool] | str
    are_people: bool = False

    def rows(self, owner: str, by: date) -> QuerySet:
        return resolved(self.ended)(owner, by)

    def purging(self, row_id: UUID) -> bool:
        return resolved(self.purge)(row_id)


_classes: dict[str, Kept] = {}


def register(kept: Kept) -> None:
    """Let rows of this class be purged when their period is over; said twice by one room it is the same class."""
    _classes[kept.code] = kept


def registered() -> list[Kept]:
    """Every class, residents last: what is kept of somebody goes before she does."""
    return sorted(_classes.values(), key=lambda kept: kept.are_people)


def of_code(code: str) -> Kept:
    """The class with this code; a code nobody registered is a mistake."""
    return _classes[code]


def label_of(code: str) -> Label:
    return _classes[code].label if code in _classes else code


def due_on(since: date, years: int) -> date:
    """The first day on which it need not be kept any longer; 29 February ends on 1 March."""
    try:
        return since.replace(year=since.year + years)
    except ValueError:
        return date(since.year + years, 3, 1)


def latest_start(today: date, years: int) -> date:
    """The latest day from which the period is over today."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)
