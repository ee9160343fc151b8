from datetime import date, timedelta

import pytest

from providers.facilities.errors import FactsInvalid
from providers.facilities.reports import (
    HIGHEST_DEPOSIT_FEN,
    HIGHEST_MONTHLY_FEE_FEN,
    MOST_BEDS,
    Beds,
    FeatureAnswers,
    Prices,
    answer_rows,
    bed_columns,
    price_columns,
    years_after,
)
from providers.facilities.states import Answer

TODAY = date(2026, 10, 1)
TOMORROW = TODAY + timedelta(days=1)


def wrong_fields(call, report) -> list[tuple[str, str]]:
    with pytest.raises(FactsInvalid) as refusal:
        call(report, on=TODAY)
    return [(error["field"], error["code"]) for error in refusal.value.errors]


def test_beds_become_columns_with_their_day():
    assert bed_columns(Beds(120, 100, None, TODAY), on=TODAY) == {
        "filed_beds": 120,
        "operating_beds": 100,
        "nursing_beds": None,
        "beds_as_of": TODAY,
    }


@pytest.mark.parametrize(
    ("beds", "troubles"),
    [
        (Beds(100, 101, None, TODAY), [("operating_beds", "more_than_filed")]),
        (Beds(100, 50, 101, TODAY), [("nursing_beds", "more_than_filed")]),
        (Beds(0, 1, 1, TODAY), [("operating_beds", "more_than_filed"), ("nursing_beds", "more_than_filed")]),
        (Beds(-1, None, None, TODAY), [("filed_beds", "out_of_range")]),
        (Beds(MOST_BEDS + 1, None, None, TODAY), [("filed_beds", "out_of_range")]),
        (Beds(1, 1, 1, TOMORROW), [("as_of", "date_in_future")]),
    ],
)
def test_beds_that_cannot_be_are_refused_field_by_field(beds, troubles):
    assert wrong_fields(bed_columns, beds) == troubles


def test_prices_become_columns_with_their_day():
    assert price_columns(Prices(150_000, 120_000, 80_000, None, TODAY), on=TODAY) == {
        "bed_fee_fen": 150_000,
        "care_fee_fen": 120_000,
        "meal_fee_fen": 80_000,
        "deposit_fen": None,
        "prices_as_of": TODAY,
    }


@pytest.mark.parametrize(
    ("prices", "troubles"),
    [
        (Prices(1, None, 1, None, TODAY), [("care_fee_fen", "part_missing")]),
        (
            Prices(1, None, None, 1, TODAY),
            [("care_fee_fen", "part_missing"), ("meal_fee_fen", "part_missing")],
        ),
        (Prices(-1, 0, 0, None, TODAY), [("bed_fee_fen", "out_of_range")]),
        (Prices(HIGHEST_MONTHLY_FEE_FEN + 1, 0, 0, None, TODAY), [("bed_fee_fen", "out_of_range")]),
        (Prices(0, 0, 0, HIGHEST_DEPOSIT_FEN + 1, TODAY), [("deposit_fen", "out_of_range")]),
        (Prices(0, 0, 0, 0, TOMORROW), [("as_of", "date_in_future")]),
    ],
)
def test_prices_that_cannot_be_are_refused_field_by_field(prices, troubles):
    assert wrong_fields(price_columns, prices) == troubles


def test_a_deposit_alone_may_be_reported():
    assert price_columns(Prices(None, None, None, 5_000, TODAY), on=TODAY)["deposit_fen"] == 5_000


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2024, 5, 10), date(2027, 5, 10)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2023, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_period_of_years_ends_on_the_same_day_or_the_months_last(day, last):
    assert years_after(day, 3) == last


def test_a_leap_day_four_years_on_is_a_leap_day_again():
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_answers_become_one_row_a_feature():
    report = FeatureAnswers({"lift": "yes", "hot_water": Answer.UNKNOWN}, TODAY, " 机构自报 ")

    assert answer_rows(report, on=TODAY) == [
        {"feature": "lift", "answer": Answer.YES, "as_of": TODAY, "reported_by": "机构自报"},
        {"feature": "hot_water", "answer": Answer.UNKNOWN, "as_of": TODAY, "reported_by": "机构自报"},
    ]


@pytest.mark.parametrize(
    ("report", "troubles"),
    [
        (FeatureAnswers({"helipad": "yes"}, TODAY, "机构自报"), [("helipad", "unknown")]),
        (FeatureAnswers({"lift": "perhaps"}, TODAY, "机构自报"), [("lift", "unknown")]),
        (FeatureAnswers({"lift": "yes"}, TODAY, " "), [("reported_by", "unacceptable")]),
        (FeatureAnswers({"lift": "yes"}, TODAY, "人" * 81), [("reported_by", "unacceptable")]),
        (FeatureAnswers({"lift": "yes"}, TOMORROW, "机构自报"), [("as_of", "date_in_future")]),
        (FeatureAnswers({}, TODAY, "机构自报"), [("answers", "missing")]),
    ],
)
def test_answers_that_cannot_be_are_refused(report, troubles):
    assert wrong_fields(answer_rows, report) == troubles
