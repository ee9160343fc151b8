"""A resident is told that there is a result, until when she may object to it, and that her objection was decided.

Of a result from a paper she is told at once where an officer entered it by hand, and from a day on where a spreadsheet
brought it: what is undone before that day she never hears of (decision 0057).
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from residents.assessments.errors import NothingToObjectTo
from residents.assessments.models import Assessment, EntryToTell, Review
from residents.assessments.periods import days_after
from residents.assessments.states import ReviewGround, ReviewStatus
from residents.registry.services.telling import tell_resident
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import today
from sojourn.core.copying import copy_in
from sojourn.provinces.rules import rule

OBJECTION_DAYS = "assessment_objection_days"
CONCLUDED, DECIDED = "assessment_concluded", "assessment_review_decided"
ENTERED, UNDONE = "assessment_entered", "assessment_entry_undone"
ENTRY_DAYS = "assessment_entry_told_days"
TOLD_AT_ONCE = 200


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


def tell_entered(assessment: Assessment, actor: Actor) -> None:
    """She is told that a result made elsewhere stands here; who issued the paper answers for what it says."""
    words = _(
        "【旅居养老】您在别处做的一项评估，已按评估报告登记到您名下。请登录“我的”查看，或向户籍地民政部门查问。"
        "对结果有异议的，请向出具报告的单位提出。"
    )
    tell_resident(assessment.resident, topic=ENTERED, body=words, actor=actor)


def tell_later(entered: Collection[tuple[UUID, str]]) -> None:
    """Of these results, each with the member that owns it, their residents are told when the rule's days are over."""
    days = cache(lambda owner: today() + timedelta(days=rule(ENTRY_DAYS, on=today(), member=owner)))
    copy_in(EntryToTell, ("assessment_id", "tell_on"), [(pk, days(owner)) for pk, owner in entered])


def tell_undone(entries: Collection[Assessment], actor: Actor) -> None:
    """Whose entered result counts no more is told so, where she was told of it; the others never will be."""
    waiting = EntryToTell.objects.locked().filter(pk__in=[row.pk for row in entries])
    unheard = set(waiting.values_list("pk", flat=True))
    EntryToTell.objects.filter(pk__in=unheard).delete()
    words = _(
        "【旅居养老】此前按评估报告登记到您名下的一项评估结果，因登记有误已经撤销，不再作数。有疑问，请向户籍地民政部门查问。"
    )
    for row in entries:
        if row.pk not in unheard:
            tell_resident(row.resident, topic=UNDONE, body=words, actor=actor)


def tell_entries_due() -> int:
    """Everybody of whom a spreadsheet brought a result that was not undone is told once; of how many results."""
    told = 0
    while found := _tell_next_entries():
        told += found
    return told


@transaction.atomic
def _tell_next_entries() -> int:
    due = list(EntryToTell.objects.due_on(today())[:TOLD_AT_ONCE])
    for entry in due:
        tell_entered(entry.assessment, SYSTEM)
    EntryToTell.objects.filter(pk__in=[entry.pk for entry in due]).delete()
    return len(due)
