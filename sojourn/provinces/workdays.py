"""Terms in working days, by the holiday notices this node has loaded."""

from datetime import date

from sojourn.provinces.calendars import DueDate
from sojourn.provinces.models import CalendarYear, Holiday


def add_working_days(start: date, n: int) -> DueDate:
    """The day on which a term of ``n`` working days ends that begins the day after ``start``.

    Make-up workdays count; past the last announced year the day is provisional and has to be computed
    again once the notice is loaded.
    """
    return Holiday.objects.calendar(
        since=start, announced_years=CalendarYear.objects.announced_years()
    ).after(start, n)
