import base64
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.accounts.totp import STEP_SECONDS, code_at, step_at, step_of

# RFC 6238, appendix B, SHA-1: the last six of the eight digits printed there.
SECRET = base64.b32encode(b"12345678901234567890").decode()
PUBLISHED = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("seconds", "code"), PUBLISHED.items())
def test_codes_are_those_of_the_standard(seconds, code):
    assert code_at(SECRET, step_at(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_code_of_a_clock_that_is_one_step_off_still_opens():
    at = datetime(2026, 5, 1, tzinfo=UTC)
    slow, fast = (code_at(SECRET, step_at(at) + steps) for steps in (-1, 1))

    assert step_of(SECRET, slow, at=at) == step_at(at) - 1
    assert step_of(SECRET, fast, at=at) == step_at(at) + 1


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_a_clock_that_is_further_off_does_not(steps):
    at = datetime(2026, 5, 1, tzinfo=UTC)

    code = code_at(SECRET, step_at(at + timedelta(seconds=steps * STEP_SECONDS)))

    assert step_of(SECRET, code, at=at) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_opens_nothing(typed):
    assert step_of(SECRET, typed, at=datetime(2026, 5, 1, tzinfo=UTC)) is None
