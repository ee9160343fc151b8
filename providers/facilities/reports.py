"""What is reported of a facility at a date: beds, monthly price, grade, answers about features."""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from providers.facilities import features
from providers.facilities.errors import FactsInvalid, field_error
from providers.facilities.states import Answer, GradeLevel

MOST_BEDS = 20_000
HIGHEST_MONTHLY_FEE_FEN = 10_000_000  # 100,000 yuan: above it, someone has typed fen for yuan
LONGEST_REPORTER = 80
HIGHEST_DEPOSIT_FEN = 100_000_000  # a million yuan
_ANSWERS = frozenset(Answer.values)


@dataclass(frozen=True)
class Beds:
    """Filed, operating and nursing beds as of a day; None is "not reported"."""

    filed_beds: int | None
    operating_beds: int | None
    nursing_beds: int | None
    as_of: date


@dataclass(frozen=True)
class Prices:
    """Bed, care and meals in fen a month, reported together or not at all, and the deposit in fen."""

    bed_fee_fen: int | None
    care_fee_fen: int | None
    meal_fee_fen: int | None
    deposit_fen: int | None
    as_of: date


@dataclass(frozen=True)
class FacilityGrade:
    """A grade of GB/T 37276 and the day on which it was given; None together is "not reported"."""

    grade: GradeLevel | None
    graded_on: date | None


@dataclass(frozen=True)
class FeatureAnswers:
    """Answers by feature code as of a day, and who gave them."""

    answers: Mapping[str, Answer]
    as_of: date
    reported_by: str


def bed_columns(beds: Beds, *, on: date) -> dict:
    """The columns for a report of beds, or FactsInvalid: filed covers operating and nursing."""
    figures = {name: value for name, value in asdict(beds).items() if name != "as_of"}
    errors = _out_of_range(figures, dict.fromkeys(figures, MOST_BEDS)) + _future(beds.as_of, on)
    if beds.filed_beds is not None and not errors:
        for name in ("operating_beds", "nursing_beds"):
            if (figures[name] or 0) > beds.filed_beds:
                errors.append(field_error(name, "more_than_filed", _("不能多于备案床位")))
    if errors:
        raise FactsInvalid(errors=errors)
    return {**figures, "beds_as_of": beds.as_of}


def price_columns(prices: Prices, *, on: date) -> dict:
    """The columns for a report of prices, or FactsInvalid: a monthly price has all three parts."""
    figures = {name: value for name, value in asdict(prices).items() if name != "as_of"}
    highest = dict.fromkeys(figures, HIGHEST_MONTHLY_FEE_FEN) | {"deposit_fen": HIGHEST_DEPOSIT_FEN}
    errors = _out_of_range(figures, highest) + _future(prices.as_of, on)
    parts = ("bed_fee_fen", "care_fee_fen", "meal_fee_fen")
    missing = [name for name in parts if figures[name] is None]
    if missing and len(missing) < len(parts):
        errors += [field_error(name, "part_missing", _("三项月费须同时填写")) for name in missing]
    if errors:
        raise FactsInvalid(errors=errors)
    return {**figures, "prices_as_of": prices.as_of}


def grade_columns(report: FacilityGrade, *, valid_years: int, on: date) -> dict:
    """The columns for a grade, or FactsInvalid: it has a day, and holds for whole years from it."""
    grade, day = report.grade, report.graded_on
    errors = _future(day, on, field="graded_on") if day else []
    if grade is not None and grade not in GradeLevel.values:
        errors.append(field_error("grade", "unacceptable", _("请在所列选项中选择")))
    if grade is not None and day is None:
        errors.append(field_error("graded_on", "date_missing", _("请填写等级评定日期")))
    if grade is None and day is not None:
        errors.append(field_error("grade", "missing", _("请选择机构等级")))
    if errors:
        raise FactsInvalid(errors=errors)
    until = None if day is None else years_after(day, valid_years)
    return {"grade": grade, "graded_on": day, "graded_until": until}


def years_after(day: date, years: int) -> date:
    """The last day of a period of years that begins after the day: the same day, or the month's last one.

    As periods run by 民法典 articles 201 and 202.
    """
    month_ends_earlier = (day.month, day.day) == (2, 29) and not isleap(day.year + years)
    return day.replace(year=day.year + years, day=28 if month_ends_earlier else day.day)


def answer_rows(report: FeatureAnswers, *, on: date) -> list[dict]:
    """One mapping a feature, or FactsInvalid where a feature or an answer is not in its list."""
    errors = _future(report.as_of, on)
    if not 1 <= len(report.reported_by.strip()) <= LONGEST_REPORTER:
        errors.append(field_error("reported_by", "unacceptable", _("请填写不超过80字的申报方")))
    if not report.answers:
        errors.append(field_error("answers", "missing", _("至少申报一项")))
    for code, answer in report.answers.items():
        if code not in features.BY_CODE or answer not in _ANSWERS:
            errors.append(field_error(code, "unknown", _("请在所列选项中选择")))
    if errors:
        raise FactsInvalid(errors=errors)
    return [
        {
            "feature": code,
            "answer": Answer(answer),
            "as_of": report.as_of,
            "reported_by": report.reported_by.strip(),
        }
        for code, answer in report.answers.items()
    ]


def _out_of_range(figures: Mapping[str, int | None], highest: Mapping[str, int]) -> list[dict]:
    return [
        field_error(
            name, "out_of_range", _("应在{lowest}与{highest}之间").format(lowest=0, highest=highest[name])
        )
        for name, value in figures.items()
        if value is not None and not 0 <= value <= highest[name]
    ]


def _future(day: date, on: date, *, field: str = "as_of") -> list[dict]:
    return [field_error(field, "date_in_future", _("日期不能晚于今天"))] if day > on else []
