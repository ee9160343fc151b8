"""What time alone brings about: last days settle, overdue items rise, proposals lapse."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import local, now, today
from sojourn.core.trail import record
from sojourn.desk.models import Proposal, WorkItem
from sojourn.desk.states import PROPOSAL_FLOW, ItemStatus, ProposalStatus
from sojourn.desk.terms import level_due, superior_codes, working_days_after
from sojourn.provinces.calendars import Calendar
from sojourn.provinces.models import CalendarYear, Division, Holiday
from sojourn.provinces.rules import rule
from sojourn.provinces.states import DivisionKind
from sojourn.provinces.workdays import add_working_days

# How many working days an overdue item stays with one bureau before the next above hears of it.
EVERY = "desk_escalation_days"
MOST_LEVELS = 2


def settle_due_dates() -> int:
    """Every provisional last day is computed again; how many moved or became final.

    The notice of a year arrives once a year, so most runs change nothing.
    """
    provisional = WorkItem.objects.unfinished().filter(due_provisional=True)
    return sum(_settle(pk) for pk in provisional.order_by("pk").values_list("pk", flat=True))


def escalate_overdue() -> int:
    """Every overdue item is raised to as many superior bureaus as its delay asks for; how many steps.

    Each step is one line of the trail, and no item is raised to one level twice.
    """
    overdue = WorkItem.objects.overdue_on(today()).filter(escalation__lt=MOST_LEVELS)
    first = overdue.order_by("due_on").values_list("due_on", flat=True).first()
    if first is None:
        return 0
    calendar = calendar_since(first)
    return sum(_escalate(pk, calendar) for pk in overdue.order_by("pk").values_list("pk", flat=True))


def lapse_proposals() -> int:
    """Proposals that nobody decided in time wait no longer; how many."""
    late = Proposal.objects.past_term_at(now()).order_by("pk").values_list("pk", flat=True)
    return sum(_lapse(pk) for pk in late)


def calendar_since(day) -> Calendar:
    """Days off and make-up workdays from this day on, as far as they are announced."""
    return Holiday.objects.calendar(
        since=day - timedelta(days=1), announced_years=CalendarYear.objects.announced_years()
    )


@transaction.atomic
def _settle(item_id: UUID) -> bool:
    item = WorkItem.objects.locked().filter(pk=item_id, due_provisional=True).first()
    if item is None or item.status == ItemStatus.CLOSED:
        return False
    due = add_working_days(local(item.opened_at).date(), item.working_days)
    if (due.day, due.provisional) == (item.due_on, item.due_provisional):
        return False
    before = {"due_on": str(item.due_on)}
    item.due_on, item.due_provisional = due.day, due.provisional
    item.save(update_fields=["due_on", "due_provisional"])
    after = {"due_on": str(item.due_on)}
    record(action="workitem.due_settled", actor=SYSTEM, subject=item, before=before, after=after)
    return True


@transaction.atomic
def _escalate(item_id: UUID, calendar: Calendar) -> int:
    item = WorkItem.objects.locked().filter(pk=item_id).first()
    if item is None or item.status == ItemStatus.CLOSED:
        return 0
    above = _bureaus_above(item.division_code)
    province = item.division_code[:2].ljust(6, "0")
    days_over = working_days_after(item.due_on, today(), calendar)
    wanted = level_due(days_over, every=rule(EVERY, on=today(), member=province))
    steps = range(item.escalation, min(wanted, len(above)))
    for level in steps:
        item.escalation, item.escalated_to, item.escalated_at = level + 1, above[level], now()
        record(
            action="workitem.escalated",
            actor=SYSTEM,
            subject=item,
            escalation=level + 1,
            escalated_to=above[level],
        )
    if steps:
        item.save(update_fields=["escalation", "escalated_to", "escalated_at"])
    return len(steps)


def _bureaus_above(division_code: str) -> list[str]:
    """The divisions above that are real ones, nearest first; a code that only sums up has no bureau."""
    codes = superior_codes(division_code)
    real = set(Division.objects.filter(pk__in=codes, kind=DivisionKind.UNIT).values_list("pk", flat=True))
    return [code for code in codes if code in real]


@transaction.atomic
def _lapse(proposal_id: UUID) -> bool:
    proposal = Proposal.objects.locked().filter(pk=proposal_id).first()
    if proposal is None or proposal.status != ProposalStatus.PROPOSED:
        return False
    proposal.status = PROPOSAL_FLOW.after("lapse", ProposalStatus(proposal.status))
    proposal.decided_at = now()
    proposal.save(update_fields=["status", "decided_at"])
    record(action="proposal.lapsed", actor=SYSTEM, subject=proposal)
    return True
