"""Results made elsewhere are entered from their paper, and sample results are written many at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from residents.assessments import policy
from residents.assessments.errors import (
    EnteredAlready,
    FactsInvalid,
    NoMedicalBackground,
    NoSuchAssessor,
    NotYourAssessment,
    SameAssessor,
    field_error,
)
from residents.assessments.findings import Findings, locked
from residents.assessments.models import Assessment, Assessor
from residents.assessments.naming import ASSESSMENT_COUNTER, ASSESSMENT_PREFIX
from residents.assessments.scales import scale
from residents.assessments.scoring import Result
from residents.assessments.services.assessing import USUAL_SCALE, months_valid
from residents.assessments.services.holding import refuse_merged, refuse_wrong_day
from residents.assessments.services.telling import tell_entered
from residents.assessments.states import MEDICAL_OR_NURSING, AssessmentKind, AssessmentStatus, Background
from residents.registry.errors import NoSuchResident, NotYourResident
from residents.registry.models import Resident, ResidentKey
from residents.registry.safe import Safe
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import NOON, SHANGHAI, today
from sojourn.core.constraints import refusing
from sojourn.core.copying import blank, copy_in, filled
from sojourn.core.counters import next_numbers
from sojourn.core.ids import uuid7
from sojourn.core.keyring import Key, keyring
from sojourn.core.plain_words import NamesSomebody, names_somebody
from sojourn.core.refusals import Refusal
from sojourn.core.trail import record_all, record_rows

BLANK = blank(Assessment)
# What the checks ask of a resident and an assessment takes over from her.
ASKED = ("owner", "home_division_id", "status", "is_sample", "birth_on", "merged_into_id")
LONGEST = {"source": 120, "paper_reference": 80, "name": 60}


@dataclass(frozen=True)
class ElsewhereResult:
    """What a paper from elsewhere says: who issued it under which number, who assessed, when, and what was found."""

    source: str
    paper_reference: str
    assessed_on: date
    assessors: tuple[tuple[str, str], tuple[str, str]]  # name and background of each
    answers: Mapping[str, int] = field(repr=False)
    circumstances: Mapping[str, bool | int] = field(repr=False)
    scale: tuple[str, str] = USUAL_SCALE


@dataclass(frozen=True)
class SampleResult:
    """An invented result of a sample resident, by two assessors of the register."""

    resident_id: UUID
    first_assessor_id: UUID
    second_assessor_id: UUID
    assessed_on: date
    answers: Mapping[str, int] = field(repr=False)
    circumstances: Mapping[str, bool | int] = field(repr=False)
    reason: str = "routine"


@dataclass(frozen=True)
class _Entered:
    """A paper of a resident, what it came to and the assessment that it becomes."""

    result: ElsewhereResult
    scored: Result
    resident: Resident
    number: str
    valid_until: date
    id: UUID = field(default_factory=uuid7)

    def columns_on(self, day: date, safe: Safe) -> dict:
        """The row as it is entered on this day, what was found locked in the resident's safe."""
        result, scored = self.result, self.scored
        return {
            "owner": self.resident.owner,
            "number": self.number,
            "valid_until": self.valid_until,
            "concluded_on": day,
            "kind": AssessmentKind.IMPORTED,
            "status": AssessmentStatus.FINAL,
            "is_sample": self.resident.is_sample,
            "resident_id": self.resident.pk,
            "scale_code": scored.scale_code,
            "edition": scored.edition,
            "scale_digest": scored.digest,
            "assessed_on": result.assessed_on,
            "level": scored.level,
            "source": result.source.strip(),
            "paper_reference": result.paper_reference.strip(),
            "findings_cipher": locked(_found(result).with_result(scored), safe, self.id),
        }


