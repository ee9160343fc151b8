"""A resident is assessed: assigned to two people, filled in, signed by both, and then final."""

from collections.abc import Mapping
from datetime import date
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from providers.facilities.models import Facility
from residents.assessments import policy
from residents.assessments.errors import (
    AlreadySigned,
    AnswersInvalid,
    AssessmentAtHand,
    FactsInvalid,
    field_error,
)
from residents.assessments.findings import Findings, locked, opened
from residents.assessments.models import Assessment
from residents.assessments.naming import ASSESSMENT_COUNTER, ASSESSMENT_PREFIX
from residents.assessments.periods import months_after
from residents.assessments.scales import scale
from residents.assessments.scoring import Result, wrong_so_far
from residents.assessments.services.holding import (
    held_assessment,
    held_opened,
    held_pair,
    held_resident,
    number_of,
    permit,
    refuse_unfit,
    refuse_wrong_day,
    stated,
)
from residents.assessments.services.telling import tell_concluded
from residents.assessments.states import ASSESSMENT_FLOW, AssessmentKind, AssessmentStatus
from residents.registry.errors import NotYourResident
from residents.registry.models import Resident
from residents.registry.services.holding import safe_of
from sojourn.core.actors import Actor
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.refusals import LostUpdate, SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

VALID_MONTHS = "assessment_valid_months"
USUAL_SCALE = ("gbt42195", "2022")


class Assignment(TypedDict, total=False):
    """By whom, why and on which scale a resident is to be assessed, and for which facility if for one."""

    first_assessor_id: UUID
    second_assessor_id: UUID
    reason: str
    facility_id: UUID | None
    scale: tuple[str, str]


@transaction.atomic
def assign_assessment(*, resident_id: UUID, assignment: Assignment, actor: Actor) -> Assessment:
    """Two assessors who are fit to are to assess a resident; what they find waits to be filled in.

    Her home's officers assign them; an assessor to whom the resident is open may begin with a colleague.
    """
    resident = held_opened(resident_id, actor)
    if resident is None:
        resident = held_resident(resident_id, actor)
        permit_on(policy.can_assign(actor, resident))
    at_hand = Assessment.objects.about(resident.pk).at_hand().filter(kind=AssessmentKind.REGULAR).first()
    if at_hand is not None:
        raise AssessmentAtHand(detail=at_hand.number)
    assessment = made_draft(resident, assignment, kind=AssessmentKind.REGULAR, actor=actor)
    permit_on(policy.can_assign(actor, resident) or policy.is_assessor_of(actor, assessment))
    with refusing("assessment_one_at_hand", AssessmentAtHand):
        assessment.save(force_insert=True)
    record(action="assessment.assigned", actor=actor, subject=assessment, number=assessment.number)
    return assessment


@transaction.atomic
def keep_answers(
    *,
    assessment_id: UUID,
    answers: Mapping[str, int],
    circumstances: Mapping[str, bool | int],
    assessed_on: date | None = None,
    seen_version: int | None = None,
    actor: Actor,
) -> Assessment:
    """What is answered so far is kept, half-filled too; what was kept before is replaced by it.

    AnswersInvalid for an answer that is none of its item's; with ``seen_version`` LostUpdate where the
    other assessor has kept something since.
    """
    assessment = held_assessment(assessment_id, actor)
    permit(policy.is_assessor_of(actor, assessment))
    _still_open_to_change(assessment)
    findings, safe = Findings(dict(answers), dict(circumstances)), safe_of(assessment.resident)
    kept = (opened(assessment.findings_cipher, safe, assessment.pk), assessment.assessed_on)
    if kept == (findings, assessed_on):  # sent twice
        return assessment
    if seen_version is not None and seen_version != assessment.version:
        raise LostUpdate
    used = scale(assessment.scale_code, assessment.edition)
    errors = wrong_so_far(used, answers, circumstances)
    if errors:
        raise AnswersInvalid(errors=errors)
    if assessed_on is not None:
        refuse_wrong_day(assessed_on, assessment.resident)
    assessment.findings_cipher = locked(findings, safe, assessment.pk)
    assessment.assessed_on = assessed_on
    assessment.save(update_fields=["findings_cipher", "assessed_on"])
    assessment.refresh_from_db(fields=["version", "changed_at"])
    record(action="assessment.kept", actor=actor, subject=assessment, filled=findings.filled(used))
    return assessment


@transaction.atomic
def sign_assessment(*, assessment_id: UUID, seen_version: int | None = None, actor: Actor) -> Assessment:
    """One of the two stands by what was found; signed by both it is final, with a level that holds until a day.

    The score is worked out anew at each signature. Refused: who is neither of the two, the same person twice,
    a half-filled scale, a day that has not come, and anybody who was not fit on that day or is not today.
    """
    if not actor.second_factor:
        raise SecondFactorNeeded
    assessment = held_assessment(assessment_id, actor)
    permit(policy.is_assessor_of(actor, assessment))
    if seen_version is not None and seen_version != assessment.version:
        raise LostUpdate
    slot = _slot_of(actor, assessment)
    verb = _signing(assessment)
    status = ASSESSMENT_FLOW.after(verb, AssessmentStatus(assessment.status))
    if getattr(assessment, slot) is not None:
        raise AlreadySigned
    result = _scored(assessment)
    setattr(assessment, slot, now())
    assessment.status, assessment.level = status, result.level
    assessment.scale_digest = result.digest
    if status != AssessmentStatus.SIGNED_ONCE:
        assessment.concluded_on = today()
    assessment.save()
    assessment.refresh_from_db(fields=["version", "changed_at"])
    record(action="assessment.signed", actor=actor, subject=assessment, status=status)
    if status == AssessmentStatus.FINAL:
        tell_concluded(assessment, actor)
    return assessment


