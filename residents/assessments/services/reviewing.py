"""A final result is assessed once more by others, and then stands or gives way; until then it stands."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments import policy
from residents.assessments.errors import (
    AssessedBefore,
    FactsInvalid,
    NoSuchReview,
    NothingToObjectTo,
    ObjectionTooLate,
    ReviewNotConcluded,
    UnderReview,
    field_error,
)
from residents.assessments.findings import locked_grounds
from residents.assessments.models import Assessment, Assessor, Review
from residents.assessments.naming import REVIEW_COUNTER, REVIEW_PREFIX
from residents.assessments.services.assessing import Assignment, made_draft
from residents.assessments.services.holding import held_among, held_registration, number_of, permit
from residents.assessments.services.telling import objection_until, tell_decided
from residents.assessments.states import (
    ASSESSMENT_FLOW,
    OPEN,
    REVIEW_FLOW,
    AssessmentKind,
    AssessmentStatus,
    Objector,
    ReviewGround,
    ReviewStatus,
)
from residents.registry.services.holding import safe_of
from sojourn.core.actors import Actor
from sojourn.core.clock import today
from sojourn.core.constraints import refusing
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import record
from sojourn.desk.models import WorkItem
from sojourn.desk.services import close_item, open_item
from sojourn.desk.subjects import Subject

QUEUES = {ReviewGround.OBJECTION: "assessment_objections", ReviewGround.RECHECK: "assessment_rechecks"}
REASONS = {ReviewGround.OBJECTION: "doubt", ReviewGround.RECHECK: "routine"}
SUBJECT = "assessments.review"
LEVELS = tuple(AbilityLevel)  # best first
LONGEST_GROUNDS = 1000


@transaction.atomic
def object_to_result(
    *, assessment_id: UUID, objector: str, grounds: str, raised_on: date | None = None, actor: Actor
) -> Review:
    """Somebody objects to a final result within its window; it waits at the desk for other assessors.

    Officers write down who objected and when; she herself and her guardian object today, in their own name.
    """
    rows = Assessment.objects.visible_to(actor) | Assessment.objects.told_to(actor)
    assessment = held_among(rows, assessment_id)
    own_voice = raised_on is None and objector == policy.objects_as(actor, assessment.resident)
    permit(own_voice or policy.can_assign(actor, assessment.resident))
    if not policy.is_objectionable(assessment):
        raise NothingToObjectTo
    day = raised_on or today()
    _refuse_wrong_objection(assessment, objector, grounds, day)
    review = Review(
        owner=assessment.owner,
        number=number_of(REVIEW_PREFIX, REVIEW_COUNTER, assessment.owner),
        assessment=assessment,
        ground=ReviewGround.OBJECTION,
        objector=objector,
        raised_on=day,
        is_sample=assessment.is_sample,
    )
    review.grounds_cipher = locked_grounds(grounds.strip(), safe_of(assessment.resident), review.pk)
    with refusing("review_one_undecided", UnderReview):
        review.save(force_insert=True)
    wait_at_desk(review, actor)
    record(action="assessment.objected", actor=actor, subject=assessment, number=review.number)
    return review


@transaction.atomic
def assign_review(
    *, review_id: UUID, first_assessor_id: UUID, second_assessor_id: UUID, actor: Actor
) -> Assessment:
    """Two who had no part in it are to assess once more; whom they replace is free of it."""
    review = _held_review(review_id, actor)
    permit(policy.can_handle(actor, review))
    status = REVIEW_FLOW.after("assign", ReviewStatus(review.status))
    original = review.assessment
    _refuse_who_had_a_part(original, {first_assessor_id, second_assessor_id})
    _discard_second_look(review)
    assignment = Assignment(
        first_assessor_id=first_assessor_id,
        second_assessor_id=second_assessor_id,
        reason=REASONS[ReviewGround(review.ground)],
        facility_id=original.facility_id,
        scale=(original.scale_code, original.edition),
    )
    second = made_draft(
        original.resident, assignment, kind=AssessmentKind.REVIEWING, follows=original, actor=actor
    )
    second.save(force_insert=True)
    review.status, review.second_look = status, second
    review.save(update_fields=["status", "second_look"])
    review.refresh_from_db(fields=["version", "changed_at"])
    record(action="review.assigned", actor=actor, subject=review, number=second.number)
    return second


@transaction.atomic
def decide_review(*, review_id: UUID, outcome: str, actor: Actor) -> Review:
    """The result stands (``kept``), or gives way to what the others found (``replaced``); the two are compared."""
    verbs = {"kept": "keep", "replaced": "replace"}
    if outcome not in verbs:
        raise FactsInvalid(errors=[field_error("outcome", "unknown", _("请选择复核决定"))])
    review = _held_review(review_id, actor)
    permit(policy.can_handle(actor, review))
    status = REVIEW_FLOW.after(verbs[outcome], ReviewStatus(review.status))
    original, second = review.assessment, review.second_look
    if second is None or second.status != AssessmentStatus.REVIEWED:
        raise ReviewNotConcluded
    apart = _place(second) - _place(original)
    if outcome == "replaced":
        _move(original, "overturn")
        _move(second, "adopt")
    review.status, review.agrees, review.steps_apart = status, apart == 0, apart
    review.decided_on, review.decided_by = today(), actor.user_id
    review.save()
    review.refresh_from_db(fields=["version", "changed_at"])
    _leave_desk(review, outcome, actor)
    record(action="review.decided", actor=actor, subject=review, outcome=outcome)
    tell_decided(review, actor)
    return review


@transaction.atomic
def withdraw_objection(*, review_id: UUID, actor: Actor) -> Review:
    """Who objected does so no longer: the result stands and nobody assesses once more."""
    review = _held_review(review_id, actor)
    permit(policy.can_handle(actor, review) and review.ground == ReviewGround.OBJECTION)
    review.status = REVIEW_FLOW.after("withdraw", ReviewStatus(review.status))
    _discard_second_look(review)
    review.save(update_fields=["status"])
    review.refresh_from_db(fields=["version", "changed_at"])
    _leave_desk(review, "withdrawn_objection", actor)
    record(action="review.withdrawn", actor=actor, subject=review)
    return review


def due_of(review: Review) -> date | None:
    """Until when the bureau has to decide; None once nothing waits at its desk any more."""
    waiting = WorkItem.objects.unfinished()
    queue = QUEUES[ReviewGround(review.ground)]
    items = waiting.about(queue=queue, subject_kind=SUBJECT, subject_id=str(review.pk))
    return items.values_list("due_on", flat=True).first()


def wait_at_desk(review: Review, actor: Actor) -> None:
    """It waits at the desk of her home; the desk locks nothing of this room, so that it comes last is no danger."""
    division = review.assessment.resident.home_division_id
    subject = Subject(SUBJECT, str(review.pk), review.number, division)
    facts = {"number": review.number}
    open_item(queue=QUEUES[ReviewGround(review.ground)], subject=subject, facts=facts, actor=actor)


# --- steps ----------------------------------------------------------------------------------------
def _refuse_wrong_objection(assessment: Assessment, objector: str, grounds: str, day: date) -> None:
    errors = []
    if objector not in Objector.values:
        errors.append(field_error("objector", "unknown", _("请选择异议人")))
    if not grounds.strip() or len(grounds) > LONGEST_GROUNDS or "\0" in grounds:
        errors.append(field_error("grounds", "missing", _("请写明异议理由")))
    if assessment.concluded_on is None or not assessment.concluded_on <= day <= today():
        errors.append(field_error("raised_on", "out_of_range", _("提出日期早于定级日期或晚于今天")))
    if errors:
        raise FactsInvalid(errors=errors)
    until = objection_until(assessment)
    if day > until:
        raise ObjectionTooLate(until=f"{until:%Y-%m-%d}")


def _held_review(review_id: UUID, actor: Actor) -> Review:
    """The review with both assessments and the resident, all held until commit, where this actor may see it."""
    seen = Review.objects.visible_to(actor).filter(pk=review_id)
    resident_id = seen.values_list("assessment__resident_id", flat=True).first()
    if resident_id is None:
        raise NoSuchReview
    resident = held_registration(resident_id, actor)
    ids = [one for pair in seen.values_list("assessment", "second_look") for one in pair if one is not None]
    held = {one.pk: one for one in Assessment.objects.locked().filter(pk__in=ids)}
    review = Review.objects.locked().get(pk=review_id)
    review.assessment = held[review.assessment_id]
    review.assessment.resident = resident
    if review.second_look_id is not None:
        review.second_look = held.get(review.second_look_id) or Assessment.objects.get(
            pk=review.second_look_id
        )
    return review


def _refuse_who_had_a_part(original: Assessment, ids: set[UUID]) -> None:
    """AssessedBefore for anybody who made the result or looked at it in an earlier review of it."""
    made = Assessment.objects.filter(pk=original.pk) | Assessment.objects.filter(follows=original).exclude(
        status__in=[AssessmentStatus.DISCARDED, AssessmentStatus.DRAFT]
    )
    had = {one for pair in made.values_list("first_assessor", "second_assessor") for one in pair}
    accounts = Assessor.objects.filter(pk__in=had, user_id__isnull=False).values("user_id")
    if ids & had or Assessor.objects.filter(pk__in=ids, user_id__in=accounts).exists():
        raise AssessedBefore


def _discard_second_look(review: Review) -> None:
    """What was not concluded counts for nothing; what was, is not thrown away."""
    second = review.second_look
    if second is None:
        return
    if second.status not in OPEN:
        status = AssessmentStatus(second.status)
        raise WrongStatus(status=status.label, verb=REVIEW_FLOW.labels["assign"])
    second.status, second.level = ASSESSMENT_FLOW.after("discard", AssessmentStatus(second.status)), None
    second.save(update_fields=["status", "level"])


def _place(assessment: Assessment) -> int:
    """Where its level stands among the levels, the best first."""
    return LEVELS.index(AbilityLevel(assessment.level or ""))


def _move(assessment: Assessment, verb: str) -> None:
    assessment.status = ASSESSMENT_FLOW.after(verb, AssessmentStatus(assessment.status))
    assessment.save(update_fields=["status"])
    assessment.refresh_from_db(fields=["version", "changed_at"])


def _leave_desk(review: Review, outcome: str, actor: Actor) -> None:
    queue = QUEUES[ReviewGround(review.ground)]
    close_item(queue=queue, subject_kind=SUBJECT, subject_id=str(review.pk), outcome=outcome, actor=actor)
