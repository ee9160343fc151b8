from datetime import date, timedelta

import pytest

from residents.assessments.errors import (
    AssessedBefore,
    FactsInvalid,
    NothingToObjectTo,
    NotYourAssessment,
    ObjectionTooLate,
    ReviewNotConcluded,
    UnderReview,
)
from residents.assessments.models import Assessment, Review
from residents.assessments.services import (
    ElsewhereResult,
    assign_review,
    decide_review,
    enter_result,
    keep_answers,
    object_to_result,
    read_grounds,
    standing_level,
    withdraw_objection,
)
from residents.assessments.states import REVIEW_FLOW, ReviewStatus
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, today
from sojourn.core.refusals import WrongStatus
from sojourn.desk.models import WorkItem
from tests.factories.assessments import (
    AssessorFactory,
    actor_of,
    final,
    pair_of,
    signed_by_both,
)
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST, EXACTLY_MILD, EXACTLY_SEVERE, NOTHING

pytestmark = pytest.mark.django_db
GROUNDS = "老人近来已能自己行走"


def objected(assessment: Assessment, **arguments) -> Review:
    given = {"objector": "resident", "grounds": GROUNDS, "actor": staff("440106")} | arguments
    return object_to_result(assessment_id=assessment.pk, **given)


def looked_at_again(review: Review, answers) -> Assessment:
    """Two others assessed and signed."""
    first, second = pair_of()
    look = assign_review(
        review_id=review.pk, first_assessor_id=first.pk, second_assessor_id=second.pk, actor=staff("440106")
    )
    kept = keep_answers(
        assessment_id=look.pk,
        answers=answers,
        circumstances=NOTHING,
        assessed_on=today(),
        actor=actor_of(first),
    )
    return signed_by_both(kept)


def level_of(assessment: Assessment) -> str | None:
    found = standing_level(resident_id=assessment.resident_id, on=today(), actor=SYSTEM)
    return found and found.level


def item() -> WorkItem:
    return WorkItem.objects.get(queue__startswith="assessment_")


# --- objections -----------------------------------------------------------------------------------
def test_an_objection_waits_at_the_desk_of_her_home_and_the_result_stands_meanwhile():
    assessment = final(answers=EXACTLY_SEVERE)

    review = objected(assessment)

    assert (review.status, review.ground, review.owner) == ("opened", "objection", "440000")
    assert (item().division_code, item().queue) == ("440106", "assessment_objections")
    assert item().facts == {"number": review.number}
    assert level_of(assessment) == "severe"
    assert GROUNDS not in review.grounds_cipher
    assert read_grounds(review_id=review.pk, actor=staff("440106")) == GROUNDS
    assert read_grounds(review_id=review.pk, actor=staff("440106", role=Role.AUDITOR)) == ""


def test_others_assess_once_more_and_what_they_found_takes_its_place():
    assessment = final(answers=EXACTLY_SEVERE)
    review = objected(assessment)
    look = looked_at_again(review, EXACTLY_MILD)
    before = level_of(assessment)

    decided = decide_review(review_id=review.pk, outcome="replaced", actor=staff("440106"))

    assert (look.status, look.kind, look.reason) == ("reviewed", "reviewing", "doubt")
    assert before == "severe"
    assert (decided.status, decided.agrees, decided.steps_apart) == ("replaced", False, -2)
    assert Assessment.objects.get(pk=assessment.pk).status == "overturned"
    assert Assessment.objects.get(pk=look.pk).status == "final"
    assert level_of(assessment) == "mild"
    assert (item().status, item().outcome) == ("closed", "replaced")


def test_a_result_that_is_kept_goes_on_and_the_second_look_never_counts():
    assessment = final(answers=EXACTLY_SEVERE)
    review = objected(assessment)
    look = looked_at_again(review, EXACTLY_SEVERE)

    decided = decide_review(review_id=review.pk, outcome="kept", actor=staff("440106"))

    assert (decided.status, decided.agrees, decided.steps_apart) == ("kept", True, 0)
    assert Assessment.objects.get(pk=look.pk).status == "reviewed"
    assert standing_level(
        resident_id=assessment.resident_id, on=today(), actor=SYSTEM
    ).assessment == Assessment.objects.get(pk=assessment.pk)


def test_an_objection_has_its_window_by_the_rule():
    with frozen(date(2026, 3, 2)):
        assessment = final()
    with frozen(date(2026, 4, 2)), pytest.raises(ObjectionTooLate) as late:
        objected(assessment)
    with frozen(date(2026, 4, 1)):
        assert objected(assessment).raised_on == date(2026, 4, 1)

    assert "2026-04-01" in str(late.value)


