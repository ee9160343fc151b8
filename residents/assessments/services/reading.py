"""What was found is shown to who may see it; once it is concluded, or was another member's, each look is written down."""

from datetime import datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.assessments import policy
from residents.assessments.errors import NotYourAssessment, ReadingsSpent
from residents.assessments.findings import Findings, opened, opened_grounds
from residents.assessments.models import Assessment, ItemReading, Recognition, Review
from residents.assessments.services.holding import held_assessment, held_registration
from residents.assessments.states import CONCLUDED, ReadPart, RecognitionStatus
from residents.registry.errors import CaseMissing, PurposeMissing
from residents.registry.looks import Look
from residents.registry.models import Resident
from residents.registry.querysets import of_person
from residents.registry.services.disclosing import LONGEST_CASE, tell_also
from residents.registry.services.holding import safe_of
from residents.registry.states import Purpose
from sojourn.accounts.models import User
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import SHANGHAI, now, today
from sojourn.core.destroyed import is_destroyed
from sojourn.core.plain_words import plain_words
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import record
from sojourn.provinces.rules import rule

LIMIT = "disclosures_an_hour"
HOUR = timedelta(hours=1)

Result = TypeVar("Result", Assessment, Recognition)


@transaction.atomic(durable=True)  # what was found leaves when its row is committed, never before
def read_items(*, assessment_id: UUID, purpose: str, case: str, actor: Actor) -> Findings:
    """What was found, item by item, for a purpose and a case that the resident can read about afterwards."""
    if not actor.second_factor:
        raise SecondFactorNeeded
    if actor.user_id is None or not User.objects.locked().filter(pk=actor.user_id).exists():
        raise NotYourAssessment
    assessment = held_assessment(assessment_id, actor)
    if not policy.can_read(actor, assessment):
        raise NotYourAssessment
    if purpose not in Purpose.values:
        raise PurposeMissing
    said = plain_words(case, LONGEST_CASE, CaseMissing)
    limit = rule(LIMIT, on=today(), member=assessment.owner)
    if ItemReading.objects.by_user_since(actor.user_id, now() - HOUR, part=ReadPart.ITEMS).count() >= limit:
        raise ReadingsSpent(limit=limit)
    _write_down(assessment, ReadPart.ITEMS, purpose, said, actor)
    return opened(assessment.findings_cipher, safe_of(assessment.resident), assessment.pk)


@transaction.atomic(durable=True)  # as above
def read_results(*, resident_id: UUID, actor: Actor) -> list[tuple[Assessment, Findings]]:
    """Every concluded result of a resident, the newest first, for herself or her guardian (decision 0052).

    Each is written down once a day and reader: however often she looks, she finds in her list who else did.
    """
    resident = held_registration(resident_id, actor)
    if not policy.is_told(actor, resident):
        raise NotYourAssessment
    hers = Assessment.objects.told_to(actor).about(resident.pk).latest_first().with_reviews()
    results = [row for row in hers if not is_destroyed(row.resident_id)]
    for row in _unseen_today(results, ReadPart.ITEMS, actor):
        _write_down(row, ReadPart.ITEMS, Purpose.VERIFICATION, row.number, actor)
    return [(row, opened(row.findings_cipher, safe_of(row.resident), row.pk)) for row in results]


@transaction.atomic(durable=True)  # as above
def read_level(*, assessment_id: UUID, actor: Actor) -> None:
    """Whoever of the staff opens a concluded result and so sees its level is written down, once a day (decision 0058)."""
    assessment = (
        Assessment.objects.visible_to(actor).filter(pk=assessment_id, status__in=sorted(CONCLUDED)).first()
    )
    if assessment is not None and actor.is_staff:
        for row in _unseen_today([assessment], ReadPart.LEVEL, actor):
            _write_down(row, ReadPart.LEVEL, Purpose.VERIFICATION, row.number, actor)


