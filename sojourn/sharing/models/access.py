"""Who asked for facts that are shared on conditions, what was decided, and the grants that came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.history import tracked
from sojourn.core.ids import uuid7
from sojourn.core.models import Changing
from sojourn.sharing.querysets import GrantQuerySet, StaffQuerySet
from sojourn.sharing.states import ApplicationStatus, Disposition, GrantStatus, Purpose

IS_SUBMITTED = Q(status=ApplicationStatus.SUBMITTED)
IS_LIVE = Q(status=GrantStatus.LIVE)


class Wanted(Changing):
    """Which facts of which owner, for which member, to which end, on which ground."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(_("归属省份"), max_length=6)
    resource = models.CharField(_("数据资源"), max_length=40)
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose.choices)
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("字段"))
    ground = models.CharField(_("依据"), max_length=200)

    class Meta(Changing.Meta):
        abstract = True


@tracked
class DataApplication(Wanted):
    """A member asks an owner for facts; it is answered within the term of the share class."""

    applicant = models.CharField(_("申请省份"), max_length=6)
    expires_on = models.DateField(_("使用至"), help_text=_("当日不再有效。"))
    reason = models.CharField(_("申请理由"), max_length=500)
    status = models.CharField(
        _("状态"), max_length=10, choices=ApplicationStatus.choices, default=ApplicationStatus.SUBMITTED
    )
    submitted_at = models.DateTimeField(_("申请时间"))
    submitted_by = models.UUIDField(_("登记人"), null=True)
    due_on = models.DateField(_("答复期限"))
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    decided_by = models.UUIDField(_("决定人"), null=True)
    note = models.CharField(_("答复意见"), max_length=500, blank=True)

    objects = StaffQuerySet.as_manager()

    class Meta(Wanted.Meta):
        verbose_name = _("数据申请")
        verbose_name_plural = _("数据申请")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "applicant", "resource", "purpose"],
                condition=IS_SUBMITTED,
                name="dataapplication_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(ApplicationStatus.values)), name="dataapplication_status_known"
            ),
            models.CheckConstraint(
                condition=IS_SUBMITTED & Q(decided_at__isnull=True, decided_by__isnull=True)
                | ~IS_SUBMITTED & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="dataapplication_decided_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                name="dataapplication_needs_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(applicant=F("owner")), name="dataapplication_between_two_members"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.applicant} → {self.owner}/{self.resource}"


@tracked
class Grant(Wanted):
    """A member may have these facts of an owner to this end, from a day up to another, unless revoked."""

    to = models.CharField(_("使用省份"), max_length=6)
    application = models.ForeignKey(
        DataApplication, on_delete=models.PROTECT, related_name="grants", verbose_name=_("数据申请")
    )
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("截止日期"), help_text=_("当日不再有效。"))
    status = models.CharField(_("状态"), max_length=10, choices=GrantStatus.choices, default=GrantStatus.LIVE)
    granted_at = models.DateTimeField(_("授权时间"))
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    end_reason = models.CharField(_("终止原因"), max_length=200, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta(Wanted.Meta):
        verbose_name = _("数据授权")
        verbose_name_plural = _("数据授权")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "to", "resource", "purpose"], condition=IS_LIVE, name="grant_one_live"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(GrantStatus.values)), name="grant_status_known"
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="grant_expires"),
            models.CheckConstraint(
                condition=IS_LIVE & Q(ended_at__isnull=True) | ~IS_LIVE & Q(ended_at__isnull=False),
                name="grant_ended_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner}/{self.resource} → {self.to}"


class Departure(models.Model):
    """A node left: what was held of its members that day, and what a second person says became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    node = models.CharField(_("节点"), max_length=40)
    members = ArrayField(models.CharField(max_length=6), verbose_name=_("承载的成员"))
    copies = models.JSONField(_("退出时持有的副本"), default=dict)
    pages = models.BigIntegerField(_("退出时持有的数据页"))
    reason = models.CharField(_("退出原因"), max_length=200)
    left_at = models.DateTimeField(_("退出时间"))
    left_by = models.UUIDField(_("登记人"), null=True)
    disposition = models.CharField(
        _("数据去向"), max_length=10, choices=Disposition.choices, blank=True, default=""
    )
    settled_at = models.DateTimeField(_("确认时间"), null=True)
    settled_by = models.UUIDField(_("确认人"), null=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("退出记录")
        verbose_name_plural = _("退出记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(disposition="", settled_at__isnull=True, settled_by__isnull=True)
                | ~Q(disposition="") & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="departure_settled_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("left_by")),
                name="departure_needs_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.left_at:%Y-%m-%d}"
