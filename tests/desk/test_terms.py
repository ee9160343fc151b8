from datetime import date

import pytest

from sojourn.desk.terms import level_due, superior_codes, term_of, working_days_after
from sojourn.provinces.calendars import Calendar

# Around the National Day of 2026: 1 to 7 October off, Saturday the 10th and Sunday 20 September worked.
CALENDAR = Calendar(
    days_off=frozenset(date(2026, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    announced_years=frozenset({2026}),
)


@pytest.mark.parametrize(
    ("due_on", "on", "said"),
    [
        (date(2026, 10, 12), date(2026, 9, 30), "还剩 4 个工作日"),
        (date(2026, 10, 12), date(2026, 10, 10), "还剩 1 个工作日"),
        (date(2026, 10, 12), date(2026, 10, 12), "今天到期"),
        (date(2026, 9, 30), date(2026, 10, 7), "刚过期限"),
        (date(2026, 9, 30), date(2026, 10, 8), "已逾期 1 个工作日"),
        (date(2026, 9, 18), date(2026, 9, 21), "已逾期 2 个工作日"),  # the Sunday between was worked
    ],
)
def test_a_term_is_said_in_working_days(due_on, on, said):
    assert str(term_of(due_on, on=on, calendar=CALENDAR)) == said


def test_a_provisional_term_says_so():
    term = term_of(date(2026, 10, 12), on=date(2026, 10, 10), calendar=CALENDAR, provisional=True)

    assert str(term) == "还剩 1 个工作日（暂定）"


def test_no_working_day_lies_after_a_later_day():
    assert working_days_after(date(2026, 10, 12), date(2026, 9, 30), CALENDAR) == 0


@pytest.mark.parametrize(("days_over", "level"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_an_item_is_due_one_level_higher_every_three_days(days_over, level):
    assert level_due(days_over, every=3) == level


@pytest.mark.parametrize(
    ("code", "above"),
    [("440106", ["440100", "440000"]), ("440100", ["440000"]), ("440000", [])],
)
def test_the_codes_above_a_division(code, above):
    assert superior_codes(code) == above
