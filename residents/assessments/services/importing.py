"""A spreadsheet of results made elsewhere: which stand already, which are entered, and which cease to count again."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from residents.assessments.models import Assessment, EntryToTell
from residents.assessments.papers import CHOICES, GUIDE, HEADINGS, NEEDED, REASONS, from_stored, read_rows
from residents.assessments.services.entering import enter_results
from residents.assessments.services.telling import tell_later, tell_undone
from residents.assessments.states import ASSESSMENT_FLOW, AssessmentKind, AssessmentStatus
from residents.registry import imports
from residents.registry.imports import Content, ImportKind, Known, Made
from residents.registry.models import ImportRow, Resident
from residents.registry.services import touched
from sojourn.core.actors import Actor
from sojourn.core.trail import record_many

GONE = (AssessmentStatus.ERASED, AssessmentStatus.DISCARDED)


def register_kind() -> None:
    """Officers can send spreadsheets of results made elsewhere."""
    imports.register(RESULTS)


def _known(facts: Sequence[Mapping], _actor: Actor) -> list[Known | None]:
    """A paper of the same issuer and number stands of the same resident; whom, the officer saw when it was read."""
    papers = [from_stored(each) for each in facts]
    standing = Assessment.objects.filter(
        resident__in={resident for resident, _paper in papers}, kind=AssessmentKind.IMPORTED
    ).exclude(status__in=GONE)
    here = set(standing.values_list("resident", "source", "paper_reference"))
    return [
        Known(resident) if (resident, paper.source, paper.paper_reference) in here else None
        for resident, paper in papers
    ]


def _enter(contents: Sequence[Content], actor: Actor) -> list[Made]:
    papers = [from_stored(one.facts) for one in contents]
    entered = enter_results(results=papers, actor=actor)
    owners = dict(Resident.objects.filter(pk__in={pk for pk, _paper in papers}).values_list("pk", "owner"))
    tell_later([(made, owners[pk]) for (pk, _paper), made in zip(papers, entered, strict=True)])
    return [Made(resident, made) for (resident, _paper), made in zip(papers, entered, strict=True)]


def _take_back(rows: Sequence[ImportRow], actor: Actor) -> Collection[int]:
    """What was entered counts no more, but for what somebody read, or what is no longer as it was written."""
    list(Resident.objects.locked().filter(pk__in=[row.resident_id for row in rows]))
    found = Assessment.objects.locked().in_bulk([row.made for row in rows])
    led_to = touched(Assessment, list(found), but=(EntryToTell,))
    sources = ASSESSMENT_FLOW.sources("undo_entry")
    gone = [
        found[row.made]
        for row in rows
        if row.made in found
        and found[row.made].version == row.registered_version
        and found[row.made].status in sources
        and row.made not in led_to
    ]
    ids = {row.pk for row in gone}
    status = ASSESSMENT_FLOW.after("undo_entry", AssessmentStatus.FINAL)
    Assessment.objects.filter(pk__in=ids).update(status=status, concluded_on=None)
    lines = [(row, {"number": row.number}) for row in gone]
    record_many(action="assessment.entry_undone", actor=actor, lines=lines)
    tell_undone(gone, actor)
    return {row.pk for row in rows if row.made not in ids}


RESULTS = ImportKind(
    code="assessments",
    label=_("补录的评估结果"),
    sheet=_("能力评估"),
    template="assessments-template.xlsx",
    headings=HEADINGS,
    needed=NEEDED,
    choices=CHOICES,
    guide=GUIDE,
    reasons=REASONS,
    refused="paper_reference",
    read=read_rows,
    known=_known,
    make=_enter,
    take_back=_take_back,
)
