"""Two at once: the locks decide, and the constraint where one is missing."""

import pytest

from residents.assessments.errors import AssessmentAtHand, UnderReview
from residents.assessments.models import Assessment, Review
from residents.assessments.services import (
    assign_assessment,
    keep_answers,
    object_to_result,
    sign_assessment,
    suspend_assessor,
)
from residents.registry.services import erase_resident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.core.refusals import LostUpdate, WrongStatus
from tests.factories.assessments import actor_of, drafted, filled, final, pair_of
from tests.factories.residents import ResidentFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.assessments.answers import BEST, EXACTLY_MILD, NOTHING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("slow_before_commit")]


def kinds(outcomes) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def signing(assessment: Assessment, assessor):
    return lambda: sign_assessment(assessment_id=assessment.pk, actor=actor_of(assessor))


def keeping(assessment: Assessment, assessor, answers):
    return lambda: keep_answers(
        assessment_id=assessment.pk,
        answers=answers,
        circumstances=NOTHING,
        assessed_on=today(),
        seen_version=assessment.version,
        actor=actor_of(assessor),
    )


def test_both_may_sign_at_the_same_moment_and_the_result_is_final():
    assessment = filled()

    race(signing(assessment, assessment.first_assessor), signing(assessment, assessment.second_assessor))

    row = Assessment.objects.get(pk=assessment.pk)
    assert (row.status, row.level) == ("final", "intact")
    assert row.first_signed_at is not None
    assert row.second_signed_at is not None


def test_of_two_who_change_one_draft_the_later_is_told():
    draft = drafted()

    outcomes = race(
        keeping(draft, draft.first_assessor, BEST), keeping(draft, draft.second_assessor, EXACTLY_MILD)
    )

    assert kinds(outcomes) == [Assessment.__name__, LostUpdate.__name__]


def test_nobody_signs_what_is_changed_at_the_same_moment_without_its_being_scored_anew():
    assessment = filled(answers=BEST)

    outcomes = race(
        keeping(assessment, assessment.second_assessor, EXACTLY_MILD),
        signing(assessment, assessment.first_assessor),
    )

    row = Assessment.objects.get(pk=assessment.pk)
    changed = not any(isinstance(outcome, WrongStatus) for outcome in outcomes)
    assert row.status == "signed_once"
    assert row.level == ("mild" if changed else "intact")


def test_a_resident_has_one_assessment_at_hand():
    resident, (first, second) = ResidentFactory(), pair_of()
    given = {"first_assessor_id": first.pk, "second_assessor_id": second.pk, "reason": "first"}

    def assign():
        return assign_assessment(resident_id=resident.pk, assignment=given, actor=SYSTEM)

    assert kinds(race(assign, assign)) == [Assessment.__name__, AssessmentAtHand.__name__]


def test_a_result_is_objected_to_once_at_a_time():
    assessment = final()

    def object_to_it():
        return object_to_result(
            assessment_id=assessment.pk, objector="resident", grounds="样例", actor=SYSTEM
        )

    assert kinds(race(object_to_it, object_to_it)) == [Review.__name__, UnderReview.__name__]


def test_who_is_suspended_at_the_moment_of_signing_signed_before_or_not_at_all():
    assessment = filled()
    first = assessment.first_assessor

    race(
        lambda: suspend_assessor(assessor_id=first.pk, reason="样例", actor=SYSTEM),
        signing(assessment, first),
    )
    row = Assessment.objects.get(pk=assessment.pk)

    assert row.status in {"draft", "signed_once"}
    assert (row.first_signed_at is None) == (row.status == "draft")
    suspended = type(first).objects.get(pk=first.pk)
    assert suspended.status == "suspended"


def test_who_is_erased_at_the_moment_of_signing_leaves_nothing_readable():
    assessment = filled()

    race(
        lambda: erase_resident(resident_id=assessment.resident_id, ground="period_over", actor=SYSTEM),
        signing(assessment, assessment.first_assessor),
    )

    row = Assessment.objects.get(pk=assessment.pk)
    assert (row.status, row.level, row.findings_cipher) == ("erased", None, None)
