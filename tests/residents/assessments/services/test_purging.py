"""A result that ran out long ago is purged as approved: silent here and in its history, and nobody else's changed."""

from datetime import date, timedelta

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from residents.assessments.models import Assessment, ItemReading, Recognition, Review
from residents.assessments.services import discard_assessment, object_to_result, read_items, recognise_result
from residents.assessments.services.recognising import OriginalResult
from residents.consents.assessed import result_of
from residents.registry.errors import NothingDue
from residents.registry.models.life import PurgeLine
from residents.registry.services import lift_hold, purge, record_death, set_hold
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, now
from sojourn.core.models import AuditEntry
from tests.factories.assessments import drafted, final
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import EXACTLY_MILD
from tests.residents.assessments.services.test_entering import crosswalk
from tests.residents.purging import approved, due, prepared, purged

ASSESSED = date(2026, 1, 12)
SILENT = ("level", "assessed_on", "valid_until", "findings_cipher", "facility_id", "concluded_on")
History = apps.get_model("assessments", "AssessmentEvent")
ReviewHistory = apps.get_model("assessments", "ReviewEvent")
RecognitionHistory = apps.get_model("assessments", "RecognitionEvent")


def over(assessment: Assessment) -> date:
    """The first day on which it need not be kept."""
    return assessment.valid_until.replace(year=assessment.valid_until.year + 5)


@pytest.fixture
def resident(db, own_keyring):
    return ResidentFactory(is_sample=True)


@pytest.fixture
def old(resident) -> Assessment:
    with frozen(ASSESSED):
        return final(resident, answers=EXACTLY_MILD, facility_id=FacilityFactory().pk)


@pytest.fixture
def newer(old, resident) -> Assessment:
    with frozen(over(old) - timedelta(days=30)):
        return final(resident, answers=EXACTLY_MILD)


def test_answers_level_and_days_are_gone_here_and_in_the_history_and_who_assessed_stays(old, newer, resident):
    with frozen(ASSESSED):
        read_items(assessment_id=old.pk, purpose="assessment", case="1", actor=staff("440106"))
    with frozen(over(old) - timedelta(days=1)), pytest.raises(NothingDue):
        prepared()
    with frozen(over(old)):
        with pytest.raises(NothingDue):
            prepared("230000")  # another member's
        report = purged()
        travels = result_of(resident)

    assert due(report) == {"assessment": (1, 0)}
    assert report.counts["assessment"]["first"] == over(old).isoformat()
    assert PurgeLine.objects.get().outcome == "purged"
    silent = Assessment.objects.get(pk=old.pk)
    assert (silent.status, silent.reason, silent.body_id) == ("erased", "", old.body_id)
    for row in [silent, *History.objects.filter(pgh_obj_id=old.pk)]:
        assert {getattr(row, name) for name in SILENT} == {None}
    assert ItemReading.objects.filter(assessment=old).exists()
    assert AuditEntry.objects.filter(action="assessment.purged", subject_id=str(old.pk)).count() == 1
    assert Assessment.objects.get(pk=newer.pk).level == "mild"
    assert History.objects.filter(pgh_obj_id=newer.pk, level="mild").exists()
    assert newer.number in travels


def test_what_has_travelled_of_it_ran_out_before(old, resident):
    with frozen(old.valid_until):
        assert old.number in result_of(resident)
    with frozen(old.valid_until + timedelta(days=1)):
        assert result_of(resident) is None


def test_one_whose_review_is_not_decided_waits(old):
    with frozen(ASSESSED):
        object_to_result(assessment_id=old.pk, objector="resident", grounds="样例理由", actor=staff("440106"))
    with frozen(over(old)):
        with pytest.raises(NothingDue):
            prepared()
        Review.objects.update(status="withdrawn_objection")
        purged()

    assert Assessment.objects.get().status == "erased"
    assert set(Review.objects.values_list("grounds_cipher", flat=True)) == {None}
    assert set(ReviewHistory.objects.values_list("grounds_cipher", flat=True)) == {None}


def test_a_hold_keeps_it_before_the_report_and_after_it(old, resident):
    with frozen(over(old)):
        report = approved(prepared())
        set_hold(resident_id=resident.pk, ground="audit", case="1号", reason="专项", actor=staff("44"))
        purge()
        with pytest.raises(NothingDue):
            prepared()

    assert report.lines.get().outcome == "kept"
    assert Assessment.objects.get().level == "mild"


