"""A work item is opened by the room it belongs to, taken by an officer, and closed when the matter is decided."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import Membership, User
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import now, today
from sojourn.core.constraints import refusing
from sojourn.core.refusals import Busy
from sojourn.core.trail import record
from sojourn.desk import policy, queues
from sojourn.desk.errors import (
    DecidedElsewhere,
    HandlerUnfit,
    ItemTaken,
    NoSuchItem,
    NotYourDesk,
    OutcomeUnknown,
    SecondPersonNeeded,
    SubjectAtDesk,
    field_error,
)
from sojourn.desk.models import WorkItem
from sojourn.desk.queues import Queue
from sojourn.desk.states import ITEM_FLOW, ItemStatus
from sojourn.desk.subjects import Subject
from sojourn.desk.terms import superior_codes
from sojourn.provinces.rules import rule
from sojourn.provinces.workdays import add_working_days

TRIES = 3


# --- by the rooms above ---------------------------------------------------------------------------
@transaction.atomic
def open_item(
    *,
    queue: str,
    subject: Subject,
    facts: Mapping,
    actor: Actor,
    due_on: date | None = None,
    working_days: int | None = None,
) -> WorkItem:
    """A matter waits at its bureau's desk; one that waits there already stays as it is.

    Its last day is ``due_on``, or the end of a term of ``working_days``, or of the queue's own term.
    ``facts`` hold no personal data.
    """
    kind = queues.named(queue)
    place = {"queue": queue, "subject_kind": subject.kind, "subject_id": subject.id}
    fresh = WorkItem(
        **place,
        title=subject.title,
        facts=dict(facts),
        division_code=subject.division_code,
        opened_at=now(),
        needs_second_person=kind.needs_second_person,
        **_term_of(kind, subject, due_on, working_days),
    )
    # Whoever else holds the place lets go of it when closed, also between these two statements.
    for _ in range(TRIES):
        WorkItem.objects.bulk_create([fresh], ignore_conflicts=True)
        waiting = WorkItem.objects.locked().unfinished().about(**place).first()
        if waiting is not None:
            break
    else:
        raise Busy
    if waiting.pk == fresh.pk:
        record(action="workitem.opened", actor=actor, subject=waiting, due_on=str(waiting.due_on), **place)
    return waiting


@transaction.atomic
def close_item(
    *, queue: str, subject_kind: str, subject_id: str, outcome: str, actor: Actor
) -> WorkItem | None:
    """The matter is decided, so nothing waits any more; None where nothing did.

    The room has checked that the actor may decide; the desk sees to the second person.
    """
    _refuse_unknown_outcome(queues.named(queue), outcome)
    waiting = WorkItem.objects.locked().unfinished()
    item = waiting.about(queue=queue, subject_kind=subject_kind, subject_id=subject_id).first()
    return _close(item, outcome, actor) if item is not None else None


@transaction.atomic
def move_item(
    *, queue: str, subject_kind: str, subject_id: str, division_code: str, actor: Actor
) -> WorkItem | None:
    """The matter waits at another bureau's desk, for whoever takes it; its last day stays. None where nothing waits."""
    waiting = WorkItem.objects.locked().unfinished()
    item = waiting.about(queue=queue, subject_kind=subject_kind, subject_id=subject_id).first()
    if item is None or item.division_code == division_code:
        return item
    if item.status == ItemStatus.TAKEN:
        item.status, item.handler, item.taken_at = ITEM_FLOW.after("release", ItemStatus.TAKEN), None, None
    item.division_code = division_code
    item.escalation, item.escalated_to, item.escalated_at = (
        0,
        "",
        None,
    )  # overdue there, it is raised from there
    item.save()
    record(action="workitem.moved", actor=actor, subject=item, to_division=division_code)
    return item


@transaction.atomic
def reopen_item(*, item_id: UUID, actor: Actor) -> WorkItem:
    """A closed item waits again, for whoever takes it: its closing was a slip. Its last day stays."""
    item = _locked(item_id, actor)
    if not (actor.role == Role.SYSTEM or policy.can_work_on(actor, item)):
        raise NotYourDesk
    before = {"outcome": item.outcome}
    item.status = ITEM_FLOW.after("reopen", ItemStatus(item.status))
    item.closed_at = item.closed_by = item.handler = item.taken_at = None
    item.closed_as = item.outcome = ""
    with refusing("workitem_one_unfinished_a_subject", SubjectAtDesk):
        item.save()
    record(action="workitem.reopened", actor=actor, subject=item, queue=item.queue, before=before, after={})
    return item


