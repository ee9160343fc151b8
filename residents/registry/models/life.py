"""What happens to a registration in its life, beside the row itself: holds, merges, hand-overs, corrections, purges."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.registry.querysets import (
    DuplicateQuerySet,
    LegalHoldQuerySet,
    MergeQuerySet,
    PurgeLineQuerySet,
    PurgeReportQuerySet,
    TransferQuerySet,
)
from residents.registry.states import (
    DuplicateReason,
    DuplicateStatus,
    HoldGround,
    PurgeOutcome,
    ReportStatus,
    TransferStatus,
)
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7

RESIDENT = _("老年人")
KEPT = pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)


def _resident(related_name: str = "+", label=RESIDENT, **options) -> models.ForeignKey:
    return models.ForeignKey(
        "registry.Resident",
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name=related_name,
        **options,
    )


def _officer(label, **options) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.User", verbose_name=label, on_delete=models.PROTECT, related_name="+", **options
    )


def _division(label) -> models.ForeignKey:
    return models.ForeignKey(
        "provinces.Division", verbose_name=label, on_delete=models.PROTECT, related_name="+"
    )


def _said_together(fields: dict[str, str | None], when: Q) -> Q:
    """The fields stand exactly where the condition holds; ``fields`` maps each to how it looks empty."""
    full, empty = when, ~when
    for name, nothing in fields.items():
        lookup = {f"{name}__isnull": True} if nothing is None else {name: nothing}
        full, empty = full & ~Q(**lookup), empty & Q(**lookup)
    return full | empty


@tracked
class LegalHold(models.Model):
    """A case needs what is known of a resident: nothing of it is erased or purged before the hold is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = _resident("holds")
    ground = models.CharField(_("留存依据"), max_length=16, choices=HoldGround.choices)
    case = models.CharField(_("案号或文号"), max_length=80)
    reason = models.CharField(_("留存理由"), max_length=200)
    set_by = _officer(_("设定人"))
    set_at = models.DateTimeField(_("设定时间"))
    lifted_by = _officer(_("解除人"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lift_reason = models.CharField(_("解除理由"), max_length=200, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("依法留存")
        verbose_name_plural = _("依法留存")
        indexes = [models.Index(fields=["resident"], name="hold_live", condition=Q(lifted_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground__in=HoldGround.values) & ~Q(case="") & ~Q(reason=""),
                name="hold_has_its_ground",
            ),
            models.CheckConstraint(
                condition=_said_together({"lifted_by": None, "lift_reason": ""}, Q(lifted_at__isnull=False)),
                name="hold_lifted_is_whole",
            ),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(name="set_once", fields=["ground", "case", "reason", "set_by", "set_at"]),
            pgtrigger.Protect(
                name="lifted_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.case


class PurgeReport(models.Model):
    """Whose information one member need not keep any longer, as of a day: a list that changes nothing by itself.

    A second officer approves it, and then a job erases line by line. ``counts`` says by class how many lines it
    has and how many residents a legal hold kept off it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(_("归属省份"), max_length=6, editable=False)
    status = models.CharField(
        _("状态"), max_length=10, choices=ReportStatus.choices, default=ReportStatus.PREPARED
    )
    prepared_at = models.DateTimeField(_("编制时间"))
    as_of = models.DateField(_("截至日期"))
    prepared_by = _officer(_("编制人"))
    counts = models.JSONField(_("各类数量"), default=dict)
    approved_by = _officer(_("同意人"), null=True, blank=True)
    approved_at = models.DateTimeField(_("同意时间"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    objects = PurgeReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("清除报告")
        verbose_name_plural = _("清除报告")
        constraints = [
            models.UniqueConstraint(
                name="report_one_under_way",
                fields=["owner"],
                condition=Q(status__in=[ReportStatus.PREPARED, ReportStatus.APPROVED]),
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReportStatus.values), name="report_status_is_known"
            ),
            models.CheckConstraint(
                condition=_said_together(
                    {"approved_by": None, "approved_at": None},
                    Q(status__in=[ReportStatus.APPROVED, ReportStatus.FINISHED]),
                )
                & (Q(approved_by__isnull=True) | ~Q(approved_by=models.F("prepared_by"))),
                name="report_needs_two_officers",
            ),
            models.CheckConstraint(
                condition=_said_together({"finished_at": None}, Q(status=ReportStatus.FINISHED)),
                name="report_finished_is_whole",
            ),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(
                name="prepared_once", fields=["owner", "prepared_at", "as_of", "prepared_by", "counts"]
            ),
            pgtrigger.Protect(
                name="over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=[ReportStatus.FINISHED, ReportStatus.DROPPED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.as_of:%Y-%m-%d}"


class PurgeLine(models.Model):
    """One resident of a report, or one ``row`` of a class: since when it is due, and what became of it.

    ``due_on`` is told while the line waits: of an erased resident it would tell when she died.
    """

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(
        PurgeReport, on_delete=models.PROTECT, related_name="lines", verbose_name=_("清除报告")
    )
    resident = _resident(null=True)
    row = models.UUIDField(_("记录"), null=True)
    kind = models.CharField(_("保存类别"), max_length=32)
    due_on = models.DateField(_("保存期满日"), null=True)
    outcome = models.CharField(_("处理结果"), max_length=10, choices=PurgeOutcome.choices, blank=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True)

    objects = PurgeLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("清除明细")
        verbose_name_plural = _("清除明细")
        indexes = [models.Index(fields=["report", "id"], name="purge_waiting", condition=Q(outcome=""))]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "resident", "row"], nulls_distinct=False, name="purge_once_a_report"
            ),
            models.CheckConstraint(
                condition=~Q(kind="") & (Q(outcome="") | Q(outcome__in=PurgeOutcome.values)),
                name="purge_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | Q(row__isnull=False), name="purge_of_something"
            ),
            models.CheckConstraint(
                condition=_said_together({"settled_at": None}, ~Q(outcome=""))
                & (Q(outcome=PurgeOutcome.KEPT) | _said_together({"due_on": None}, Q(outcome=""))),
                name="purge_settled_is_whole",
            ),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(name="listed_once", fields=["report", "resident", "row", "kind"]),
            pgtrigger.Protect(
                name="settled_once", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__outcome="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Duplicate(models.Model):
    """Two registrations that may be one person's: how alike, why, and what officers found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = _resident(label=_("登记甲"))
    second = _resident(label=_("登记乙"))
    score = models.PositiveSmallIntegerField(_("相似分"))
    reasons = ArrayField(
        models.CharField(max_length=16, choices=DuplicateReason.choices), verbose_name=_("相似之处")
    )
    found_at = models.DateTimeField(_("发现时间"))
    status = models.CharField(
        _("状态"), max_length=10, choices=DuplicateStatus.choices, default=DuplicateStatus.OPEN
    )
    reason = models.CharField(_("认定理由"), max_length=200, blank=True)
    settled_by = _officer(_("认定人"), null=True, blank=True)
    settled_at = models.DateTimeField(_("认定时间"), null=True)

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = _("疑似重复登记")
        verbose_name_plural = _("疑似重复登记")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_once_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="duplicate_in_order"),
            models.CheckConstraint(
                condition=Q(
                    score__lte=100,
                    reasons__contained_by=DuplicateReason.values,
                    status__in=DuplicateStatus.values,
                ),
                name="duplicate_words_are_known",
            ),
            models.CheckConstraint(
                condition=_said_together(
                    {"settled_by": None, "settled_at": None, "reason": ""}, Q(status=DuplicateStatus.DISTINCT)
                ),
                name="duplicate_told_apart_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class Merge(models.Model):
    """Two registrations became one: who stays, who goes, what followed; and whether it was undone.

    ``moved`` holds by kind (residents.registry.following) the keys of the rows that followed, and nothing of
    anybody: exactly these go back when it is undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survivor = _resident(label=_("保留的登记"))
    merged = _resident(label=_("并入的登记"))
    reason = models.CharField(_("合并理由"), max_length=500)
    moved = models.JSONField(_("随同转移"), default=dict)
    proposed_by = _officer(_("提出人"))
    merged_by = _officer(_("同意人"))
    merged_at = models.DateTimeField(_("合并时间"))
    undone_by = _officer(_("撤销合并人"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销合并时间"), null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("登记合并")
        verbose_name_plural = _("登记合并")
        constraints = [
            models.UniqueConstraint(
                name="merge_one_a_resident", fields=["merged"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=~Q(survivor=models.F("merged")) & ~Q(proposed_by=models.F("merged_by")),
                name="merge_of_two_by_two",
            ),
            models.CheckConstraint(
                condition=_said_together({"undone_by": None}, Q(undone_at__isnull=False)),
                name="merge_undone_is_whole",
            ),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(
                name="merged_once",
                fields=["survivor", "merged", "reason", "moved", "proposed_by", "merged_by", "merged_at"],
            ),
            pgtrigger.Protect(
                name="undone_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__undone_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.survivor}"


class Transfer(models.Model):
    """A resident's household moves: her old bureau hands her registration out, the new one takes it in.

    Between the two she belongs to the old one, which may take it back. The names of divisions are codes. What the
    other side said of a move to another node comes by feed: then nobody of this node decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = _resident()
    from_division = _division(_("迁出地"))
    to_division = _division(_("迁入地"))
    status = models.CharField(
        _("状态"), max_length=10, choices=TransferStatus.choices, default=TransferStatus.OUT
    )
    reason = models.CharField(_("迁移依据"), max_length=200)
    out_by = _officer(_("移出人"))
    out_at = models.DateTimeField(_("移出时间"))
    decided_by = _officer(_("办理人"), null=True, blank=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    opinion = models.CharField(_("办理意见"), max_length=200, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("户籍迁移")
        verbose_name_plural = _("户籍迁移")
        indexes = [models.Index(fields=["to_division", "status"], name="transfer_to")]
        constraints = [
            models.UniqueConstraint(
                name="transfer_one_under_way", fields=["resident"], condition=Q(status=TransferStatus.OUT)
            ),
            models.CheckConstraint(
                condition=Q(status__in=TransferStatus.values)
                & ~Q(from_division=models.F("to_division"))
                & ~Q(reason=""),
                name="transfer_leads_elsewhere",
            ),
            models.CheckConstraint(
                condition=_said_together({"decided_at": None}, ~Q(status=TransferStatus.OUT))
                & (Q(decided_by__isnull=True) | ~Q(status=TransferStatus.OUT)),
                name="transfer_decided_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(opinion="") ^ Q(status=TransferStatus.REFUSED), name="transfer_refused_says_why"
            ),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(
                name="out_once",
                fields=["resident", "from_division", "to_division", "reason", "out_by", "out_at"],
            ),
            pgtrigger.Protect(
                name="decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status=TransferStatus.OUT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.from_division_id} → {self.to_division_id}"
