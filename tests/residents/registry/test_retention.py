"""Periods in whole years, leap days included."""

from datetime import date

import pytest

from residents.registry.retention import due_on, latest_start


@pytest.mark.parametrize(
    ("since", "years", "due"),
    [
        (date(2021, 11, 22), 5, date(2026, 11, 22)),
        (date(2020, 2, 29), 5, date(2025, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
    ],
)
def test_a_period_ends_on_its_day_years_later(since, years, due):
    assert due_on(since, years) == due


def test_what_is_due_on_a_day_began_early_enough():
    days = (date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2021, 2, 28), date(2021, 3, 1))
    for since in days:
        for today in (date(2025, 2, 28), date(2025, 3, 1), date(2024, 2, 29)):
            years = today.year - since.year
            assert (since <= latest_start(today, years)) == (due_on(since, years) <= today)
