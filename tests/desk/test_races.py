"""Two officers at once: the lock decides, and the constraint where a lock is missing."""

import pytest
from django.db import ProgrammingError

from sojourn.core.actors import SYSTEM
from sojourn.core.refusals import WrongStatus
from sojourn.desk.errors import AlreadyProposed, ItemTaken
from sojourn.desk.models import Proposal, WorkItem
from sojourn.desk.querysets import ProposalQuerySet, WorkItemQuerySet
from sojourn.desk.services import approve, escalate_overdue, open_item, propose, refuse, take_item
from sojourn.desk.subjects import Subject
from tests.desk.officers import desk_trail, officer
from tests.factories.desk import ProposalFactory, WorkItemFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("slow_before_commit")]

SUBJECT = Subject("sample", "7", "样例", "440106")


def kinds(outcomes) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def taking(item: WorkItem):
    actor = officer()
    return lambda: take_item(item_id=item.pk, actor=actor)


def test_two_officers_cannot_take_one_item():
    item = WorkItemFactory()

    outcomes = race(taking(item), taking(item))

    assert kinds(outcomes) == [ItemTaken.__name__, WorkItem.__name__]
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, WorkItem)]
    assert WorkItem.objects.get(pk=item.pk).handler_id == winner.handler_id
    assert desk_trail().filter(action="workitem.taken").count() == 1


def test_without_the_lock_both_would_think_they_took_it(monkeypatch):
    monkeypatch.setattr(WorkItemQuerySet, "locked", lambda self: self.order_by("pk"))
    item = WorkItemFactory()

    outcomes = race(taking(item), taking(item))

    assert kinds(outcomes) == [WorkItem.__name__, WorkItem.__name__]


def test_two_rooms_jobs_open_one_item():
    def opening():
        return open_item(queue="sample_checks", subject=SUBJECT, facts={}, actor=SYSTEM)

    first, second = race(opening, opening)

    assert first.pk == second.pk
    assert desk_trail().filter(action="workitem.opened").count() == 1


def test_two_approvals_carry_it_out_once(carried_out):
    proposal, first, second = ProposalFactory(), officer("440100"), officer("440000")

    outcomes = race(
        lambda: approve(proposal_id=proposal.pk, actor=first),
        lambda: approve(proposal_id=proposal.pk, actor=second),
    )

    assert kinds(outcomes) == [Proposal.__name__, WrongStatus.__name__]
    assert len(carried_out) == 1


def test_an_approval_and_a_refusal_leave_one(carried_out):
    proposal, first, second = ProposalFactory(), officer("440100"), officer("440000")

    outcomes = race(
        lambda: approve(proposal_id=proposal.pk, actor=first),
        lambda: refuse(proposal_id=proposal.pk, reason="不妥", actor=second),
    )

    assert kinds(outcomes) == [Proposal.__name__, WrongStatus.__name__]
    status = Proposal.objects.get(pk=proposal.pk).status
    assert (status == "approved") == bool(carried_out)


def test_two_proposals_about_one_subject_leave_one():
    def proposing():
        actor = officer()
        return lambda: propose(kind="sample_release", subject=SUBJECT, facts={}, reason="样例", actor=actor)

    outcomes = race(proposing(), proposing())

    assert kinds(outcomes) == [AlreadyProposed.__name__, Proposal.__name__]


def test_without_the_lock_the_decision_still_stands_once(monkeypatch):
    monkeypatch.setattr(ProposalQuerySet, "locked", lambda self: self.order_by("pk"))
    proposal, first, second = ProposalFactory(), officer("440100"), officer("440000")

    def deciding(actor):
        def decide():
            try:
                return refuse(proposal_id=proposal.pk, reason="不妥", actor=actor)
            except ProgrammingError as refusal:
                return refusal

        return decide

    outcomes = race(deciding(first), deciding(second))

    assert kinds(outcomes) == [ProgrammingError.__name__, Proposal.__name__]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, ProgrammingError)]
    assert "decided_once" in str(refused)


def test_two_sweeps_raise_an_item_once():
    item = WorkItemFactory()

    race(escalate_overdue, escalate_overdue)

    assert WorkItem.objects.get(pk=item.pk).escalation == 2
    assert desk_trail().filter(action="workitem.escalated").count() == 2