# --- by officers ----------------------------------------------------------------------------------
@transaction.atomic
def take_item(*, item_id: UUID, actor: Actor) -> WorkItem:
    """This officer handles the item from now on."""
    item = _locked(item_id, actor)
    _refuse_other_desks(item, actor)
    if item.status == ItemStatus.TAKEN and item.handler_id != actor.user_id:
        raise ItemTaken
    item.status = ITEM_FLOW.after("take", ItemStatus(item.status))
    item.handler_id, item.taken_at = actor.user_id, now()
    item.save(update_fields=["status", "handler", "taken_at"])
    record(action="workitem.taken", actor=actor, subject=item)
    return item


@transaction.atomic
def release_item(*, item_id: UUID, actor: Actor) -> WorkItem:
    """Nobody handles the item; it waits for whoever takes it."""
    item = _locked(item_id, actor)
    _refuse_other_desks(item, actor)
    before = {"handler": str(item.handler_id)}
    item.status = ITEM_FLOW.after("release", ItemStatus(item.status))
    item.handler = item.taken_at = None
    item.save(update_fields=["status", "handler", "taken_at"])
    record(action="workitem.released", actor=actor, subject=item, **before)
    return item


@transaction.atomic
def hand_over_item(*, item_id: UUID, to_user: UUID, actor: Actor) -> WorkItem:
    """Another officer who reaches the place handles the item from now on."""
    item = _locked(item_id, actor)
    _refuse_other_desks(item, actor)
    colleague = User.objects.filter(pk=to_user).first()
    if colleague is None or not policy.can_handle(_at_work(colleague), item.division_code):
        raise HandlerUnfit(errors=[field_error("to_user", HandlerUnfit)])
    item.status = ITEM_FLOW.after("hand_over", ItemStatus(item.status))
    item.handler, item.taken_at = colleague, now()
    item.save(update_fields=["status", "handler", "taken_at"])
    record(action="workitem.handed_over", actor=actor, subject=item, handler=str(to_user))
    return item


@transaction.atomic
def finish_item(*, item_id: UUID, outcome: str, actor: Actor) -> WorkItem:
    """An officer closes the item at the desk, where its queue is one that is closed there."""
    item = _locked(item_id, actor)
    _refuse_other_desks(item, actor)
    queue = queues.named(item.queue)
    if not queue.closes_at_desk:
        raise DecidedElsewhere
    _refuse_unknown_outcome(queue, outcome)
    return _close(item, outcome, actor)


def colleagues_for(item: WorkItem) -> list[User]:
    """The officers who could handle the item, those of its own bureau first."""
    codes = [item.division_code, *superior_codes(item.division_code)]
    posts = (
        Membership.objects.live_on(today())
        .filter(role=Role.OFFICER, division_code__in=codes, holder_kind="", user__is_active=True)
        .select_related("user")
    )
    ranked = sorted(posts, key=lambda post: (codes.index(post.division_code), post.user.username))
    return list({post.user_id: post.user for post in ranked if post.user_id != item.handler_id}.values())


# --- steps ----------------------------------------------------------------------------------------
def _locked(item_id: UUID, actor: Actor) -> WorkItem:
    item = WorkItem.objects.locked().filter(pk=item_id).first()
    if item is None or not policy.can_view(actor, item):
        raise NoSuchItem
    return item


def _refuse_other_desks(item: WorkItem, actor: Actor) -> None:
    if not policy.can_work_on(actor, item):
        raise NotYourDesk


def _refuse_unknown_outcome(queue: Queue, outcome: str) -> None:
    if outcome not in queue.outcomes:
        raise OutcomeUnknown(errors=[field_error("outcome", OutcomeUnknown)])


def _at_work(user: User) -> Actor:
    """The actor she is when she has signed in with both factors: her reach, whether or not she has."""
    return actor_for(user, second_factor=True)


def _close(item: WorkItem, outcome: str, actor: Actor) -> WorkItem:
    by_a_person = actor.user_id is not None
    if item.needs_second_person and by_a_person and item.handler_id in {None, actor.user_id}:
        raise SecondPersonNeeded
    item.status = ITEM_FLOW.after("close", ItemStatus(item.status))
    item.closed_at, item.closed_by_id, item.closed_as = now(), actor.user_id, actor.role
    item.outcome = outcome
    item.save(update_fields=["status", "closed_at", "closed_by", "closed_as", "outcome"])
    record(action="workitem.closed", actor=actor, subject=item, queue=item.queue, outcome=outcome)
    return item


def _term_of(queue: Queue, subject: Subject, due_on: date | None, working_days: int | None) -> dict:
    """The columns of a term that begins today."""
    if due_on is not None:
        return {"due_on": due_on}
    province = subject.division_code[:2].ljust(6, "0")
    days = working_days or queue.working_days or rule(queue.rule, on=today(), member=province)
    due = add_working_days(today(), days)
    return {"working_days": days, "due_on": due.day, "due_provisional": due.provisional}
