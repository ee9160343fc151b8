"""Until when an assessment holds and can be objected to."""

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The last day of a period of months that begins after the day: the same day, or the month's last one.

    As periods run by 民法典 articles 201 and 202.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    """The last day of a period of days that begins after the day."""
    return day + timedelta(days=days)
