"""What one officer proposes another approves, and only then it happens."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from sojourn.accounts.actors import actor_for
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.plain_words import plain_words
from sojourn.core.trail import record
from sojourn.desk import decisions, policy
from sojourn.desk.errors import (
    AlreadyProposed,
    MayNotDecide,
    MayNotPropose,
    NoSuchProposal,
    NotYourProposal,
    ProposalOverdue,
    ReasonMissing,
    SelfApproval,
    field_error,
)
from sojourn.desk.models import Delegation, Proposal
from sojourn.desk.states import PROPOSAL_FLOW, ProposalStatus
from sojourn.desk.subjects import Subject, resolved

LONGEST_REASON = 500


@dataclass(frozen=True)
class Authority:
    """In whose right somebody decides: her own, or that of one who delegated it to her."""

    actor: Actor
    delegation: Delegation | None = None


@transaction.atomic
def propose(*, kind: str, subject: Subject, facts: Mapping, reason: str, actor: Actor) -> Proposal:
    """What is proposed waits for a second person; ``facts`` are the arguments it will be done with.

    They are JSON and hold no personal data. One proposal of a kind waits about one subject.
    """
    if not policy.can_propose(actor, kind, subject):
        raise MayNotPropose
    said = _said(reason)
    at = now()
    with refusing("proposal_one_waiting_a_subject", AlreadyProposed):
        proposal = Proposal.objects.create(
            kind=kind,
            subject_kind=subject.kind,
            subject_id=subject.id,
            title=subject.title,
            division_code=subject.division_code,
            facts=dict(facts),
            reason=said,
            proposed_by_id=actor.user_id,  # type: ignore[misc]  # whoever may propose is a person
            proposed_at=at,
            expires_at=at + decisions.named(kind).open_for,
        )
    record(action="proposal.made", actor=actor, subject=proposal, kind=kind, reason=said)
    return proposal


@transaction.atomic
def approve(*, proposal_id: UUID, actor: Actor, opinion: str = "") -> Proposal:
    """A second person agrees, and what was proposed is carried out in the same transaction."""
    proposal, authority = _decided_by(
        proposal_id, actor, "approve", _said(opinion) if opinion.strip() else ""
    )
    carry_out = resolved(decisions.named(proposal.kind).carry_out)
    carry_out(proposal=proposal, actor=authority.actor)
    return proposal


@transaction.atomic
def refuse(*, proposal_id: UUID, reason: str, actor: Actor) -> Proposal:
    """A second person does not agree, and says why; nothing of what was proposed happens."""
    proposal, _ = _decided_by(proposal_id, actor, "refuse", _said(reason))
    return proposal


@transaction.atomic
def withdraw(*, proposal_id: UUID, actor: Actor) -> Proposal:
    """Whoever proposed it takes it back before anybody decided."""
    proposal = _locked(proposal_id, actor)
    if not policy.can_withdraw(actor, proposal):
        raise NotYourProposal
    proposal.status = PROPOSAL_FLOW.after("withdraw", ProposalStatus(proposal.status))
    proposal.decided_at = now()
    proposal.save(update_fields=["status", "decided_at"])
    record(action="proposal.withdrawn", actor=actor, subject=proposal)
    return proposal


def may_approve(actor: Actor, proposal: Proposal) -> bool:
    """Whether this actor has the right to decide the proposal, her own or another's."""
    return authority_over(proposal, authorities_of(actor)) is not None


def authorities_of(actor: Actor) -> list[Authority]:
    """Her own right, then those of the officers who delegated theirs to her and still hold them.

    Another's right opens only to an officer who has proved her second factor, as her own does.
    """
    found = [Authority(actor)]
    if actor.role != Role.OFFICER or not actor.second_factor or actor.user_id is None:
        return found
    received = Delegation.objects.live_on(today()).filter(receiver=actor.user_id).select_related("giver")
    for delegation in received.order_by("valid_to", "pk"):
        giver = actor_for(delegation.giver, second_factor=True)
        if giver.role == Role.OFFICER:
            found.append(Authority(_standing_in(actor, giver, delegation), delegation))
    return found


def authority_over(proposal: Proposal, authorities: list[Authority]) -> Authority | None:
    """The first of these rights that suffices to decide the proposal."""
    return next((one for one in authorities if _suffices(one, proposal)), None)


# --- steps ----------------------------------------------------------------------------------------
def _standing_in(actor: Actor, giver: Actor, delegation: Delegation) -> Actor:
    """The one who acts, with the reach of the one she acts for; the trail says that she does."""
    return replace(actor, divisions=giver.divisions, on_behalf_of=f"delegation:{delegation.pk}")


def _suffices(authority: Authority, proposal: Proposal) -> bool:
    """Whether this right opens the proposal; what a proposer delegated opens nothing of her own."""
    lent = authority.delegation
    fits = lent is None or (lent.kind in {"", proposal.kind} and lent.giver_id != proposal.proposed_by_id)
    return fits and policy.can_decide(authority.actor, proposal)


def _locked(proposal_id: UUID, actor: Actor) -> Proposal:
    """The proposal, held until commit, for whoever sees it in her own right or in another's."""
    proposal = Proposal.objects.locked().filter(pk=proposal_id).first()
    if proposal is None:
        raise NoSuchProposal
    if not any(policy.can_view(one.actor, proposal) for one in authorities_of(actor)):
        raise NoSuchProposal
    return proposal


def _decided_by(proposal_id: UUID, actor: Actor, verb: str, opinion: str) -> tuple[Proposal, Authority]:
    proposal = _locked(proposal_id, actor)
    if actor.user_id == proposal.proposed_by_id:
        raise SelfApproval
    authorities = authorities_of(actor)
    authority = authority_over(proposal, authorities)
    if authority is None:
        own = any(
            one.delegation and one.delegation.giver_id == proposal.proposed_by_id for one in authorities
        )
        raise SelfApproval if own else MayNotDecide
    after = PROPOSAL_FLOW.after(verb, ProposalStatus(proposal.status))
    if proposal.expires_at <= now():
        raise ProposalOverdue
    delegation = authority.delegation
    proposal.status, proposal.opinion = after, opinion
    proposal.decided_by_id, proposal.decided_at = actor.user_id, now()
    proposal.delegation = delegation
    proposal.decided_for_id = delegation.giver_id if delegation else None
    proposal.save(
        update_fields=["status", "opinion", "decided_by", "decided_at", "delegation", "decided_for"]
    )
    record(action=f"proposal.{after.value}", actor=authority.actor, subject=proposal, opinion=opinion)
    return proposal, authority


def _said(text: str) -> str:
    return plain_words(text, LONGEST_REASON, ReasonMissing(errors=[field_error("reason", ReasonMissing)]))
