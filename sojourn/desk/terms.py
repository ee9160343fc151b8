"""Terms in working days as arithmetic and as words: what is left, what is overdue, and who hears of it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.provinces.calendars import Calendar


@dataclass(frozen=True, slots=True)
class Term:
    """How a last day stands to today: so many working days left, or so many past it."""

    due_on: date
    days_left: int
    days_over: int
    is_overdue: bool
    provisional: bool = False

    def __str__(self) -> str:
        said = self._said()
        return _("{term}（暂定）").format(term=said) if self.provisional else said

    def _said(self) -> str:
        if self.is_overdue and not self.days_over:
            return _("刚过期限")
        if self.is_overdue:
            line = ngettext("已逾期 {days} 个工作日", "已逾期 {days} 个工作日", self.days_over)
            return line.format(days=self.days_over)
        if not self.days_left:
            return _("今天到期")
        line = ngettext("还剩 {days} 个工作日", "还剩 {days} 个工作日", self.days_left)
        return line.format(days=self.days_left)


def term_of(due_on: date, *, on: date, calendar: Calendar, provisional: bool = False) -> Term:
    """The term that ends with ``due_on`` as it stands on a day; the day it ends is no day over."""
    return Term(
        due_on=due_on,
        days_left=working_days_after(on, due_on, calendar),
        days_over=working_days_after(due_on, on, calendar),
        is_overdue=due_on < on,
        provisional=provisional,
    )


def working_days_after(first: date, last: date, calendar: Calendar) -> int:
    """How many working days lie after ``first`` up to and with ``last``; none where it is not later."""
    span = (last - first).days
    return sum(calendar.is_workday(first + timedelta(days=n)) for n in range(1, span + 1))


def level_due(days_over: int, *, every: int) -> int:
    """To how many superior bureaus an item so long overdue has to be raised, if there are so many.

    The first hears on the first working day past the term, the next ``every`` working days later.
    """
    return 0 if days_over < 1 else 1 + (days_over - 1) // every


def superior_codes(division_code: str) -> list[str]:
    """The codes of the divisions above one, the nearest first: 440106 lies in 440100 and 440000.

    Whether each is a division that has a bureau, a code alone does not say.
    """
    above = [division_code[:length].ljust(6, "0") for length in (4, 2)]
    return [code for code in above if code != division_code]