@transaction.atomic
def return_assessment(*, assessment_id: UUID, actor: Actor) -> Assessment:
    """Nobody has signed and both may change it: what the first found, the other does not stand by, or she herself."""
    assessment = held_assessment(assessment_id, actor)
    permit(policy.is_assessor_of(actor, assessment))
    assessment.status = ASSESSMENT_FLOW.after("return", AssessmentStatus(assessment.status))
    assessment.first_signed_at = assessment.second_signed_at = assessment.level = assessment.valid_until = (
        None
    )
    assessment.save()
    assessment.refresh_from_db(fields=["version", "changed_at"])
    record(action="assessment.returned", actor=actor, subject=assessment)
    return assessment


@transaction.atomic
def discard_assessment(*, assessment_id: UUID, reason: str, actor: Actor) -> Assessment:
    """An assessment that was not finished counts for nothing; whoever had it made may have another made."""
    said = stated(reason)
    assessment = held_assessment(assessment_id, actor)
    status = ASSESSMENT_FLOW.after("discard", AssessmentStatus(assessment.status))
    permit(policy.can_discard(actor, assessment))
    assessment.status, assessment.level = status, None
    assessment.save(update_fields=["status", "level"])
    assessment.refresh_from_db(fields=["version", "changed_at"])
    record(action="assessment.discarded", actor=actor, subject=assessment, reason=said)
    return assessment


# --- steps, also for reviews and results made elsewhere -------------------------------------------
def made_draft(
    resident: Resident,
    assignment: Assignment,
    *,
    kind: AssessmentKind,
    follows: Assessment | None = None,
    actor: Actor,
) -> Assessment:
    """An empty assessment by two who are fit today, not yet stored."""
    used = scale(*assignment.get("scale", USUAL_SCALE))
    reason, facility_id = assignment["reason"], assignment.get("facility_id")
    errors = []
    if reason not in {one.code for one in used.reasons}:
        errors.append(field_error("reason", "unknown", _("请选择评估原因")))
    if facility_id is not None and not Facility.objects.filter(pk=facility_id).exists():
        errors.append(field_error("facility", "unknown", _("没有这家养老机构")))
    if errors:
        raise FactsInvalid(errors=errors)
    pair = held_pair(assignment["first_assessor_id"], assignment["second_assessor_id"], actor)
    refuse_wrong_day(today(), resident)
    refuse_unfit(pair, resident=resident, facility_id=facility_id, days={today()})
    first, second = pair
    return Assessment(
        owner=resident.owner,
        number=number_of(ASSESSMENT_PREFIX, ASSESSMENT_COUNTER, resident.owner),
        kind=kind,
        status=AssessmentStatus.DRAFT,
        is_sample=resident.is_sample,
        resident=resident,
        reason=reason,
        follows=follows,
        facility_id=facility_id,
        scale_code=used.code,
        edition=used.edition,
        scale_digest=used.digest,
        body=first.body,
        first_assessor=first,
        second_assessor=second,
    )


def permit_on(allowed: bool) -> None:
    if not allowed:
        raise NotYourResident


def months_valid(assessed_on: date, owner: str) -> date:
    """The last day on which a result of this day holds, by that day's rule."""
    return months_after(assessed_on, rule(VALID_MONTHS, on=assessed_on, member=owner))


def _scored(assessment: Assessment) -> Result:
    """What the kept answers come to, put beside them; refused where they, the day or the two are not fit."""
    used = scale(assessment.scale_code, assessment.edition)
    safe = safe_of(assessment.resident)
    findings = opened(assessment.findings_cipher, safe, assessment.pk)
    result = findings.scored(used)
    if assessment.assessed_on is None:
        missing = field_error("assessed_on", "missing", _("请填写评估日期"))
        raise AnswersInvalid(errors=[missing])
    refuse_wrong_day(assessment.assessed_on, assessment.resident)
    refuse_unfit(
        (assessment.first_assessor, assessment.second_assessor),
        resident=assessment.resident,
        facility_id=assessment.facility_id,
        days={assessment.assessed_on, today()},
    )
    assessment.findings_cipher = locked(findings.with_result(result), safe, assessment.pk)
    assessment.valid_until = months_valid(assessment.assessed_on, assessment.owner)
    return result


def _signing(assessment: Assessment) -> str:
    if assessment.status != AssessmentStatus.SIGNED_ONCE:
        return "sign_first"
    return "sign_review" if assessment.kind == AssessmentKind.REVIEWING else "sign_second"


def _slot_of(actor: Actor, assessment: Assessment) -> str:
    is_first = assessment.first_assessor is not None and assessment.first_assessor.user_id == actor.user_id
    return "first_signed_at" if is_first else "second_signed_at"


def _still_open_to_change(assessment: Assessment) -> None:
    """Once somebody has signed, what she signed stays until it is returned."""
    if assessment.status != AssessmentStatus.DRAFT:
        ASSESSMENT_FLOW.after("sign_first", AssessmentStatus(assessment.status))
