"""The one clock: days are Chinese days, instants are UTC, and tests hold it still in one place.

``date.today()`` gives the server's day, which is yesterday in China until 08:00 when the server runs
in UTC; so every other module asks here (ruff's banned-api list sees to it).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = time(12)

_held: ContextVar[datetime | None] = ContextVar("held_instant", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _held.get() or datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock


def today() -> date:
    """The present day in China, the one that periods, due dates and rules are counted in."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """The same instant as a Chinese wall clock shows it.

    A naive value is a mistake of the caller: nobody can say which instant it means.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant carries its time zone")
    return instant.astimezone(SHANGHAI)


@contextmanager
def frozen(moment: date | datetime) -> Iterator[datetime]:
    """Hold the clock at an instant, or at noon in China of a day, until the block ends.

    The hold belongs to the current context: threads started inside the block see the real clock unless
    they are run in a copy of it.
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, NOON, SHANGHAI)
    token = _held.set(local(moment).astimezone(UTC))
    try:
        yield now()
    finally:
        _held.reset(token)
