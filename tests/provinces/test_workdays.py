from datetime import date

import pytest

from sojourn.provinces.calendars import DueDate
from sojourn.provinces.models import CalendarYear, Holiday
from sojourn.provinces.states import HolidayKind
from sojourn.provinces.workdays import add_working_days

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2026, 2, 13), 10, date(2026, 3, 5)),  # over the Spring Festival
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday that is worked
        (date(2026, 9, 18), 8, date(2026, 9, 30)),  # over Mid-Autumn
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # after National Day, a Saturday that is worked
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2021, 11, 15), 5, date(2021, 11, 22)),  # an ordinary week
    ],
)
def test_due_dates_follow_the_notices(start, n, due):
    assert add_working_days(start, n) == DueDate(due, provisional=False)


def test_a_due_date_in_2027_is_provisional_and_knows_the_legal_days():
    assert add_working_days(date(2026, 12, 28), 3) == DueDate(date(2026, 12, 31), provisional=False)
    assert add_working_days(date(2026, 12, 28), 4) == DueDate(date(2027, 1, 4), provisional=True)


def test_a_due_date_is_final_and_may_move_once_the_notice_is_loaded():
    CalendarYear.objects.filter(year=2027).update(announced=True)
    Holiday.objects.create(
        day=date(2027, 1, 2), calendar_id=2027, kind=HolidayKind.WORKDAY, festival="元旦", in_lieu=False
    )

    assert add_working_days(date(2026, 12, 28), 4) == DueDate(date(2027, 1, 2), provisional=False)


def test_a_due_date_before_the_oldest_notice_is_provisional():
    assert add_working_days(date(2018, 6, 1), 5).provisional


def test_a_due_date_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        add_working_days(date(2026, 2, 13), 10)
