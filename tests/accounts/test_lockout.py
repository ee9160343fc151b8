from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from sojourn.accounts.lockout import LONGEST, of_codes, of_sign_in, wait_after, wait_left

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 32), (11, 60), (12, 60), (10_000, 60)],
)
def test_the_wait_grows_with_each_failure_and_ends_at_an_hour(failures, minutes):
    assert wait_after(failures, allowed=5) == timedelta(minutes=minutes)


def test_no_number_of_failures_locks_for_good():
    last = datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert wait_left(10**9, allowed=5, since=last, at=last + LONGEST) == timedelta(0)


def test_the_wait_is_counted_from_the_last_failure():
    last = datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert wait_left(6, allowed=5, since=last, at=last + MINUTE / 2) == MINUTE * 1.5


def test_below_the_limit_nobody_waits_even_where_two_clocks_differ():
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert wait_left(3, allowed=5, since=at + MINUTE, at=at) == timedelta(0)


def test_one_name_from_two_networks_is_two_locks():
    here, there = of_sign_in("lin", "192.0.2.1"), of_sign_in("lin", "192.0.2.2")

    assert {lock.key for lock in here}.isdisjoint(lock.key for lock in there)


def test_a_network_is_locked_far_more_loosely_and_forgiven_by_nobody():
    name, network = of_sign_in("lin", "192.0.2.1")
    _, same_network = of_sign_in("shen", "192.0.2.1")

    assert network == same_network
    assert network.allowed == 20 * name.allowed
    assert name.forgiven
    assert not network.forgiven


def test_a_caller_whose_network_is_unknown_is_counted_by_name_alone():
    assert len(of_sign_in("lin", "")) == 1


def test_what_was_typed_cannot_be_read_from_a_lock():
    (lock,) = of_sign_in("my passphrase by mistake", "")

    assert "passphrase" not in lock.key
    assert len(lock.key) == 64


def test_codes_are_counted_by_account_from_wherever_they_come():
    first, second = UUID(int=1), UUID(int=2)

    assert of_codes(first) == of_codes(first)
    assert of_codes(first) != of_codes(second)
