from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.provinces.calendars import Calendar, DueDate

# The Spring Festival of 2026 as announced: 15 to 23 February off, Saturdays 14 and 28 worked.
SPRING_2026 = Calendar(
    days_off=frozenset(date(2026, 2, day) for day in range(15, 24)),
    workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
    announced_years=frozenset({2026}),
)


@pytest.mark.parametrize(
    ("n", "day"),
    [
        (1, date(2026, 2, 14)),  # a Saturday that is worked
        (2, date(2026, 2, 24)),  # after nine days off
        (6, date(2026, 2, 28)),  # another such Saturday
        (7, date(2026, 3, 2)),  # after an ordinary Sunday
    ],
)
def test_a_term_begins_the_day_after_and_counts_make_up_workdays(n, day):
    assert SPRING_2026.after(date(2026, 2, 13), n) == DueDate(day, provisional=False)


def test_a_term_begun_on_a_day_off_counts_from_the_next_working_day():
    assert SPRING_2026.after(date(2026, 2, 18), 1) == DueDate(date(2026, 2, 24), provisional=False)


def test_a_term_is_provisional_once_it_enters_a_year_that_was_not_announced():
    assert SPRING_2026.after(date(2026, 12, 30), 1) == DueDate(date(2026, 12, 31), provisional=False)
    assert SPRING_2026.after(date(2026, 12, 31), 1) == DueDate(date(2027, 1, 1), provisional=True)
    assert SPRING_2026.after(date(2025, 12, 30), 3) == DueDate(date(2026, 1, 2), provisional=True)


@pytest.mark.parametrize("n", [0, -1])
def test_a_term_without_a_working_day_is_no_term(n):
    with pytest.raises(ValueError, match="at least one"):
        SPRING_2026.after(date(2026, 2, 13), n)


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_between_start_and_due_date_lie_exactly_the_working_days_of_the_term(start, n):
    due = SPRING_2026.after(start, n).day

    days = [date.fromordinal(day) for day in range(start.toordinal() + 1, due.toordinal() + 1)]
    assert sum(map(SPRING_2026.is_workday, days)) == n
    assert SPRING_2026.is_workday(due)
