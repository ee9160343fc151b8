"""How long a registration is kept: a period a class, counted from the day on which its reason ended."""

from datetime import date

from residents.registry.states import RetentionClass

# The dated rule that tells the years of each class.
RULES = {
    RetentionClass.DIED: "retention_years_died",
    RetentionClass.MOVED_OUT: "retention_years_moved_out",
}


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
