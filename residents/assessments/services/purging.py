"""Results are not kept for ever: which ended by when, and what purging one means (decision 0061)."""

from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from residents.assessments.models import Assessment, Recognition, Review
from residents.assessments.states import CONCLUDED, AssessmentStatus, RecognitionStatus
from residents.registry.services.purging import day_of, held_by_law
from sojourn.core.actors import SYSTEM
from sojourn.core.trail import record

OVER = sorted({*CONCLUDED, AssessmentStatus.DISCARDED})


def ended_assessments(owner: str, by: date) -> QuerySet:
    """Results that ran out and assessments that were discarded, but for those whose review is not decided."""
    reviewed = Review.objects.undecided()
    waits = reviewed.filter(assessment=OuterRef("pk")) | reviewed.filter(second_look=OuterRef("pk"))
    rows = Assessment.objects.filter(~Exists(waits), owner=owner, status__in=OVER).annotate(
        since=Coalesce("valid_until", day_of("changed_at")), about=F("resident_id"), is_held=held_by_law()
    )
    return rows.filter(since__lte=by)


def purge_assessment(assessment_id: UUID) -> bool:
    """Answers, items, level, reasons and days are gone, here and in the history; who assessed and when it agreed stays.

    What travels is a result that still holds (decision 0036), so nobody elsewhere has it from us.
    """
    assessment = Assessment.objects.locked().get(pk=assessment_id)
    return _purged(assessment, "assessment.purged")


def ended_recognitions(owner: str, by: date) -> QuerySet:
    """What results of other members counted for, once they ran out."""
    rows = Recognition.objects.filter(owner=owner).exclude(status=RecognitionStatus.ERASED)
    return rows.filter(valid_until__lte=by).annotate(
        since=F("valid_until"), about=F("resident_id"), is_held=held_by_law()
    )


def purge_recognition(recognition_id: UUID) -> bool:
    """The original and what it counted for are gone, here and in the history."""
    recognition = Recognition.objects.locked().get(pk=recognition_id)
    return _purged(recognition, "recognition.purged")


def _purged(row: Assessment | Recognition, action: str) -> bool:
    """By the owner's function alone, as nothing else changes a result: it asks whether an approved report lists it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT assessments_purge(%s)", [row.pk])
        purged = cursor.fetchone()[0]
    if purged:
        record(action=action, actor=SYSTEM, subject=row)
    return purged