def test_on_paper_that_came_in_time_it_is_still_taken():
    with frozen(date(2026, 3, 2)):
        assessment = final()

    with frozen(date(2026, 4, 9)):
        review = objected(assessment, raised_on=date(2026, 4, 1))

    assert review.raised_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"grounds": "  "}, "grounds"),
        ({"objector": "neighbour"}, "objector"),
        ({"raised_on": date(2999, 1, 1)}, "raised_on"),
        ({"raised_on": date(2001, 1, 1)}, "raised_on"),
    ],
)
def test_an_objection_without_ground_or_day_is_none(wrong, field):
    assessment = final()

    with pytest.raises(FactsInvalid) as refused:
        objected(assessment, **wrong)

    assert [error["field"] for error in refused.value.errors] == [field]
    assert not Review.objects.exists()


def test_one_objection_at_a_time_to_a_final_result_made_here():
    assessment = final()
    objected(assessment)
    imported = enter_result(
        resident_id=ResidentFactory().pk,
        result=ElsewhereResult(
            source="样例医院",
            paper_reference="2026-1",
            assessed_on=today(),
            assessors=(("甲一", "medical"), ("乙二", "nursing")),
            answers=BEST,
            circumstances=NOTHING,
        ),
        actor=SYSTEM,
    )

    with pytest.raises(UnderReview):
        objected(assessment)
    with pytest.raises(NothingToObjectTo):
        objected(imported)
    assert Review.objects.count() == 1


def test_none_of_those_who_assessed_her_assesses_once_more():
    assessment = final()
    review = objected(assessment)
    other = AssessorFactory(body=assessment.body)

    for pair in (
        (assessment.first_assessor_id, other.pk),
        (other.pk, assessment.second_assessor_id),
    ):
        with pytest.raises(AssessedBefore):
            assign_review(
                review_id=review.pk,
                first_assessor_id=pair[0],
                second_assessor_id=pair[1],
                actor=staff("440106"),
            )

    assert Review.objects.get().status == "opened"


def test_an_assessor_who_is_an_officer_too_decides_nothing_about_her_own_assessment():
    assessment = final()
    review = objected(assessment)
    looked_at_again(review, BEST)
    both = staff("440106")
    type(assessment.first_assessor).objects.filter(pk=assessment.first_assessor_id).update(
        user_id=both.user_id
    )

    with pytest.raises(NotYourAssessment):
        decide_review(review_id=review.pk, outcome="kept", actor=both)

    assert Review.objects.get().status == "assigned"


def test_before_both_signed_nothing_is_decided():
    review = objected(final())
    first, second = pair_of()
    assign_review(
        review_id=review.pk, first_assessor_id=first.pk, second_assessor_id=second.pk, actor=staff("44")
    )

    with pytest.raises(ReviewNotConcluded):
        decide_review(review_id=review.pk, outcome="kept", actor=staff("44"))


def test_other_assessors_may_take_over_before_the_first_are_done():
    review = objected(final())
    pairs = [pair_of(), pair_of()]

    looks = [
        assign_review(
            review_id=review.pk, first_assessor_id=one.pk, second_assessor_id=two.pk, actor=staff("44")
        )
        for one, two in pairs
    ]

    assert [Assessment.objects.get(pk=look.pk).status for look in looks] == ["discarded", "draft"]


def test_an_objection_that_is_withdrawn_leaves_the_result_and_the_desk():
    assessment = final()
    review = objected(assessment)

    withdraw_objection(review_id=review.pk, actor=staff("440106"))

    assert Review.objects.get().status == "withdrawn_objection"
    assert item().outcome == "withdrawn_objection"
    assert Assessment.objects.get(pk=assessment.pk).status == "final"
    assert objected(assessment).status == "opened"


@pytest.mark.parametrize("status", sorted(set(ReviewStatus) - REVIEW_FLOW.sources("keep")))
def test_only_a_review_that_was_assigned_is_decided(status):
    review = objected(final())
    if status in {ReviewStatus.KEPT, ReviewStatus.REPLACED}:
        looked_at_again(review, BEST)
        decide_review(review_id=review.pk, outcome=status, actor=staff("44"))
    if status == ReviewStatus.WITHDRAWN:
        withdraw_objection(review_id=review.pk, actor=staff("44"))

    with pytest.raises(WrongStatus):
        decide_review(review_id=review.pk, outcome="kept", actor=staff("44"))

    assert Review.objects.get().status == status


def test_a_result_runs_out_by_its_day():
    with frozen(date(2025, 11, 1)):
        assessment = final()

    def level(day: date):
        return standing_level(resident_id=assessment.resident_id, on=day, actor=SYSTEM)

    assert level(date(2025, 10, 31)) is None
    assert level(date(2026, 11, 1)).level == "intact"
    assert level(date(2026, 11, 1) + timedelta(days=1)) is None
