"""A result is about to end: whom it is of is told once, her bureau finds it, and she is assessed anew."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from residents.assessments import policy
from residents.assessments.errors import NoSuchAssessment
from residents.assessments.models import Assessment, EndingTold, Recognition
from residents.assessments.services.assessing import Assignment, assign_assessment
from residents.assessments.services.holding import permit
from residents.assessments.states import RecognitionStatus
from residents.registry.models import Link, Resident
from residents.registry.services.telling import tell_resident, tell_user
from residents.registry.states import Relation
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now, today
from sojourn.core.trail import record
from sojourn.provinces.rules import rule_of_each

ENDING_DAYS = "assessment_ending_days"
TOPIC = "assessment_ending"
ROUTINE = "routine"
MOST_AT_ONCE = 500


def ending_soon(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Those of these results that end within their member's days, while nothing newer counts or is being made."""
    day, soon, members = today(), Q(pk__in=()), defaultdict(list)
    for code, days in rule_of_each(ENDING_DAYS, on=day, members=settings.HOSTED_PROVINCES).items():
        members[days].append(code)
    for days, codes in members.items():
        soon |= Q(owner__in=codes, valid_until__range=(day, day + timedelta(days=days)))
    return _not_renewed(rows.filter(soon))


def ended(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Those of these results that hold no more and were not followed by another."""
    return _not_renewed(rows.filter(valid_until__lt=today()))


def is_due(assessment: Assessment) -> bool:
    """Whether this result ends soon or has ended, and was not followed by another."""
    row = Assessment.objects.filter(pk=assessment.pk)
    return ending_soon(row).exists() or ended(row).exists()


def tell_endings() -> int:
    """Whoever has a result that ends soon was told so, once; how many were told now.

    What a lost run left is found by the next: it is not yet written down that she was told.
    """
    untold = ending_soon(Assessment.objects.filter(told=None)).order_by("valid_until", "pk")
    return sum(map(_tell, list(untold.values_list("pk", flat=True)[:MOST_AT_ONCE])))


@transaction.atomic
def reassess(
    *, assessment_id: UUID, first_assessor_id: UUID, second_assessor_id: UUID, actor: Actor
) -> Assessment:
    """Who holds this result is to be assessed anew, by these two, on its scale and for the same facility."""
    row = Assessment.objects.visible_to(actor).filter(pk=assessment_id).first()
    if row is None:
        raise NoSuchAssessment
    permit(policy.can_reassess(actor, row))
    assignment = Assignment(
        first_assessor_id=first_assessor_id,
        second_assessor_id=second_assessor_id,
        reason=ROUTINE,
        facility_id=row.facility_id,
        scale=(row.scale_code, row.edition),
    )
    return assign_assessment(resident_id=row.resident.person_id, assignment=assignment, actor=actor)


@transaction.atomic
def _tell(pk: UUID) -> bool:
    """She and her guardians, unless that was done or is no longer true; nobody is told twice of one result."""
    seen = Assessment.objects.select_related("resident").get(pk=pk)
    Resident.objects.locked().get(pk=seen.resident.person_id)
    untold = Assessment.objects.locked().filter(pk=pk)
    row = ending_soon(untold).select_related("resident__merged_into").first()
    if row is None or EndingTold.objects.filter(pk=pk).exists():
        return False
    EndingTold.objects.create(assessment=row, told_at=now())
    record(action="assessment.ending_told", actor=SYSTEM, subject=row)
    day = f"{row.valid_until:%Y-%m-%d}"
    words = _(
        "【旅居养老】您有一项评估{day}到期，到期后不再作数。请联系户籍地民政部门安排重新评估，或登录“我的”查看。"
    )
    tell_resident(row.resident, topic=TOPIC, body=words.format(day=day), actor=SYSTEM)
    words = _("【旅居养老】您照护的老年人有一项评估{day}到期。请联系户籍地民政部门安排重新评估。")
    for user_id in _guardians(row.resident.person_id):
        tell_user(user_id, topic=TOPIC, body=words.format(day=day))
    return True


def _guardians(person_id: UUID) -> list[UUID]:
    links = Link.objects.about(person_id).live().filter(relation=Relation.GUARDIAN, ends_on__gt=today())
    return sorted(set(links.values_list("user_id", flat=True)))


def _not_renewed(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Where another member's newer result was recognised, nothing has to be made anew either."""
    newer = Recognition.objects.filter(
        status=RecognitionStatus.RECOGNISED, assessed_on__gt=OuterRef("assessed_on")
    )
    rows = rows.newest_of_people()  # type: ignore[attr-defined]
    return rows.exclude(Exists(newer.filter(resident=OuterRef("person")))).exclude(
        Exists(newer.filter(resident__merged_into=OuterRef("person")))
    )
