"""What need not be kept any longer is listed, approved by a second officer, and then erased line by line."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils.translation import gettext as _

from residents.registry import policy
from residents.registry.errors import NoSuchReport, NothingDue, NotYourDivision, OnHold
from residents.registry.models import Resident
from residents.registry.models.life import LegalHold, PurgeLine, PurgeReport
from residents.registry.retention import RULES, due_on, latest_start
from residents.registry.services.erasing import erase_resident
from residents.registry.services.holding import permit_proven, person
from residents.registry.states import (
    REPORT_FLOW,
    ErasureGround,
    PurgeOutcome,
    ReportStatus,
    ResidentStatus,
    RetentionClass,
)
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.announce import after_commit
from sojourn.core.clock import now, today
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject
from sojourn.provinces.rules import rule

PURGE = "purge_residents"
REPORT = "registry.purgereport"
LINES_A_RUN = 2_000
LINES_AT_ONCE = 5_000
SINCE = {RetentionClass.DIED: "died_on", RetentionClass.MOVED_OUT: "moved_out_on"}
HELD = Exists(LegalHold.objects.live().filter(resident=OuterRef("pk")))
STATUS = {
    RetentionClass.DIED: ResidentStatus.DIED,
    RetentionClass.MOVED_OUT: ResidentStatus.MOVED_OUT,
}


@transaction.atomic
def prepare_purge(*, owner: str, actor: Actor) -> PurgeReport:
    """A list of whose information a member (six-digit code) need not keep any longer; nothing else changes.

    It takes the place of one that waits for approval; one that is approved is finished first.
    """
    if not policy.can_register(actor, owner):
        raise NotYourDivision
    permit_proven(True, actor)
    for waiting in PurgeReport.objects.locked().under_way().filter(owner=owner):
        waiting.status = REPORT_FLOW.after("drop", ReportStatus(waiting.status))
        waiting.save(update_fields=["status"])
    report = PurgeReport(
        owner=owner,
        prepared_at=now(),
        as_of=today(),
        prepared_by_id=person(actor),
        counts={kind.value: _counts(owner, kind, today()) for kind in RetentionClass},
    )
    if not any(count["due"] for count in report.counts.values()):
        raise NothingDue
    report.save(force_insert=True)
    for kind in RetentionClass:
        _list(report, kind)
    record(action="purge.prepared", actor=actor, subject=report, counts=report.counts)
    return report


@transaction.atomic
def propose_purge(*, report_id: UUID, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that what a report lists is erased."""
    report = _seen(report_id, actor)
    permit_proven(policy.can_register(actor, report.owner), actor)
    REPORT_FLOW.after("approve", ReportStatus(report.status))
    lines = report.lines.count()
    title = _("清除保存期满的登记信息：{lines}人").format(lines=lines)
    return desk.propose(
        kind=PURGE,
        subject=Subject(REPORT, str(report.pk), title, report.owner),
        facts={"report": str(report.pk), "lines": lines},
        reason=reason,
        actor=actor,
    )


@transaction.atomic
def approve_purge(*, proposal: Proposal, actor: Actor) -> PurgeReport:
    """Carries out a decision of the kind ``purge_residents``: the job may begin."""
    report = _seen(UUID(proposal.facts["report"]), actor)
    permit_proven(policy.can_register(actor, report.owner), actor)
    report.status = REPORT_FLOW.after("approve", ReportStatus(report.status))
    report.approved_by_id, report.approved_at = actor.user_id, now()
    report.save(update_fields=["status", "approved_by", "approved_at"])
    record(action="purge.approved", actor=actor, subject=report)
    after_commit("residents.registry.tasks.purge")
    return report


def purge() -> int:
    """Lines of approved reports are erased, each in a transaction of its own; how many were settled.

    It goes on where an earlier run stopped, and asks again of each line whether it is still due and not held.
    """
    waiting = PurgeLine.objects.waiting().values_list("pk", flat=True)[:LINES_A_RUN]
    settled = sum(map(_settle, list(waiting)))
    for report_id in PurgeReport.objects.spent().values_list("pk", flat=True):
        _finish(report_id)
    return settled


# --- steps ----------------------------------------------------------------------------------------
def _due(owner: str, kind: RetentionClass, day: date) -> QuerySet[Resident]:
    """The residents of a member whose period is over on the day, held or not."""
    start = latest_start(day, rule(RULES[kind], on=day, member=owner))
    return Resident.objects.filter(owner=owner, status=STATUS[kind], **{f"{SINCE[kind]}__lte": start})


def _counts(owner: str, kind: RetentionClass, day: date) -> dict:
    """How many are due and how many of them are held, with the years and the earliest day of the list."""
    years = rule(RULES[kind], on=day, member=owner)
    rows = _due(owner, kind, day).order_by()
    found = rows.filter(~HELD).aggregate(due=Count("pk"), first=Min(SINCE[kind]))
    first = due_on(found["first"], years).isoformat() if found["first"] else None
    return {"due": found["due"], "held": rows.filter(HELD).count(), "years": years, "first": first}


def _list(report: PurgeReport, kind: RetentionClass) -> None:
    years = rule(RULES[kind], on=report.as_of, member=report.owner)
    rows = _due(report.owner, kind, report.as_of).filter(~HELD).order_by("pk")
    lines = (
        PurgeLine(report=report, resident_id=pk, kind=kind, due_on=due_on(since, years))
        for pk, since in rows.values_list("pk", SINCE[kind]).iterator(LINES_AT_ONCE)
    )
    PurgeLine.objects.bulk_create(lines, batch_size=LINES_AT_ONCE)


def _seen(report_id: UUID, actor: Actor) -> PurgeReport:
    report = PurgeReport.objects.visible_to(actor).locked().filter(pk=report_id).first()
    if report is None:
        raise NoSuchReport
    return report


@transaction.atomic
def _settle(line_id: int) -> bool:
    """What one line lists is erased, or kept because a hold or a change came between."""
    found = PurgeLine.objects.filter(pk=line_id).values_list("resident_id", flat=True).first()
    resident = Resident.objects.locked().get(pk=found)
    line = PurgeLine.objects.locked().select_related("report").get(pk=line_id)
    if line.outcome or line.report.status != ReportStatus.APPROVED:
        return False
    kind = RetentionClass(line.kind)
    line.outcome, line.settled_at = PurgeOutcome.KEPT, now()
    if _due(line.report.owner, kind, today()).filter(pk=resident.pk).exists() and _erased(resident):
        line.outcome, line.due_on = PurgeOutcome.PURGED, None
    line.save(update_fields=["outcome", "settled_at", "due_on"])
    return True


def _erased(resident: Resident) -> bool:
    try:
        erase_resident(resident_id=resident.pk, ground=ErasureGround.PERIOD_OVER, actor=SYSTEM)
    except (OnHold, WrongStatus):
        return False
    return True


@transaction.atomic
def _finish(report_id: UUID) -> None:
    report = PurgeReport.objects.locked().get(pk=report_id)
    if report.status != ReportStatus.APPROVED or report.lines.filter(outcome="").exists():
        return
    report.status, report.finished_at = REPORT_FLOW.after("finish", ReportStatus(report.status)), now()
    report.save(update_fields=["status", "finished_at"])
    purged = report.lines.filter(outcome=PurgeOutcome.PURGED).count()
    record(action="purge.finished", actor=SYSTEM, subject=report, purged=purged)
