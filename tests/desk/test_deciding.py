"""What one officer proposes happens when another approves it, and not before."""

from datetime import date, timedelta

import pytest

from sojourn.accounts.models import Membership
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import frozen, now
from sojourn.core.plain_words import NamesSomebody
from sojourn.core.refusals import Refusal, WrongStatus
from sojourn.core.trail import entries_about
from sojourn.desk import decisions
from sojourn.desk.decisions import DecisionKind
from sojourn.desk.errors import (
    AlreadyProposed,
    MayNotDecide,
    MayNotPropose,
    NoSuchProposal,
    NotYourProposal,
    ProposalOverdue,
    ReasonMissing,
    SelfApproval,
)
from sojourn.desk.models import Proposal, WorkItem
from sojourn.desk.services import approve, may_approve, open_item, propose, refuse, withdraw
from sojourn.desk.states import PROPOSAL_FLOW, ProposalStatus
from sojourn.desk.subjects import Subject
from tests.desk.officers import desk_trail, officer
from tests.factories.desk import DelegationFactory, ProposalFactory

pytestmark = pytest.mark.django_db

SUBJECT = Subject("sample", "7", "样例解除", "440100")


def proposed_by(actor: Actor, reason: str = "样例理由") -> Proposal:
    return propose(kind="sample_release", subject=SUBJECT, facts={"page": 7}, reason=reason, actor=actor)


# --- proposing ------------------------------------------------------------------------------------
def test_a_proposal_waits_and_nothing_happens_yet(carried_out):
    actor = officer("440100")

    proposal = proposed_by(actor)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.facts) == ("proposed", {"page": 7})
    assert (proposal.proposed_by_id, proposal.decided_by) == (actor.user_id, None)
    assert proposal.expires_at == proposal.proposed_at + timedelta(days=7)
    assert carried_out == []


@pytest.mark.parametrize(
    "actor",
    [SYSTEM, Actor(role=Role.OFFICER, divisions=("44",))],
    ids=["a job", "an officer nobody knows"],
)
def test_only_a_person_proposes(actor):
    with pytest.raises(MayNotPropose):
        proposed_by(actor)

    assert not Proposal.objects.exists()


def test_a_proposal_beyond_her_reach_is_refused():
    with pytest.raises(MayNotPropose):
        proposed_by(officer("440106"))


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [("  ", ReasonMissing), ("长" * 501, ReasonMissing), ("来电13800138000", NamesSomebody)],
)
def test_a_proposal_says_why_and_names_nobody(reason, refusal):
    with pytest.raises(refusal):
        proposed_by(officer("440100"), reason=reason)

    assert not Proposal.objects.exists()


def test_one_proposal_waits_about_a_subject_and_the_next_after_it_was_decided():
    first = proposed_by(officer("440100"))
    with pytest.raises(AlreadyProposed):
        proposed_by(officer("440100"))
    refuse(proposal_id=first.pk, reason="不成熟", actor=officer("440100"))

    assert proposed_by(officer("440100")).pk != first.pk


# --- deciding -------------------------------------------------------------------------------------
def test_what_a_second_person_approves_is_done_with_the_proposed_facts(carried_out):
    proposal, second = proposed_by(officer("440100")), officer("440000")

    approve(proposal_id=proposal.pk, actor=second, opinion="情况属实")

    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by_id, proposal.opinion) == (
        "approved",
        second.user_id,
        "情况属实",
    )
    assert carried_out == [({"page": 7}, second)]
    assert [entry.action for entry in entries_about(proposal)] == ["proposal.approved", "proposal.made"]


def test_the_proposer_cannot_approve(carried_out):
    actor = officer("440100")
    proposal = proposed_by(actor)

    with pytest.raises(SelfApproval):
        approve(proposal_id=proposal.pk, actor=actor)

    assert not may_approve(actor, proposal)
    assert carried_out == []
    assert Proposal.objects.get(pk=proposal.pk).status == ProposalStatus.PROPOSED


def test_what_cannot_be_done_leaves_the_proposal_waiting(monkeypatch):
    def impossible(proposal, actor):
        open_item(queue="sample_checks", subject=SUBJECT, facts={}, actor=actor)
        raise Refusal

    monkeypatch.setattr(decisions, "_kinds", {})
    decisions.register(DecisionKind("sample_release", "样例解除", carry_out=impossible))
    proposal = proposed_by(officer("440100"))

    with pytest.raises(Refusal):
        approve(proposal_id=proposal.pk, actor=officer("440100"))

    assert Proposal.objects.get(pk=proposal.pk).status == ProposalStatus.PROPOSED
    assert not WorkItem.objects.exists()
    assert desk_trail().count() == 1


def test_a_refusal_says_why_and_nothing_happens(carried_out):
    proposal, second = proposed_by(officer("440100")), officer("440100")
    with pytest.raises(ReasonMissing):
        refuse(proposal_id=proposal.pk, reason="", actor=second)

    refuse(proposal_id=proposal.pk, reason="证据不足", actor=second)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by_id, proposal.opinion) == (
        "refused",
        second.user_id,
        "证据不足",
    )
    assert carried_out == []