@transaction.atomic
def enter_result(*, resident_id: UUID, result: ElsewhereResult, actor: Actor) -> Assessment:
    """What was found elsewhere stands here, marked as entered, after the same checks: the score is ours.

    She is told of it.
    """
    [pk] = enter_results(results=[(resident_id, result)], actor=actor)
    entered = Assessment.objects.select_related("resident__key").get(pk=pk)
    tell_entered(entered, actor)
    return entered


@transaction.atomic
def enter_results(*, results: Sequence[tuple[UUID, ElsewhereResult]], actor: Actor) -> list[UUID]:
    """The same for many papers, each of a resident by her id; all of them or none, and nobody told yet.

    The identifiers of the assessments come back in the order of the papers.
    """
    ids = {resident_id for resident_id, _result in results}
    asked = Resident.objects.visible_to(actor).locked().filter(pk__in=ids).only(*ASKED)
    held = {row.pk: row for row in asked}
    if len(held) < len(ids):
        raise NoSuchResident
    if not all(policy.can_assign(actor, resident) for resident in held.values()):
        raise NotYourResident
    papers = [(held[resident_id], result) for resident_id, result in results]
    found = [_judged(result, resident) for resident, result in papers]
    owners = [resident.owner for resident, _result in papers]
    numbers = next_numbers(prefix=ASSESSMENT_PREFIX, counter=ASSESSMENT_COUNTER, province_codes=owners)
    until = cache(months_valid)
    entries = [
        _Entered(result, scored, resident, number, until(result.assessed_on, resident.owner))
        for (resident, result), scored, number in zip(papers, found, numbers, strict=True)
    ]
    wrapped = dict(ResidentKey.objects.filter(pk__in=ids).values_list("pk", "wrapped"))
    key_of, day = cache(keyring().key), today()
    # One is locked while the database writes the one before it.
    rows = (
        [one.id, *filled(BLANK, one.columns_on(day, _safe_of(one.resident, wrapped, key_of)))]
        for one in entries
    )
    with refusing("assessment_paper_entered_once", EnteredAlready):
        copy_in(Assessment, ("id", *BLANK), rows)
    lines = ((one.id, {"number": one.number}) for one in entries)
    record_rows(action="assessment.entered", actor=actor, model=Assessment, lines=lines)
    return [one.id for one in entries]


def faults_of(result: ElsewhereResult, resident: Resident) -> list[dict]:
    """Everything that speaks against entering a paper, as refusals list it: field, code and a sentence each."""
    errors = []
    for check in (*_checks(result, resident), lambda: _scored(result)):
        try:
            check()
        except Refusal as refusal:
            errors += refusal.errors or [field_error("", refusal.code, refusal.title)]
    return errors


@transaction.atomic
def enter_sample_results(*, results: Iterable[SampleResult], actor: Actor) -> list[Assessment]:
    """Final results of sample residents, all of them or none; only a job does so, and of nobody real."""
    if actor.role != Role.SYSTEM:
        raise NotYourAssessment
    wanted = list(results)
    ids = {one.resident_id for one in wanted}
    residents = Resident.objects.filter(is_sample=True).in_bulk(ids)
    keys = ResidentKey.objects.in_bulk(ids)
    assessors = Assessor.objects.select_related("body").in_bulk(
        {key for one in wanted for key in (one.first_assessor_id, one.second_assessor_id)}
    )
    if len(residents) < len(ids) or len(keys) < len(ids):
        raise NoSuchResident
    owners = [residents[one.resident_id].owner for one in wanted]
    numbers = next_numbers(prefix=ASSESSMENT_PREFIX, counter=ASSESSMENT_COUNTER, province_codes=owners)
    until: dict[tuple[date, str], date] = {}
    rows = []
    for one, number in zip(wanted, numbers, strict=True):
        resident = residents[one.resident_id]
        day = (one.assessed_on, resident.owner)
        until[day] = until.get(day) or months_valid(*day)
        safe = Safe.unlocked(resident.pk, keys[resident.pk].wrapped)
        row = _sample_row(one, resident, _pair(one, assessors), safe)
        row.number, row.valid_until = number, until[day]
        rows.append(row)
    Assessment.objects.bulk_create(rows, batch_size=1000)
    lines = [(row, {"number": row.number}) for row in rows]
    record_all(action="assessment.entered", actor=actor, lines=lines)
    return rows


