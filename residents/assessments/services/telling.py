"""A resident is told that there is a result, until when she may object to it, and that her objection was decided."""

from datetime import date

from django.utils.translation import gettext as _

from residents.assessments.errors import NothingToObjectTo
from residents.assessments.models import Assessment, Review
from residents.assessments.periods import days_after
from residents.assessments.states import ReviewGround, ReviewStatus
from residents.registry.services.telling import tell_resident
from sojourn.core.actors import Actor
from sojourn.provinces.rules import rule

OBJECTION_DAYS = "assessment_objection_days"
CONCLUDED, DECIDED = "assessment_concluded", "assessment_review_decided"


def objection_until(assessment: Assessment) -> date:
    """The last day on which this final result can be objected to, by the rule of the day it was concluded."""
    if assessment.concluded_on is None:
        raise NothingToObjectTo
    days = rule(OBJECTION_DAYS, on=assessment.concluded_on, member=assessment.owner)
    return days_after(assessment.concluded_on, days)


def tell_concluded(assessment: Assessment, actor: Actor) -> None:
    """She is told that a result is there; what was found, and of what, the words do not say."""
    words = _(
        "【旅居养老】您有一项评估已有结果。请登录“我的”查看，或向户籍地民政部门查问。不同意的，{day}以前（含当日）可以提出异议。"
    ).format(day=f"{objection_until(assessment):%Y-%m-%d}")
    tell_resident(assessment.resident, topic=CONCLUDED, body=words, actor=actor)


def tell_decided(review: Review, actor: Actor) -> None:
    """She is told that what was objected is decided; of a re-check by lot only that her result is another now."""
    if review.ground == ReviewGround.OBJECTION:
        words = _(
            "【旅居养老】对您一项评估结果提出的异议已有决定。请登录“我的”查看，或向户籍地民政部门查问。"
        )
    elif review.status == ReviewStatus.REPLACED:
        words = _(
            "【旅居养老】您的一项评估经抽查复核，结果有变动。请登录“我的”查看，或向户籍地民政部门查问。"
        )
    else:
        return
    tell_resident(review.assessment.resident, topic=DECIDED, body=words, actor=actor)
