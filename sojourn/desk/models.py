"""Work items, decisions of two people and delegations, with what the database promises of them."""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Role
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7
from sojourn.core.models import Changing
from sojourn.desk import decisions, queues
from sojourn.desk.querysets import DelegationQuerySet, ProposalQuerySet, WorkItemQuerySet
from sojourn.desk.states import DECIDED, ItemStatus, ProposalStatus
from sojourn.desk.subjects import resolved

# Ours, no law's: nobody lets another decide for longer than half a year without saying so again.
LONGEST_DELEGATION = timedelta(days=184)
IS_CLOSED = Q(status=ItemStatus.CLOSED)
IS_DECIDED = Q(status__in=sorted(DECIDED))


def _officer(label, **options) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.User", verbose_name=label, on_delete=models.PROTECT, related_name="+", **options
    )


def _whole(fields: dict, when: Q) -> Q:
    """The fields stand exactly where the condition holds; ``fields`` maps each to how it looks empty."""
    said, empty = when, ~when
    for name, nothing in fields.items():
        lookup = {f"{name}__isnull": True} if nothing is None else {name: nothing}
        said, empty = said & ~Q(**lookup), empty & Q(**lookup)
    return said | empty


class WorkItem(Changing):
    """One matter that waits for an officer of a bureau until a working day.

    It says where its subject lies by kind and id only. ``working_days`` is the term where it was given
    as one, counted from the day it was opened; such a last day may be provisional.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    queue = models.CharField(_("事项类别"), max_length=40)
    subject_kind = models.CharField(_("对象类型"), max_length=40)
    subject_id = models.CharField(_("对象标识"), max_length=64)
    title = models.CharField(_("事项"), max_length=200)
    facts = models.JSONField(_("事实"), default=dict)
    division_code = models.CharField(_("办理单位所在区划"), max_length=6)
    status = models.CharField(_("状态"), max_length=10, choices=ItemStatus.choices, default=ItemStatus.OPEN)
    opened_at = models.DateTimeField(_("收到时间"))
    working_days = models.PositiveSmallIntegerField(_("期限（工作日）"), null=True)
    due_on = models.DateField(_("截止日期"))
    due_provisional = models.BooleanField(_("截止日期暂定"), default=False)
    needs_second_person = models.BooleanField(_("须第二人办结"), default=False)
    handler = _officer(_("受理人"), null=True, blank=True)
    taken_at = models.DateTimeField(_("受理时间"), null=True)
    escalation = models.PositiveSmallIntegerField(_("已上报层级"), default=0)
    escalated_to = models.CharField(_("上报至"), max_length=6, blank=True)
    escalated_at = models.DateTimeField(_("上报时间"), null=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_by = _officer(_("办结人"), null=True, blank=True)
    closed_as = models.CharField(_("办结人角色"), max_length=20, choices=Role.choices, blank=True)
    outcome = models.CharField(_("办理结果"), max_length=40, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("待办事项")
        verbose_name_plural = _("待办事项")
        indexes = [
            *Changing.Meta.indexes,
            models.Index(
                fields=["division_code", "due_on"], name="workitem_unfinished", condition=~IS_CLOSED
            ),
            models.Index(fields=["handler", "due_on"], name="workitem_of_handler", condition=~IS_CLOSED),
        ]
        constraints = [
            models.UniqueConstraint(
                name="workitem_one_unfinished_a_subject",
                fields=["queue", "subject_kind", "subject_id"],
                condition=~IS_CLOSED,
            ),
            models.CheckConstraint(
                name="workitem_status_known", condition=Q(status__in=sorted(ItemStatus.values))
            ),
            models.CheckConstraint(
                name="workitem_taken_has_handler",
                condition=IS_CLOSED | _whole({"handler": None, "taken_at": None}, Q(status=ItemStatus.TAKEN)),
            ),
            models.CheckConstraint(
                name="workitem_closed_is_whole",
                condition=_whole({"closed_at": None, "closed_as": "", "outcome": ""}, IS_CLOSED),
            ),
            models.CheckConstraint(  # a job and a facility's program have no account of a person
                name="workitem_closed_by_somebody",
                condition=Q(closed_by__isnull=False, status=ItemStatus.CLOSED)
                | Q(closed_by__isnull=True, closed_as__in=["", Role.SYSTEM, Role.FACILITY]),
            ),
            models.CheckConstraint(
                name="workitem_second_person_closes",
                condition=Q(needs_second_person=False)
                | Q(closed_by__isnull=True)
                | (Q(handler__isnull=False) & ~Q(closed_by=F("handler"))),
            ),
            models.CheckConstraint(
                name="workitem_escalation_is_whole",
                condition=_whole({"escalated_to": "", "escalated_at": None}, Q(escalation__range=(1, 2)))
                & Q(escalation__lte=2),
            ),
            models.CheckConstraint(
                name="workitem_provisional_has_term",
                condition=Q(due_provisional=False) | Q(working_days__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        queue = queues.found(self.queue)
        return str(resolved(queue.title)(self)) if queue and queue.title else self.title

    @property
    def queue_label(self) -> queues.Label:
        return queues.label_of(self.queue)

    @property
    def outcome_label(self) -> queues.Label:
        queue = queues.found(self.queue)
        return queue.outcomes.get(self.outcome, self.outcome) if queue else self.outcome

    @property
    def address(self) -> str:
        """Where an officer finds the subject; nothing where the room has no page for it."""
        queue = queues.found(self.queue)
        return resolved(queue.where)(self) if queue and queue.where else ""


@tracked
class Delegation(models.Model):
    """One officer lets another decide what she may decide, for a time that ends.

    An empty ``kind`` means every kind of decision.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    giver = _officer(_("委托人"))
    receiver = _officer(_("受托人"))
    kind = models.CharField(_("复核类别"), max_length=40, blank=True)
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("截止日期"), help_text=_("当日不再有效。"))
    reason = models.CharField(_("原因"), max_length=200)
    given_at = models.DateTimeField(_("委托时间"))
    ended_at = models.DateTimeField(_("终止时间"), null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("复核委托")
        verbose_name_plural = _("复核委托")
        indexes = [models.Index(fields=["receiver", "valid_to"], name="delegation_of_receiver")]
        constraints = [
            models.CheckConstraint(name="delegation_to_another", condition=~Q(giver=F("receiver"))),
            models.CheckConstraint(
                name="delegation_expires",
                condition=Q(valid_to__gt=F("valid_from"))
                & Q(valid_to__lte=F("valid_from") + LONGEST_DELEGATION),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver} {self.valid_from:%Y-%m-%d}–{self.valid_to:%Y-%m-%d}"

    @property
    def kind_label(self) -> decisions.Label:
        return decisions.label_of(self.kind) if self.kind else _("全部类别")


@tracked
class Proposal(Changing):
    """A decision that one officer proposed and another has to approve before anything of it happens.

    ``facts`` are the very arguments with which it will be carried out; no program changes them.
    ``delegation`` and ``decided_for`` say under whose right it was decided where not under her own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("复核类别"), max_length=40)
    subject_kind = models.CharField(_("对象类型"), max_length=40)
    subject_id = models.CharField(_("对象标识"), max_length=64)
    title = models.CharField(_("事项"), max_length=200)
    facts = models.JSONField(_("提议内容"), default=dict)
    reason = models.CharField(_("提议理由"), max_length=500)
    division_code = models.CharField(_("办理单位所在区划"), max_length=6)
    status = models.CharField(
        _("状态"), max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    proposed_by = _officer(_("提出人"))
    proposed_at = models.DateTimeField(_("提出时间"))
    expires_at = models.DateTimeField(_("复核期限"))
    decided_by = _officer(_("复核人"), null=True, blank=True)
    decided_at = models.DateTimeField(_("复核时间"), null=True)
    decided_for = _officer(_("受谁委托"), null=True, blank=True)
    delegation = models.ForeignKey(
        Delegation,
        verbose_name=_("复核委托"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    opinion = models.CharField(_("复核意见"), max_length=500, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("复核事项")
        verbose_name_plural = _("复核事项")
        indexes = [
            *Changing.Meta.indexes,
            models.Index(
                fields=["division_code", "expires_at"],
                name="proposal_waiting",
                condition=Q(status=ProposalStatus.PROPOSED),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="proposal_one_waiting_a_subject",
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(status=ProposalStatus.PROPOSED),
            ),
            models.CheckConstraint(
                name="proposal_status_known", condition=Q(status__in=sorted(ProposalStatus.values))
            ),
            models.CheckConstraint(
                name="proposal_needs_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="proposal_not_decided_for_proposer",
                condition=Q(decided_for__isnull=True) | ~Q(decided_for=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="proposal_decided_is_whole",
                condition=_whole({"decided_by": None}, IS_DECIDED)
                & _whole({"decided_at": None}, ~Q(status=ProposalStatus.PROPOSED)),
            ),
            models.CheckConstraint(
                name="proposal_delegation_is_whole",
                condition=Q(delegation__isnull=True, decided_for__isnull=True)
                | Q(delegation__isnull=False, decided_for__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_expires_later", condition=Q(expires_at__gt=F("proposed_at"))
            ),
        ]
        triggers = [
            *Changing.Meta.triggers,
            pgtrigger.ReadOnly(
                name="proposed_once",
                fields=[
                    "kind",
                    "subject_kind",
                    "subject_id",
                    "title",
                    "facts",
                    "reason",
                    "division_code",
                    "proposed_by",
                    "proposed_at",
                    "expires_at",
                ],
            ),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__status__in=sorted(set(ProposalStatus) - {ProposalStatus.PROPOSED})
                ),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> decisions.Label:
        return decisions.label_of(self.kind)

    @property
    def address(self) -> str:
        """Where an officer finds the subject; nothing where the room has no page for it."""
        kind = decisions.found(self.kind)
        return resolved(kind.where)(self) if kind and kind.where else ""
