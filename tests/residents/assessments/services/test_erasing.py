"""Erasing a resident silences her assessments in the same transaction (decision 0021)."""

from datetime import timedelta

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction

from residents.assessments.models import Assessment, Interest, Recognition, Review
from residents.assessments.services import (
    ElsewhereResult,
    declare_interest,
    differing,
    enter_result,
    object_to_result,
    read_items,
    recognise_result,
    standing_level,
)
from residents.assessments.services.recognising import OriginalResult
from residents.registry.services import erase_resident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from tests.factories.assessments import filled, final
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import EXACTLY_MILD, NOTHING
from tests.residents.dumping import dump

History = apps.get_model("assessments", "AssessmentEvent")
RecognitionHistory = apps.get_model("assessments", "RecognitionEvent")
ReviewHistory = apps.get_model("assessments", "ReviewEvent")
PAPER, ORIGINAL = "金丝雀报告7号", "金丝雀互认9号"


@pytest.fixture
def resident(db):
    """Somebody of whom this room knows everything it can."""
    resident = ResidentFactory(is_sample=True)
    facility = FacilityFactory(listed_name="样例云栖颐养院")
    mine = final(resident, answers=EXACTLY_MILD, facility_id=facility.pk)
    object_to_result(assessment_id=mine.pk, objector="resident", grounds="样例理由", actor=staff("440106"))
    read_items(assessment_id=mine.pk, purpose="assessment", case="1", actor=staff("440106"))
    enter_result(
        resident_id=resident.pk,
        result=ElsewhereResult(
            source="样例医院",
            paper_reference=PAPER,
            assessed_on=today(),
            assessors=(("甲一", "medical"), ("乙二", "nursing")),
            answers=EXACTLY_MILD,
            circumstances=NOTHING,
        ),
        actor=SYSTEM,
    )
    recognise_result(
        resident_id=resident.pk,
        original=OriginalResult(
            from_member="430000",
            from_scale="mzt039",
            from_edition="2013",
            from_level="2",
            from_label="中度失能",
            source="样例",
            paper_reference=ORIGINAL,
            assessed_on=today(),
            valid_until=today() + timedelta(days=9),
        ),
        agreement_code="six_provinces_2021",
        actor=SYSTEM,
    )
    declare_interest(
        assessor_id=mine.first_assessor_id,
        kind="related",
        since=today(),
        resident_id=resident.pk,
        actor=SYSTEM,
    )
    return resident


def test_nothing_readable_of_her_ability_is_left_here_or_in_the_history(resident):
    filled(resident)

    erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("440106"))

    told = ("level", "assessed_on", "valid_until", "findings_cipher", "facility_id", "concluded_on")
    for model in (Assessment, History):
        rows = list(model.objects.filter(resident_id=resident.pk))
        assert len(rows) >= 3
        assert {getattr(row, name) for row in rows for name in told} == {None}
        assert {(row.source, row.paper_reference, row.reason) for row in rows} == {("", "", "")}
    assert set(Assessment.objects.values_list("status", flat=True)) == {"erased"}
    for model in (Recognition, RecognitionHistory):
        row = model.objects.filter(resident_id=resident.pk).last()
        assert (row.level, row.from_level, row.paper_reference, row.assessed_on) == (None, "", "", None)
    assert Recognition.objects.get().status == "erased"
    assert set(Review.objects.values_list("grounds_cipher", flat=True)) == {None}
    assert set(ReviewHistory.objects.values_list("grounds_cipher", flat=True)) == {None}
    assert not Interest.objects.filter(resident=resident).exists()
    everything = dump()
    assert PAPER not in everything
    assert ORIGINAL not in everything
    assert standing_level(resident_id=resident.pk, on=today(), actor=SYSTEM) is None
    assert list(differing()) == []


def test_others_are_left_as_they_were(resident):
    other = final(answers=EXACTLY_MILD)
    before = History.objects.filter(pgh_obj_id=other.pk).count()

    erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("440106"))

    assert Assessment.objects.get(pk=other.pk).level == "mild"
    assert History.objects.filter(pgh_obj_id=other.pk, level="mild").exists()
    assert History.objects.filter(pgh_obj_id=other.pk).count() == before


def test_afterwards_results_and_history_are_as_protected_as_before(resident):
    other = final()
    erase_resident(resident_id=resident.pk, ground="period_over", actor=staff("440106"))

    for statement in (
        "UPDATE assessments_assessment SET level = 'severe' WHERE id = %s",
        "UPDATE assessments_assessmentevent SET level = 'severe' WHERE pgh_obj_id = %s",
    ):
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            connection.cursor().execute(statement, [other.pk])


@pytest.mark.django_db(transaction=True)
def test_the_role_that_serves_erases_too_and_changes_no_result(as_app):
    assessment = final(answers=EXACTLY_MILD)

    with pytest.raises(psycopg.errors.RaiseException):
        as_app.execute("UPDATE assessments_assessment SET level = 'severe' WHERE id = %s", [assessment.pk])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_app.execute("UPDATE assessments_assessmentevent SET level = 'severe'")
    with pytest.raises(psycopg.Error):
        as_app.execute("SELECT assessments_silence()")
    as_app.execute("DELETE FROM registry_residentkey WHERE resident_id = %s", [assessment.resident_id])

    silenced = Assessment.objects.get(pk=assessment.pk)
    assert (silenced.status, silenced.level) == ("erased", None)
    assert set(History.objects.values_list("level", flat=True)) == {None}
