"""Working days as pure arithmetic over a calendar of days off and make-up workdays."""

from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a term; provisional while the holiday notice it depends on is not known."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that do not follow their weekday, and the years whose arrangement was announced."""

    days_off: frozenset[date]
    workdays: frozenset[date]
    announced_years: frozenset[int]

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day: a make-up Saturday yes, a Monday off no."""
        if day in self.workdays:
            return True
        return day not in self.days_off and day.weekday() < SATURDAY

    def after(self, start: date, n: int) -> DueDate:
        """The ``n``-th working day after ``start``; the day of ``start`` itself does not count.

        A term that runs through a year without a holiday notice may still move, so it is provisional.
        """
        if n < 1:
            raise ValueError("a term has at least one working day")
        day, left, provisional = start, n, False
        while left:
            day += timedelta(days=1)
            provisional |= day.year not in self.announced_years
            left -= self.is_workday(day)
        return DueDate(day, provisional)
