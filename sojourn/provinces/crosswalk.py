"""What a division code means now, also one that was withdrawn or given to another unit since."""

from datetime import date

from sojourn.core.clock import today
from sojourn.provinces.models import Division, DivisionSuccession

RENUMBERED_AT_MOST = 8


def resolve(code: str, *, on: date | None = None) -> Division | None:
    """The division that ``code``, as written on a day (None: today), means now; None for no known code.

    A withdrawn code leads to the one that continues it, step by step. Where none is known, the
    withdrawn division itself comes back with its last day, so that nothing a file says is dropped.
    """
    day, division = on or today(), None
    for _step in range(RENUMBERED_AT_MOST):
        division = Division.objects.filter(pk=code).first()
        meaning = _meaning(code, day, division)
        if meaning is None:
            return division
        if meaning.successor_id is None:
            return division if division and division.valid_to == meaning.valid_to else None
        code, day = meaning.successor_id, max(day, meaning.valid_to)
    return division


def _meaning(code: str, day: date, division: Division | None) -> DivisionSuccession | None:
    """The withdrawn meaning of a code that counts on the day; None where its present one does."""
    withdrawn = list(DivisionSuccession.objects.filter(code=code).order_by("valid_to"))
    current = next((row for row in withdrawn if day < row.valid_to), None)
    if current or not withdrawn:
        return current
    return withdrawn[-1] if division is None or division.valid_to else None