# --- steps ----------------------------------------------------------------------------------------
def _checks(result: ElsewhereResult, resident: Resident) -> Iterator[Callable[[], object]]:
    yield lambda: refuse_merged(resident)
    yield lambda: _refuse_wrong_paper(result)
    yield lambda: refuse_wrong_day(result.assessed_on, resident)
    yield lambda: _refuse_unfit_names(result.assessors)


def _found(result: ElsewhereResult) -> Findings:
    return Findings(
        answers=dict(result.answers), circumstances=dict(result.circumstances), assessors=result.assessors
    )


def _safe_of(resident: Resident, wrapped: Mapping[UUID, str], key_of: Callable[[str], Key]) -> Safe:
    return Safe.unlocked_with(resident.pk, wrapped[resident.pk], key_of)


def _scored(result: ElsewhereResult) -> Result:
    return _found(result).scored(scale(*result.scale))


def _judged(result: ElsewhereResult, resident: Resident) -> Result:
    """What a paper of this resident comes to; refused for the first thing that speaks against entering it."""
    for check in _checks(result, resident):
        check()
    return _scored(result)


def _refuse_wrong_paper(result: ElsewhereResult) -> None:
    errors = []
    for name, detail in {
        "source": _("请填写出具评估结果的单位"),
        "paper_reference": _("请填写评估报告编号"),
    }.items():
        said = getattr(result, name).strip()
        if not said or len(said) > LONGEST[name] or "\0" in said:
            errors.append(field_error(name, "missing", detail))
        elif names_somebody(said):
            errors.append(field_error(name, NamesSomebody.code, NamesSomebody.title))
    for place, (name, background) in enumerate(result.assessors, start=1):
        if not name.strip() or len(name.strip()) > LONGEST["name"] or "\0" in name:
            errors.append(field_error(f"assessor{place}", "missing", _("请填写评估人员姓名")))
        if background not in Background.values:
            errors.append(field_error(f"background{place}", "unknown", _("请选择专业背景")))
    if errors:
        raise FactsInvalid(errors=errors)


def _refuse_unfit_names(assessors: tuple[tuple[str, str], tuple[str, str]]) -> None:
    (first, its), (second, others) = assessors
    if "".join(first.split()) == "".join(second.split()):
        raise SameAssessor
    if not {its, others} & MEDICAL_OR_NURSING:
        raise NoMedicalBackground


def _pair(one: SampleResult, assessors: Mapping[UUID, Assessor]) -> tuple[Assessor, Assessor]:
    try:
        return assessors[one.first_assessor_id], assessors[one.second_assessor_id]
    except KeyError:
        raise NoSuchAssessor from None


def _sample_row(
    one: SampleResult, resident: Resident, pair: tuple[Assessor, Assessor], safe: Safe
) -> Assessment:
    used = scale(*USUAL_SCALE)
    findings = Findings(answers=dict(one.answers), circumstances=dict(one.circumstances))
    scored = findings.scored(used)
    at = datetime.combine(one.assessed_on, NOON, SHANGHAI)
    row = Assessment(
        owner=resident.owner,
        kind=AssessmentKind.REGULAR,
        status=AssessmentStatus.FINAL,
        is_sample=True,
        resident=resident,
        reason=one.reason,
        scale_code=used.code,
        edition=used.edition,
        scale_digest=scored.digest,
        assessed_on=one.assessed_on,
        concluded_on=one.assessed_on,
        level=scored.level,
        body=pair[0].body,
        first_assessor=pair[0],
        second_assessor=pair[1],
        first_signed_at=at,
        second_signed_at=at,
    )
    row.findings_cipher = locked(findings.with_result(scored), safe, row.pk)
    return row