def test_the_results_of_who_is_purged_herself_are_purged_before_her(old, resident):
    record_death(resident_id=resident.pk, died_on=ASSESSED, actor=SYSTEM)
    with frozen(over(old)):
        report = purged()

    assert due(report) == {"died": (1, 0), "assessment": (1, 0)}
    assert list(report.lines.order_by("pk").values_list("kind", "outcome")) == [
        ("assessment", "purged"),
        ("died", "purged"),
    ]


def test_a_discarded_one_is_counted_from_its_last_change(resident):
    draft = drafted(resident)
    discarded = discard_assessment(assessment_id=draft.pk, reason="样例", actor=staff("440106"))
    day = discarded.changed_at.date()
    with frozen(day.replace(year=day.year + 5) + timedelta(days=1)):
        purged()

    assert Assessment.objects.get().status == "erased"


def test_what_anothers_result_counted_for_goes_too(resident):
    with frozen(ASSESSED):
        crosswalk()
        recognise_result(
            resident_id=resident.pk,
            original=OriginalResult(
                from_member="430000",
                from_scale="mzt039",
                from_edition="2013",
                from_level="2",
                from_label="中度失能",
                source="样例",
                paper_reference="互认9号",
                assessed_on=ASSESSED,
                valid_until=ASSESSED,
            ),
            agreement_code="six_provinces_2021",
            actor=SYSTEM,
        )
    assert set(RecognitionHistory.objects.values_list("level", flat=True)) == {"moderate"}
    with frozen(ASSESSED.replace(year=ASSESSED.year + 5)):
        with pytest.raises(NothingDue):
            prepared("230000")  # another member's
        report = purged()

    assert due(report) == {"recognition": (1, 0)}
    for row in [Recognition.objects.get(), *RecognitionHistory.objects.all()]:
        assert (row.level, row.from_label, row.paper_reference, row.valid_until) == (None, "", "", None)


def asked_of_the_function(assessment: Assessment) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT assessments_purge(%s)", [assessment.pk])
        return cursor.fetchone()[0]


def test_no_result_is_purged_that_no_approved_report_lists(old, newer):
    with frozen(over(old)):
        report = prepared()
        assert not asked_of_the_function(old)
        approved(report)
        assert not asked_of_the_function(newer)

    assert set(Assessment.objects.values_list("level", flat=True)) == {"mild"}


def test_no_result_is_purged_whose_line_is_settled_or_of_another_class(old, newer, resident):
    with frozen(over(old)):
        report = approved(prepared())
        settled = {"outcome": "kept", "settled_at": now(), "due_on": None}
        PurgeLine.objects.filter(row=old.pk).update(**settled)
        PurgeLine.objects.create(
            report=report, resident=resident, row=newer.pk, kind="link_proof", due_on=over(old)
        )
        assert not asked_of_the_function(old)
        assert not asked_of_the_function(newer)

    assert set(Assessment.objects.values_list("level", flat=True)) == {"mild"}


def test_the_function_too_keeps_what_a_hold_keeps(old, resident):
    with frozen(over(old)):
        approved(prepared())
        hold = set_hold(resident_id=resident.pk, ground="audit", case="1号", reason="专项", actor=staff("44"))
        assert not asked_of_the_function(old)
        assert Assessment.objects.get().level == "mild"

        lift_hold(hold_id=hold.pk, reason="结案", actor=staff("44"))
        assert asked_of_the_function(old)

    assert Assessment.objects.get().status == "erased"


def test_afterwards_other_results_and_their_history_are_as_protected_as_before(old, newer):
    with frozen(over(old)):
        purged()

    for table, key in (("assessment", "id"), ("assessmentevent", "pgh_obj_id")):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            connection.cursor().execute(
                f"UPDATE assessments_{table} SET level = 'severe' WHERE {key} = %s", [newer.pk]
            )


@pytest.mark.django_db(transaction=True)
def test_the_role_that_serves_purges_what_is_approved_and_changes_no_result_otherwise(as_app, own_keyring):
    with frozen(ASSESSED):
        old = final(answers=EXACTLY_MILD)
    with frozen(over(old)):
        approved(prepared())
        as_app.execute("SELECT assessments_purge(%s)", [old.pk])

    assert Assessment.objects.get().status == "erased"
    for tampering in (
        "UPDATE assessments_assessmentevent SET level = 'severe'",
        'UPDATE registry_purgeline SET "row" = NULL',
        "DELETE FROM registry_purgeline",
    ):
        with pytest.raises(psycopg.Error):
            as_app.execute(tampering)
