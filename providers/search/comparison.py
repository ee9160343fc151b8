"""Two to four facilities side by side: the same questions to each, and "not reported" where one did not answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from providers.facilities.models import Facility
from providers.search import errors, picked
from providers.search.errors import QueryInvalid, wrong
from providers.search.months import MONTH_COUNTS, month_name
from providers.search.seasons import Reason, reasons_for
from providers.search.sheet import Fact, Group, Label, sheet_of
from sojourn.core.clock import today
from sojourn.web.templatetags.shown import listed, yuan

# How the columns are told apart where they cannot stand side by side.
SEATS = (_("甲"), _("乙"), _("丙"), _("丁"))


@dataclass(frozen=True)
class Asked:
    """Which facilities are compared, from which month on and for how many months."""

    numbers: tuple[str, ...] = ()
    month: int | None = None
    months: int = 1

    @classmethod
    def from_params(cls, params: QueryDict) -> Self:
        """What a query string asks; QueryInvalid with an error for each word that cannot be read."""
        problems = [
            wrong(shown, "unknown", errors.UNKNOWN, word=shown)
            for shown in (
                errors.printable(name) for name in params if name not in {"base", "month", "months"}
            )
        ]
        numbers = _numbers([text for text in params.getlist("base") if text.strip()], problems)
        month, months = (_month(name, params.getlist(name), problems) for name in ("month", "months"))
        if problems:
            raise QueryInvalid(errors=problems)
        return cls(tuple(numbers), month, months or 1)

    @property
    def stay(self) -> list[int]:
        """The months of the stay, from the present one on where none was chosen."""
        first = self.month or today().month
        return [(first - 1 + step) % len(MONTH_COUNTS) + 1 for step in range(self.months)]

    def address_without(self, number: str) -> str:
        """Where the others are compared, for the same months."""
        rest = [one for one in self.numbers if one != number]
        words = {"month": str(self.month or ""), "months": str(self.months) if self.months > 1 else ""}
        return picked.address_of(rest, **words)


@dataclass(frozen=True)
class Column:
    """One facility as it stands at the head of its column; ``without`` compares the others."""

    seat: Label
    facility: Facility
    designations: tuple
    without: str


@dataclass(frozen=True)
class Answered:
    """What one column says to a question; ``fact`` None: the question is none for this facility."""

    seat: Label
    fact: Fact | None


@dataclass(frozen=True)
class Line:
    label: Label
    cells: tuple[Answered, ...]


@dataclass(frozen=True)
class Chapter:
    """Questions that are read together."""

    code: str
    label: Label
    lines: tuple[Line, ...]


def columns_of(facilities: Sequence[Facility], held: dict, asked: Asked) -> list[Column]:
    """The facilities with their seats; ``held`` are the live designations by facility."""
    return [
        Column(seat, facility, tuple(held.get(facility.pk, ())), asked.address_without(facility.number))
        for seat, facility in zip(SEATS, facilities, strict=False)
    ]


def chapters_of(facilities: Sequence[Facility], asked: Asked) -> list[Chapter]:
    """The price of the stay first, then the weather there, then what each told about itself."""
    sheets = [sheet_of(facility, list(facility.feature_reports.all())) for facility in facilities]
    told = zip(*(sheet.groups for sheet in sheets), strict=True)
    first = [_fees(one, asked.months) for one in facilities], _weather(facilities, asked)
    return [_side_by_side(groups) for groups in (*first, *told)]


def _numbers(texts: list[str], problems: list[dict]) -> list[str]:
    """The numbers as they stand in the address; what is no number, or one too many, is an error."""
    for text in texts:
        if not picked.numbers_among([text]):
            problems.append(wrong("base", "no_number", errors.NO_NUMBER, text=errors.printable(text)))
    numbers = picked.numbers_among(texts)
    if len(numbers) > picked.MOST:
        problems.append(wrong("base", "too_many", errors.TOO_MANY_BASES, most=picked.MOST))
    return numbers


def _month(name: str, texts: list[str], problems: list[dict]) -> int | None:
    texts = [text.strip() for text in texts if text.strip()]
    if not texts:
        return None
    if len(texts) > 1 or texts[0] not in {str(number) for number in MONTH_COUNTS}:
        problems.append(wrong(name, "no_month", errors.NO_MONTH))
        return None
    return int(texts[0])


def _side_by_side(groups: Sequence[Group]) -> Chapter:
    """The same group of each facility as lines of one chapter, every question once."""
    labels = dict.fromkeys(str(fact.label) for group in groups for fact in group.facts)
    facts = [{str(fact.label): fact for fact in group.facts} for group in groups]
    return Chapter(
        groups[0].code,
        groups[0].label,
        tuple(Line(label, _cells(by_label.get(label) for by_label in facts)) for label in labels),
    )


def _cells(facts: Iterable[Fact | None]) -> tuple[Answered, ...]:
    return tuple(Answered(seat, fact) for seat, fact in zip(SEATS, facts, strict=False))


def _fees(facility: Facility, months: int) -> Group:
    """The monthly sum, its parts, and what a stay of several months comes to without the deposit."""
    monthly, as_of = facility.monthly_fee_fen, facility.prices_as_of
    sums: list[tuple[str | Promise, int | None]] = [(_("每月合计"), monthly)]
    if months > 1:
        whole = None if monthly is None else monthly * months
        label = ngettext("{count}个月合计（不含押金）", "{count}个月合计（不含押金）", months)
        sums.append((label.format(count=months), whole))
    sums += [
        (_("其中床位费"), facility.bed_fee_fen),
        (_("其中照料护理费"), facility.care_fee_fen),
        (_("其中餐费"), facility.meal_fee_fen),
        (_("押金（一次）"), facility.deposit_fen),
    ]
    dated = next((label for label, fen in sums if fen is not None), None)  # one date speaks for all of them
    facts = [Fact(label, yuan(fen), as_of=as_of if label is dated else None) for label, fen in sums]
    return Group("fees", _("价格"), tuple(facts))


def _weather(facilities: Sequence[Facility], asked: Asked) -> list[Group]:
    """The months of the stay in each city; of several the least fitting one."""
    months = asked.stay
    reasons = reasons_for({facility.division.city_code for facility in facilities}, months)
    label = month_name(months[0]) if len(months) == 1 else _("最不合适的月份")
    return [
        Group("weather", _("天气"), _weather_of(facility, reasons.get(facility.division.city_code), label))
        for facility in facilities
    ]


def _weather_of(facility: Facility, reason: Reason | None, label: Label) -> tuple[Fact, ...]:
    answers = {report.feature: report.answer for report in facility.feature_reports.all()}
    warned = listed(reason.warnings) if reason else ""
    return (
        Fact(label, reason.line_for(answers) if reason else ""),
        Fact(_("另请留意"), warned or (_("无") if reason else "")),
    )