@transaction.atomic(durable=True)  # as above
def read_recognised_level(*, recognition_id: UUID, actor: Actor) -> None:
    """So is who opens what another member's result counts for, and so sees both levels."""
    found = Recognition.objects.visible_to(actor).exclude(status=RecognitionStatus.ERASED)
    recognition = found.filter(pk=recognition_id).first()
    if recognition is not None and actor.is_staff:
        _write_recognised([recognition], actor)


@transaction.atomic(durable=True)  # as above
def read_recognitions(*, resident_id: UUID, actor: Actor) -> list[Recognition]:
    """What results of other members count for here, for the same two readers as ``read_results``."""
    resident = held_registration(resident_id, actor)
    if not policy.is_told(actor, resident):
        raise NotYourAssessment
    hers = Recognition.objects.told_to(actor).about(resident.pk).latest_first()
    recognitions = list(hers.select_related("agreement", "from_member__division"))
    _write_recognised(recognitions, actor)
    return recognitions


@transaction.atomic(durable=True)  # as above
def read_grounds(*, review_id: UUID, actor: Actor) -> str:
    """What was objected, in the words it was said in, for whoever may decide about it, and written down; else nothing."""
    review = Review.objects.visible_to(actor).select_related("assessment__resident__key").get(pk=review_id)
    if review.grounds_cipher is None or not policy.can_handle(actor, review):
        return ""
    for row in _unseen_today([review.assessment], ReadPart.GROUNDS, actor):
        _write_down(row, ReadPart.GROUNDS, Purpose.VERIFICATION, review.number, actor)
    return opened_grounds(review.grounds_cipher, safe_of(review.assessment.resident), review.pk)


def findings_of(assessment: Assessment, actor: Actor) -> Findings | None:
    """What is filled in so far, for the two who fill it in; None for everybody else and once it is concluded."""
    if not policy.can_see_findings(actor, assessment):
        return None
    return opened(assessment.findings_cipher, safe_of(assessment.resident), assessment.pk)


def tell_from_now_on() -> None:
    """What was read of her results stands in the resident's own list."""
    tell_also(readings_of)


def readings_of(resident: Resident, most: int) -> list[Look]:
    """Who was shown what of her results, when and for what, newest first."""
    # Two questions, each answered from an index; as one with "or" neither would be.
    ways = [of_person(resident.pk, f"{of}__resident") for of in ("assessment", "recognition")]
    found = [row for way in ways for row in ItemReading.objects.filter(way).order_by("-at", "-id")[:most]]
    rows = sorted(found, key=lambda row: (row.at, row.pk), reverse=True)[:most]
    return [_look(row) for row in rows]


def _write_recognised(rows: list[Recognition], actor: Actor) -> None:
    for row in _unseen_today(rows, ReadPart.RECOGNISED, actor):
        _write_down(row, ReadPart.RECOGNISED, Purpose.VERIFICATION, row.number, actor)


def _unseen_today(rows: list[Result], part: ReadPart, actor: Actor) -> list[Result]:
    """Those of which this reader's look at this part is not yet written down today."""
    since = datetime.combine(today(), time(), SHANGHAI)
    looked = ItemReading.objects.by_user_since(actor.account_id, since, part=part)
    kind = _kind_for(part)
    seen = set(looked.filter(**{f"{kind}__in": rows}).values_list(kind, flat=True))
    return [row for row in rows if row.pk not in seen]


def _write_down(
    result: Assessment | Recognition, part: ReadPart, purpose: str, case: str, actor: Actor
) -> None:
    said = {_kind_for(part): result, "part": part, "purpose": purpose, "case": case}
    ItemReading.objects.create(at=now(), **said, **actor.as_columns())
    record(action=f"assessment.{part.value}_read", actor=actor, subject=result, purpose=purpose)


def _kind_for(part: ReadPart) -> str:
    return "recognition" if part == ReadPart.RECOGNISED else "assessment"


def _look(row: ItemReading) -> Look:
    is_assessor = row.actor_role == Role.OFFICER and not row.actor_divisions
    return Look(
        at=row.at,
        role=_("评估人员") if is_assessor else row.actor_role,
        what=ReadPart(row.part).label,
        reach=row.actor_divisions,
        purpose=row.purpose,
        case=row.case,
    )
