"""Whether these two may assess this resident: what speaks against it, as facts about people and days."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from residents.assessments.errors import (
    AssessorInterested,
    AssessorOfAnotherBody,
    AssessorSuspended,
    AssessorUnqualified,
    BodySuspended,
    BodyUnqualified,
    NoMedicalBackground,
    SameAssessor,
)
from residents.assessments.models import AssessmentBody, Assessor, Interest
from residents.assessments.states import MEDICAL_OR_NURSING, Qualification


def refuse_unfit_body(body: AssessmentBody, days: Iterable[date]) -> None:
    """BodySuspended, or BodyUnqualified for the first of these days that its period does not hold."""
    if body.status != Qualification.QUALIFIED:
        raise BodySuspended(number=body.number)
    for day in days:
        if not _holds(body, day):
            raise BodyUnqualified(number=body.number, day=f"{day:%Y-%m-%d}")


def refuse_unfit_assessor(assessor: Assessor, days: Iterable[date]) -> None:
    """AssessorSuspended, or AssessorUnqualified for the first of these days that her period does not hold."""
    if assessor.status != Qualification.QUALIFIED:
        raise AssessorSuspended(number=assessor.number)
    for day in days:
        if not _holds(assessor, day):
            raise AssessorUnqualified(number=assessor.number, day=f"{day:%Y-%m-%d}")


def refuse_unfit_pair(first: Assessor, second: Assessor) -> None:
    """Two people of one body, one of whom has a medical or nursing background (GB/T 42195-2022)."""
    if first.pk == second.pk or (first.user_id is not None and first.user_id == second.user_id):
        raise SameAssessor
    if first.body_id != second.body_id:
        raise AssessorOfAnotherBody
    if not {first.background, second.background} & MEDICAL_OR_NURSING:
        raise NoMedicalBackground


def refuse_interested(
    assessor: Assessor,
    interests: Iterable[Interest],
    *,
    facilities: Collection[UUID],
    resident_ids: Collection[UUID],
) -> None:
    """AssessorInterested where one of her ties is to the resident or to a facility concerned."""
    for interest in interests:
        if interest.resident_id in resident_ids or interest.facility_id in facilities:
            raise AssessorInterested(number=assessor.number)


def _holds(one: AssessmentBody | Assessor, day: date) -> bool:
    return one.qualified_from <= day and (one.qualified_until is None or day <= one.qualified_until)
