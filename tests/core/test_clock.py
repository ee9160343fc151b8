"""One clock: Chinese days, UTC instants, held still in tests."""

import threading
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sojourn.core.clock import frozen, local, now, today

NEW_YEAR = date(2026, 1, 1)


def real_instant():
    return datetime.fromtimestamp(time.time(), UTC)


def test_now_is_the_present_instant_in_utc():
    before = real_instant()

    instant = now()

    assert before <= instant <= real_instant()
    assert instant.tzinfo is UTC


def test_the_day_in_china_begins_eight_hours_before_the_day_in_utc():
    with frozen(datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)):
        assert today() == date(2025, 12, 31)
    with frozen(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)):
        assert today() == NEW_YEAR


def test_a_day_is_held_at_its_noon_in_china():
    with frozen(NEW_YEAR) as instant:
        assert instant == now() == datetime(2026, 1, 1, 4, 0, tzinfo=UTC)
        assert now().tzinfo is UTC
        assert today() == NEW_YEAR


def test_an_instant_of_another_zone_is_held_in_utc():
    tokyo = timezone(timedelta(hours=9))

    with frozen(datetime(2026, 1, 1, 0, 30, tzinfo=tokyo)):
        assert now() == datetime(2025, 12, 31, 15, 30, tzinfo=UTC)
        assert now().tzinfo is UTC
        assert today() == date(2025, 12, 31)


def test_the_clock_runs_on_after_the_block_even_when_it_fails():
    with pytest.raises(LookupError), frozen(date(2000, 1, 1)):
        raise LookupError

    assert abs(now() - real_instant()) < timedelta(minutes=1)


def test_a_hold_within_a_hold_ends_by_itself():
    with frozen(NEW_YEAR):
        with frozen(date(2027, 2, 6)):
            assert today() == date(2027, 2, 6)
        assert today() == NEW_YEAR


def test_another_thread_keeps_the_real_clock():
    seen = []

    with frozen(date(2000, 1, 1)):
        thread = threading.Thread(target=lambda: seen.append(today()))
        thread.start()
        thread.join()

    assert seen[0] > date(2025, 1, 1)


def test_a_wall_clock_in_china_is_eight_hours_ahead():
    shown = local(datetime(2026, 7, 1, 22, 15, tzinfo=UTC))

    assert shown.strftime("%Y-%m-%d %H:%M %z") == "2026-07-02 06:15 +0800"


def test_a_naive_instant_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="time zone"):
        local(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="time zone"), frozen(datetime(2026, 1, 1)):
        pass
