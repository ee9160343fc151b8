"""By lot a share of every body's results is assessed once more by others: each period by a job, or when an officer says so.

A result takes part in one draw: what lies in an earlier one is left out (decision 0063).
"""

import secrets
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from residents.assessments import drawing, policy
from residents.assessments.errors import DrawnAlready, FactsInvalid, NoSuchBody, NotYourBody, field_error
from residents.assessments.models import Assessment, AssessmentBody, RecheckDraw, Review
from residents.assessments.naming import REVIEW_COUNTER, REVIEW_PREFIX
from residents.assessments.periods import whole_period_before
from residents.assessments.services.reviewing import wait_at_desk
from residents.assessments.states import AssessmentKind, AssessmentStatus, ReviewGround
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now, today
from sojourn.core.counters import next_numbers
from sojourn.core.trail import record
from sojourn.provinces.rules import rule, rule_of_each

PERCENT, MONTHS = "assessment_recheck_percent", "assessment_recheck_months"


@transaction.atomic
def draw_rechecks(*, body_id: UUID, first_day: date, last_day: date, actor: Actor) -> RecheckDraw:
    """By lot a share of what a body concluded in a past period is to be assessed once more by others."""
    body = AssessmentBody.objects.visible_to(actor).locked().filter(pk=body_id).first()
    if body is None:
        raise NoSuchBody
    if not policy.can_draw(actor, body):
        raise NotYourBody
    if not first_day <= last_day < today():
        wrong = field_error("last_day", "not_past", _("抽查期间须已结束，且起止有序"))
        raise FactsInvalid(errors=[wrong])
    if RecheckDraw.objects.filter(body=body, first_day=first_day, last_day=last_day).exists():
        raise DrawnAlready
    return _draw(body, first_day, last_day, actor)


def draw_due_rechecks() -> int:
    """Of every body with results in its member's last whole period a share was drawn; how many draws were made now."""
    months = rule_of_each(MONTHS, on=today(), members=settings.HOSTED_PROVINCES)
    return sum(_draw_due(*due) for member in months for due in _due_of(member, months[member]))


# --- steps ----------------------------------------------------------------------------------------
def _due_of(member: str, months: int) -> list[tuple[UUID, date, date]]:
    """The bodies of a member with something to draw from, and the first and last day of the period."""
    first_day, last_day = whole_period_before(today(), months)
    bodies = AssessmentBody.objects.filter(
        Exists(_results_of(OuterRef("pk"), first_day, last_day)), owner=member
    )
    return [(pk, first_day, last_day) for pk in bodies.order_by("pk").values_list("pk", flat=True)]


@transaction.atomic
def _draw_due(body_id: UUID, first_day: date, last_day: date) -> bool:
    """Unless somebody drew meanwhile: whoever draws holds the body."""
    body = AssessmentBody.objects.locked().get(pk=body_id)
    if not _results_of(body.pk, first_day, last_day).exists():
        return False
    _draw(body, first_day, last_day, SYSTEM)
    return True


def _draw(body: AssessmentBody, first_day: date, last_day: date, actor: Actor) -> RecheckDraw:
    found = list(_results_of(body.pk, first_day, last_day).select_related("resident").order_by("pk"))
    ids, percent = [one.pk for one in found], rule(PERCENT, on=last_day, member=body.owner)
    seed = secrets.token_hex(32)
    chosen = set(drawing.drawn(ids, seed=seed, percent=percent))
    draw = RecheckDraw.objects.create(
        body=body,
        first_day=first_day,
        last_day=last_day,
        percent=percent,
        seed=seed,
        population=len(ids),
        population_digest=drawing.digest_of(ids),
        drawn=len(chosen),
        drawn_at=now(),
    )
    _open_rechecks(draw, [one for one in found if one.pk in chosen], actor)
    record(
        action="assessmentbody.rechecks_drawn", actor=actor, subject=body, drawn=draw.drawn, percent=percent
    )
    return draw


def _results_of(body_id: UUID | OuterRef, first_day: date, last_day: date) -> QuerySet[Assessment]:
    """Final results of a body that are under no review and lie in no draw that was made."""
    reviewed = Review.objects.exclude(ground=ReviewGround.OBJECTION, decided_on__isnull=False)
    concluded = OuterRef("concluded_on")
    drawn = RecheckDraw.objects.filter(
        body=OuterRef("body"), first_day__lte=concluded, last_day__gte=concluded
    )
    final = Assessment.objects.filter(
        body=body_id,
        kind=AssessmentKind.REGULAR,
        status=AssessmentStatus.FINAL,
        concluded_on__range=(first_day, last_day),
    )
    return final.exclude(Exists(reviewed.filter(assessment=OuterRef("pk")))).exclude(Exists(drawn))


def _open_rechecks(draw: RecheckDraw, chosen: list[Assessment], actor: Actor) -> None:
    owners = [one.owner for one in chosen]
    numbers = next_numbers(prefix=REVIEW_PREFIX, counter=REVIEW_COUNTER, province_codes=owners)
    for one, number in zip(chosen, numbers, strict=True):
        review = Review.objects.create(
            owner=one.owner,
            number=number,
            assessment=one,
            ground=ReviewGround.RECHECK,
            draw=draw,
            raised_on=today(),
            is_sample=one.is_sample,
        )
        wait_at_desk(review, actor)