def test_a_proposal_of_another_place_is_not_there():
    with pytest.raises(NoSuchProposal):
        approve(proposal_id=ProposalFactory().pk, actor=officer("230100"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_only_reads_decides_nothing(role):
    with pytest.raises(MayNotDecide):
        approve(proposal_id=ProposalFactory().pk, actor=officer("440000", role))


def test_a_room_says_who_may(monkeypatch):
    monkeypatch.setattr(decisions, "_kinds", {})
    province_only = DecisionKind(
        "sample_release",
        "样例解除",
        carry_out=lambda proposal, actor: None,
        may_propose=lambda actor, subject: actor.covers("440100"),
        may_approve=lambda actor, proposal: "44" in actor.divisions,
    )
    decisions.register(province_only)
    proposal = proposed_by(officer("440100"))

    with pytest.raises(MayNotDecide):
        approve(proposal_id=proposal.pk, actor=officer("440100"))
    approve(proposal_id=proposal.pk, actor=officer("440000"))

    assert Proposal.objects.get(pk=proposal.pk).status == ProposalStatus.APPROVED


def test_past_its_term_a_proposal_cannot_be_approved(carried_out):
    proposal = ProposalFactory(overdue=True)

    with pytest.raises(ProposalOverdue):
        approve(proposal_id=proposal.pk, actor=officer("440100"))

    assert carried_out == []


def test_the_proposer_takes_it_back_and_nobody_else():
    actor = officer("440100")
    proposal = proposed_by(actor)
    with pytest.raises(NotYourProposal):
        withdraw(proposal_id=proposal.pk, actor=officer("440100"))

    withdraw(proposal_id=proposal.pk, actor=actor)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == ("withdrawn", None)


@pytest.mark.parametrize("verb", [approve, refuse])
@pytest.mark.parametrize("status", sorted(set(ProposalStatus) - PROPOSAL_FLOW.sources("approve")))
def test_what_is_decided_is_not_decided_again(verb, status, carried_out):
    decided = status in {ProposalStatus.APPROVED, ProposalStatus.REFUSED}
    state = {"approved": True, "status": status} if decided else {"status": status, "decided_at": now()}
    proposal = ProposalFactory(**state)
    said = {"reason": "再看"} if verb is refuse else {}

    with pytest.raises(WrongStatus):
        verb(proposal_id=proposal.pk, actor=officer("440100"), **said)

    assert Proposal.objects.get(pk=proposal.pk).version == 1
    assert carried_out == []


# --- under a delegation ---------------------------------------------------------------------------
AUTUMN = date(2026, 10, 1)


@pytest.fixture
def chief() -> Actor:
    return officer("440000")


@pytest.fixture
def deputy() -> Actor:
    """An officer of 天河区, who in her own right sees nothing of the city's."""
    return officer("440106")


def test_a_deputy_approves_in_the_right_of_the_chief_and_it_is_said(carried_out, chief, deputy):
    with frozen(AUTUMN):
        proposal = proposed_by(officer("440100"))
        delegation = DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id)

        approve(proposal_id=proposal.pk, actor=deputy)

    proposal.refresh_from_db()
    assert (proposal.decided_by_id, proposal.decided_for_id) == (deputy.user_id, chief.user_id)
    assert proposal.delegation == delegation
    [(_facts, actor)] = carried_out
    assert (actor.user_id, actor.divisions) == (deputy.user_id, ("44",))
    line = desk_trail().get(action="proposal.approved")
    assert (line.actor_user_id, line.on_behalf_of) == (deputy.user_id, f"delegation:{delegation.pk}")


@pytest.mark.parametrize(
    "limits",
    [
        {"kind": "another_kind"},
        {"valid_from": date(2026, 10, 2)},
        {"valid_to": AUTUMN},
        {"ended_at": now()},
    ],
    ids=["another kind", "not begun", "run out", "ended"],
)
def test_a_delegation_opens_nothing_beyond_its_kind_and_period(limits, carried_out, chief, deputy):
    with frozen(AUTUMN):
        proposal = proposed_by(officer("440100"))
        DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id, **limits)

        with pytest.raises((NoSuchProposal, MayNotDecide)):
            approve(proposal_id=proposal.pk, actor=deputy)

    assert carried_out == []


def test_what_the_chief_lost_the_deputy_lost_too(chief, deputy):
    with frozen(AUTUMN):
        proposal = proposed_by(officer("440100"))
        DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id)
        Membership.objects.filter(user=chief.user_id).update(
            valid_to=date(2026, 9, 1), valid_from=date(2026, 1, 1)
        )

        with pytest.raises(NoSuchProposal):
            approve(proposal_id=proposal.pk, actor=deputy)


def test_a_proposer_cannot_have_it_approved_by_her_own_deputy(carried_out, chief, deputy):
    with frozen(AUTUMN):
        proposal = proposed_by(chief)
        DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id)

        with pytest.raises(SelfApproval):
            approve(proposal_id=proposal.pk, actor=deputy)

    assert carried_out == []


def test_a_deputy_cannot_approve_her_own_proposal_in_the_right_of_another(chief):
    deputy = officer("440100")
    with frozen(AUTUMN):
        proposal = proposed_by(deputy)
        DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id)

        with pytest.raises(SelfApproval):
            approve(proposal_id=proposal.pk, actor=deputy)


def test_what_was_lent_cannot_be_lent_on(chief, deputy):
    third = officer("440106")
    with frozen(AUTUMN):
        proposal = proposed_by(officer("440100"))
        DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id)
        DelegationFactory(giver_id=deputy.user_id, receiver_id=third.user_id)

        with pytest.raises(NoSuchProposal):
            approve(proposal_id=proposal.pk, actor=third)


def test_another_right_opens_only_with_the_second_factor(chief, deputy):
    with frozen(AUTUMN):
        proposal = proposed_by(officer("440100"))
        DelegationFactory(giver_id=chief.user_id, receiver_id=deputy.user_id)

        with pytest.raises(NoSuchProposal):
            approve(
                proposal_id=proposal.pk,
                actor=Actor(role=Role.OFFICER, divisions=("440106",), user_id=deputy.user_id),
            )
