"""Who may see what waits at a desk, and who may do something about it."""

from sojourn.core.actors import Actor, Role
from sojourn.desk import decisions, queues
from sojourn.desk.models import Delegation, Proposal, WorkItem
from sojourn.desk.subjects import Subject, resolved


def can_view(actor: Actor, row: WorkItem | Proposal | Delegation) -> bool:
    """Agrees with ``visible_to``: staff whose reach includes the bureau; of a delegation, its two sides."""
    if actor.role == Role.SYSTEM:
        return True
    if not isinstance(row, Delegation):
        return actor.is_staff and actor.covers(row.division_code)
    if actor.role in {Role.AUDITOR, Role.ADMIN} and "" in actor.divisions:
        return True
    return actor.is_staff and actor.user_id in {row.giver_id, row.receiver_id}


def can_handle(actor: Actor, division_code: str) -> bool:
    """The bureau of the place or one above it: an officer whose reach includes the division."""
    is_person = actor.role == Role.OFFICER and actor.user_id is not None
    return is_person and actor.covers(division_code)


# --- work items -----------------------------------------------------------------------------------
def can_work_on(actor: Actor, item: WorkItem) -> bool:
    """Who may take it may also put it back and pass it on, a colleague's too: people fall ill and move."""
    return can_handle(actor, item.division_code)


def can_close(actor: Actor, item: WorkItem) -> bool:
    """An officer of the bureau; where a second person is needed, another than the one who took it."""
    queue = queues.found(item.queue)
    if queue is None or not queue.closes_at_desk:
        return False
    if item.needs_second_person and item.handler_id in {None, actor.user_id}:
        return False
    return can_work_on(actor, item)


def can_reopen(actor: Actor, item: WorkItem) -> bool:
    queue = queues.found(item.queue)
    return queue is not None and queue.closes_at_desk and can_work_on(actor, item)


# --- decisions of two -----------------------------------------------------------------------------
def can_propose(actor: Actor, kind: str, subject: Subject) -> bool:
    """Every officer of the bureau, unless the room that owns the kind says otherwise."""
    if actor.user_id is None:
        return False
    own = decisions.named(kind).may_propose
    return bool(resolved(own)(actor, subject)) if own else can_handle(actor, subject.division_code)


def can_decide(actor: Actor, proposal: Proposal) -> bool:
    """Under her own right: never the proposer, and whoever the room that owns the kind says."""
    kind = decisions.found(proposal.kind)
    if kind is None or actor.user_id in {None, proposal.proposed_by_id}:
        return False
    if kind.may_approve:
        return bool(resolved(kind.may_approve)(actor, proposal))
    return can_handle(actor, proposal.division_code)


def can_withdraw(actor: Actor, proposal: Proposal) -> bool:
    """Whoever proposed it, while she is an officer."""
    return actor.role == Role.OFFICER and actor.user_id == proposal.proposed_by_id


# --- delegation -----------------------------------------------------------------------------------
def can_delegate(actor: Actor) -> bool:
    return actor.role == Role.OFFICER and actor.user_id is not None and bool(actor.divisions)


def can_end(actor: Actor, delegation: Delegation) -> bool:
    """Either side ends it at any time."""
    sides = {delegation.giver_id, delegation.receiver_id}
    return delegation.ended_at is None and actor.role == Role.OFFICER and actor.user_id in sides
