"""Who may look after the exchange between nodes."""

from sojourn.core.actors import Actor, Role
from sojourn.desk.models import Proposal
from sojourn.desk.subjects import Subject


def can_look_after_feeds(actor: Actor) -> bool:
    """Officers and administrators of a whole province or of the node."""
    may_act = actor.role in {Role.OFFICER, Role.ADMIN}
    return actor.role == Role.SYSTEM or (may_act and reaches_a_province(actor))


def reaches_a_province(actor: Actor) -> bool:
    """Whether this actor reaches all of some province, or the node."""
    return any(len(prefix) <= len("44") for prefix in actor.divisions)


def reaches_all_of(actor: Actor, member: str) -> bool:
    """Whether the reach of this actor is the whole province, or the node."""
    return any(member.startswith(prefix) and len(prefix) <= len("44") for prefix in actor.divisions)


def can_apply(actor: Actor, *, applicant: str, owner: str) -> bool:
    """An officer of the province that wants the facts, or of the owner's who enters what came by letter."""
    return actor.role == Role.OFFICER and any(reaches_all_of(actor, member) for member in (applicant, owner))


def can_decide_on_access(actor: Actor, owner: str) -> bool:
    """Officers of the whole province that owns the facts decide who else may have them."""
    return actor.role == Role.OFFICER and reaches_all_of(actor, owner)


def may_propose(actor: Actor, _subject: Subject) -> bool:
    """Officers who look after feeds may propose what takes two of them."""
    return actor.role == Role.OFFICER and can_look_after_feeds(actor)


def may_approve(actor: Actor, _proposal: Proposal) -> bool:
    return actor.role == Role.OFFICER and can_look_after_feeds(actor)
