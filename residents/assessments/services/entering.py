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
from residents.assessments.services.assessing import USUAL_SCALE, months_valid
from residents.assessments.services.holding import refuse_merged, refuse_wrong_day
from residents.assessments.states import MEDICAL_OR_NURSING, AssessmentKind, AssessmentStatus, Background
from residents.registry.errors import NoSuchResident, NotYourResident
from residents.registry.models import Resident, ResidentKey
from residents.registry.safe import Safe
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import NOON, SHANGHAI, today
from sojourn.core.constraints import refusing
from sojourn.core.counters import next_numbers
from sojourn.core.refusals import Refusal
from sojourn.core.trail import record_all

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


@transaction.atomic
def enter_result(*, resident_id: UUID, result: ElsewhereResult, actor: Actor) -> Assessment:
    """What was found elsewhere stands here, marked as entered, after the same checks: the score is ours."""
    [entered] = enter_results(results=[(resident_id, result)], actor=actor)
    return entered


@transaction.atomic
def enter_results(*, results: Sequence[tuple[UUID, ElsewhereResult]], actor: Actor) -> list[Assessment]:
    """The same for many papers, each of a resident by her id; all of them or none."""
    ids = {resident_id for resident_id, _result in results}
    held = {row.pk: row for row in Resident.objects.visible_to(actor).locked().filter(pk__in=ids)}
    if len(held) < len(ids):
        raise NoSuchResident
    if not all(policy.can_assign(actor, resident) for resident in held.values()):
        raise NotYourResident
    for resident_id, result in results:
        for check in _checks(result, held[resident_id]):
            check()
    owners = [held[resident_id].owner for resident_id, _result in results]
    numbers = next_numbers(prefix=ASSESSMENT_PREFIX, counter=ASSESSMENT_COUNTER, province_codes=owners)
    keys = ResidentKey.objects.in_bulk(ids)
    until = cache(months_valid)
    rows = []
    for (resident_id, result), number in zip(results, numbers, strict=True):
        resident = held[resident_id]
        row = _entered(result, resident, Safe.unlocked(resident.pk, keys[resident.pk].wrapped))
        row.number, row.valid_until = number, until(result.assessed_on, resident.owner)
        rows.append(row)
    with refusing("assessment_paper_entered_once", EnteredAlready):
        Assessment.objects.bulk_create(rows)
    record_all(
        action="assessment.entered", actor=actor, lines=[(row, {"number": row.number}) for row in rows]
    )
    return rows


def faults_of(result: ElsewhereResult, resident: Resident) -> list[dict]:
    """Everything that speaks against entering a paper, as refusals list it: field, code and a sentence each."""
    errors = []
    for check in _checks(result, resident):
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
    yield lambda: _found(result).scored(scale(*result.scale))


def _found(result: ElsewhereResult) -> Findings:
    return Findings(
        answers=dict(result.answers), circumstances=dict(result.circumstances), assessors=result.assessors
    )


def _entered(result: ElsewhereResult, resident: Resident, safe: Safe) -> Assessment:
    """The paper as a row: its number and how long it holds are still to be said."""
    used, findings = scale(*result.scale), _found(result)
    scored = findings.scored(used)
    row = Assessment(
        owner=resident.owner,
        kind=AssessmentKind.IMPORTED,
        status=AssessmentStatus.FINAL,
        is_sample=resident.is_sample,
        resident=resident,
        scale_code=used.code,
        edition=used.edition,
        scale_digest=scored.digest,
        assessed_on=result.assessed_on,
        concluded_on=today(),
        level=scored.level,
        source=result.source.strip(),
        paper_reference=result.paper_reference.strip(),
    )
    row.findings_cipher = locked(findings.with_result(scored), safe, row.pk)
    return row


def _refuse_wrong_paper(result: ElsewhereResult) -> None:
    errors = []
    for name, detail in {
        "source": _("请填写出具评估结果的单位"),
        "paper_reference": _("请填写评估报告编号"),
    }.items():
        said = getattr(result, name).strip()
        if not said or len(said) > LONGEST[name] or "\0" in said:
            errors.append(field_error(name, "missing", detail))
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
