"""What a facility told about itself, laid out for reading: what was reported, with its date, and what was not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from providers.facilities.features import CATALOGUE, DIETS, GROUPS, LANGUAGES
from providers.facilities.models import Facility, FeatureReport
from providers.facilities.states import AbilityLevel, Answer, MedicalCare
from sojourn.core.clock import today
from sojourn.web.templatetags.shown import day, listed

Label = str | Promise


@dataclass(frozen=True)
class Fact:
    """One line of the sheet: words to show, or a yes or no; neither where nothing was reported."""

    label: Label
    shown: Label = ""
    answer: str = ""
    as_of: date | None = None
    is_name: bool = False  # a registered name or number: shown as it is written

    @property
    def is_reported(self) -> bool:
        return bool(self.shown) or self.answer in {Answer.YES, Answer.NO}


@dataclass(frozen=True)
class Group:
    """Facts that are read together."""

    code: str
    label: Label
    facts: tuple[Fact, ...]

    @property
    def reported(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_reported]

    @property
    def unreported(self) -> list[Fact]:
        return [fact for fact in self.facts if not fact.is_reported]

    @property
    def as_of(self) -> date | None:
        """The one day of which all that is reported here speaks; None where days differ or are not known."""
        days = {fact.as_of for fact in self.reported}
        return days.pop() if len(days) == 1 else None


@dataclass(frozen=True)
class Sheet:
    """All groups of one facility, those that say something apart from those that say nothing."""

    groups: tuple[Group, ...]

    @property
    def telling(self) -> list[Group]:
        return [group for group in self.groups if group.reported]

    @property
    def silent(self) -> list[Group]:
        return [group for group in self.groups if not group.reported]

    @property
    def silent_facts(self) -> int:
        return sum(len(group.facts) for group in self.silent)


def sheet_of(facility: Facility, reports: list[FeatureReport]) -> Sheet:
    """The sheet of one facility from its row and its answers to the catalogue of features."""
    answers = {report.feature: report for report in reports}
    own = {"medical": _medical(facility), "stay": _stay(facility)}
    features = [
        Group(code, label, (*own.get(code, ()), *_features(code, answers))) for code, label in GROUPS.items()
    ]
    return Sheet(
        (
            Group("body", _("机构与备案"), _body(facility)),
            Group("beds", _("床位"), _beds(facility)),
            Group("levels", _("接收哪些老年人"), _levels(facility)),
            *features,
            Group("table", _("语言与膳食"), _table(facility)),
        )
    )


def label_of(model: type[Model] | Model, name: str) -> Label:
    """What the column is called, from the one place that says it."""
    field = model._meta.get_field(name)
    return field.verbose_name if isinstance(field, Field) else name


def _body(facility: Facility) -> tuple[Fact, ...]:
    operator = facility.operator
    return (
        Fact(label_of(facility, "kind"), facility.get_kind_display() or ""),
        Fact(label_of(facility, "operator"), operator.name if operator else "", is_name=True),
        Fact(
            label_of(type(operator), "registration_type") if operator else _("登记类型"),
            (operator.get_registration_type_display() or "") if operator else "",
        ),
        Fact(label_of(facility, "grade"), _grade_in_words(facility)),
        Fact(label_of(facility, "address"), facility.address, is_name=True),
        Fact(label_of(facility, "filing_state"), facility.get_filing_state_display() or ""),
        Fact(label_of(facility, "filing_number"), facility.filing_number, is_name=True),
    )


def _beds(facility: Facility) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            label_of(facility, name),
            _counted(getattr(facility, name), _beds_in_words),
            as_of=facility.beds_as_of,
        )
        for name in ("filed_beds", "operating_beds", "nursing_beds")
    )


def _levels(facility: Facility) -> tuple[Fact, ...]:
    levels = [AbilityLevel(level).label for level in facility.levels_taken or ()]
    return (Fact(label_of(facility, "levels_taken"), listed(levels)),)


def _medical(facility: Facility) -> tuple[Fact, ...]:
    facts = [
        Fact(
            label_of(facility, "medical_care"),
            facility.get_medical_care_display() or "",
            as_of=facility.medical_as_of,
        )
    ]
    if facility.medical_care in {None, MedicalCare.CONTRACTED}:
        facts.append(
            Fact(label_of(facility, "contracted_hospital"), facility.contracted_hospital, is_name=True)
        )
    distance = "" if facility.hospital_km is None else f"{facility.hospital_km:f}"
    facts.append(Fact(label_of(facility, "hospital_km"), distance, as_of=facility.medical_as_of))
    return tuple(facts)


def _stay(facility: Facility) -> tuple[Fact, ...]:
    return (
        Fact(
            label_of(facility, "shortest_stay_nights"),
            _counted(facility.shortest_stay_nights, _nights_in_words),
        ),
    )


def _table(facility: Facility) -> tuple[Fact, ...]:
    return (
        Fact(
            label_of(facility, "languages"), listed([LANGUAGES.get(c, c) for c in facility.languages or ()])
        ),
        Fact(label_of(facility, "diets"), listed([DIETS.get(code, code) for code in facility.diets or ()])),
    )


def _features(group: str, answers: dict[str, FeatureReport]) -> tuple[Fact, ...]:
    """The features of one group; one that was answered "unknown" counts as not reported."""
    return tuple(
        _answered(feature.label, answers.get(feature.code)) for feature in CATALOGUE if feature.group == group
    )


def _answered(label: Label, report: FeatureReport | None) -> Fact:
    if report is None or report.answer == Answer.UNKNOWN:
        return Fact(label)
    return Fact(label, answer=report.answer, as_of=report.as_of)


def _grade_in_words(facility: Facility) -> Label:
    """The grade with the days from and until which it holds; one that has run out says so."""
    if facility.grade is None:
        return ""
    holds = facility.grade_on(today()) is not None
    return format_html(
        str(
            _("{grade}，{given}评定，有效至{until}")
            if holds
            else _("{grade}（{given}评定，已于{until}到期）")
        ),
        grade=facility.get_grade_display(),
        given=day(facility.graded_on),
        until=day(facility.graded_until),
    )


def _counted(figure: int | None, in_words: Callable[[int], str]) -> str:
    return "" if figure is None else in_words(figure)


def _beds_in_words(beds: int) -> str:
    return ngettext("{count}张", "{count}张", beds).format(count=f"{beds:,}")


def _nights_in_words(nights: int) -> str:
    return ngettext("{count}夜", "{count}夜", nights).format(count=nights)
