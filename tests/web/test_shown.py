"""Days, money and telephone numbers as they are written on a page."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from sojourn.web.templatetags.shown import callable_number, chinese, day, listed, yuan


@pytest.mark.parametrize(
    ("language", "written"),
    [("zh-hans", "2021年11月5日"), ("zh-hant", "2021年11月5日"), ("en", "5 November 2021")],
)
def test_a_day_is_written_as_people_write_it_and_readable_for_machines(language, written):
    with translation.override(language):
        assert day(date(2021, 11, 5)) == f'<time datetime="2021-11-05">{written}</time>'


def test_an_instant_is_the_day_it_was_in_china():
    assert "2021-11-06" in day(datetime(2021, 11, 5, 17, tzinfo=UTC))


def test_no_day_is_written_as_nothing():
    assert day(None) == ""


@pytest.mark.parametrize(
    ("fen", "written"), [(None, ""), (0, "¥0"), (350_000, "¥3,500"), (12_345_678_905, "¥123,456,789.05")]
)
def test_fen_are_written_as_yuan(fen, written):
    assert yuan(fen) == written


def test_labels_are_listed_with_the_comma_of_the_language():
    with translation.override("zh-hans"):
        assert listed(["软食", "低盐"]) == "软食、低盐"
    with translation.override("en"):
        assert listed(["soft", "low salt"]) == "soft, low salt"


@pytest.mark.parametrize(
    ("written", "called"),
    [("020-8888 0000", "02088880000"), ("+86 (20) 8888", "+86208888"), ("12345转2", "12345")],
)
def test_a_telephone_number_is_dialled_by_its_digits(written, called):
    assert callable_number(written) == called


def test_a_registered_name_is_kept_and_escaped():
    assert chinese("<于>") == '<span lang="zh-Hans" translate="no">&lt;于&gt;</span>'
