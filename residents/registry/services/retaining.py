"""What need not be kept any longer is listed, approved by a second officer, and then purged line by line."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from residents.registry import policy, retention
from residents.registry.errors import NoSuchReport, NothingDue, NotYourDivision
from residents.registry.models import Resident
from residents.registry.models.life import PurgeLine, PurgeReport
from residents.registry.retention import Kept, due_on, latest_start
from residents.registry.services.holding import permit_proven, person
from residents.registry.states import REPORT_FLOW, PurgeOutcome, ReportStatus
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.announce import after_commit
from sojourn.core.clock import now, today
from sojourn.core.trail import record
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject
from sojourn.provinces.rules import rule

PURGE = "purge_residents"
REPORT = "registry.purgereport"
LINES_A_RUN = 2_000
LINES_AT_ONCE = 5_000


@transaction.atomic
def prepare_purge(*, owner: str, actor: Actor) -> PurgeReport:
    """A list of what a member (six-digit code) need not keep any longer; nothing else changes.

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
        counts={kept.code: _counts(owner, kept, today()) for kept in retention.registered()},
    )
    if not any(count["due"] for count in report.counts.values()):
        raise NothingDue
    report.save(force_insert=True)
    for kept in retention.registered():
        _list(report, kept)
    record(action="purge.prepared", actor=actor, subject=report, counts=report.counts)
    return report


@transaction.atomic
def propose_purge(*, report_id: UUID, reason: str, actor: Actor) -> Proposal:
    """It waits for a second person that what a report lists is purged."""
    report = _seen(report_id, actor)
    permit_proven(policy.can_register(actor, report.owner), actor)
    REPORT_FLOW.after("approve", ReportStatus(report.status))
    lines = report.lines.count()
    title = _("清除保存期满的信息：{lines}项").format(lines=lines)
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
    """Lines of approved reports are purged, each in a transaction of its own; how many were settled.

    It goes on where an earlier run stopped, and asks again of each line whether it is still due and not held.
    """
    waiting = PurgeLine.objects.waiting().values_list("pk", flat=True)[:LINES_A_RUN]
    settled = sum(map(_settle, list(waiting)))
    for report_id in PurgeReport.objects.spent().values_list("pk", flat=True):
        _finish(report_id)
    return settled


# --- steps ----------------------------------------------------------------------------------------
def _ended(kept: Kept, owner: str, day: date) -> tuple[QuerySet, int]:
    """The rows of a class whose period is over on the day, held or not, and its years."""
    years = rule(kept.rule, on=day, member=owner)
    return kept.rows(owner, latest_start(day, years)).order_by(), years


def _counts(owner: str, kept: Kept, day: date) -> dict:
    """How many are due and how many of them are held, with the years and the earliest day of the list."""
    rows, years = _ended(kept, owner, day)
    found = rows.filter(is_held=False).aggregate(due=Count("pk"), first=Min("since"))
    first = due_on(found["first"], years).isoformat() if found["first"] else None
    return {"due": found["due"], "held": rows.filter(is_held=True).count(), "years": years, "first": first}


def _list(report: PurgeReport, kept: Kept) -> None:
    rows, years = _ended(kept, report.owner, report.as_of)
    found = rows.filter(is_held=False).order_by("pk").values_list("pk", "about", "since")
    lines = (
        PurgeLine(
            report=report,
            resident_id=about,
            row=None if kept.are_people else pk,
            kind=kept.code,
            due_on=due_on(since, years),
        )
        for pk, about, since in found.iterator(LINES_AT_ONCE)
    )
    PurgeLine.objects.bulk_create(lines, batch_size=LINES_AT_ONCE)


def _seen(report_id: UUID, actor: Actor) -> PurgeReport:
    report = PurgeReport.objects.visible_to(actor).locked().filter(pk=report_id).first()
    if report is None:
        raise NoSuchReport
    return report


@transaction.atomic
def _settle(line_id: int) -> bool:
    """What one line lists is purged, or kept because a hold or a change came between."""
    found = PurgeLine.objects.filter(pk=line_id).values_list("resident_id", flat=True).first()
    if found is not None:
        Resident.objects.locked().get(pk=found)
    line = PurgeLine.objects.locked().select_related("report").get(pk=line_id)
    if line.outcome or line.report.status != ReportStatus.APPROVED:
        return False
    kept, row_id = retention.of_code(line.kind), line.row or line.resident_id
    rows, _years = _ended(kept, line.report.owner, today())
    is_due = rows.filter(pk=row_id, is_held=False).exists()
    is_purged = is_due and kept.purging(row_id)
    line.outcome = PurgeOutcome.PURGED if is_purged else PurgeOutcome.KEPT
    line.settled_at, line.due_on = now(), None
    line.save(update_fields=["outcome", "settled_at", "due_on"])
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
