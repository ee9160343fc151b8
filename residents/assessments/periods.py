"""Until when an assessment holds and can be objected to, and of which days a share is drawn."""

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The last day of a period of months that begins after the day: the same day, or the month's last one.

    As periods run by 民法典 articles 201 and 202.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_period_before(day: date, months: int) -> tuple[date, date]:
    """First and last day of the last period that was over on a day; periods of so many months, counted from January."""
    last = _begin_of_period(day, months) - timedelta(days=1)
    return _begin_of_period(last, months), last


def days_after(day: date, days: int) -> date:
    """The last day of a period of days that begins after the day."""
    return day + timedelta(days=days)


def _begin_of_period(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)
