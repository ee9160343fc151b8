"""Many residents at once: spreadsheets that come in, row by row, and spreadsheets that were taken away."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.registry.querysets import BatchQuerySet, ExportQuerySet
from residents.registry.states import OF_STAFF, OF_STAFF_CHOICES, ImportRowState, ImportStatus, Purpose
from sojourn.core.actors import Role
from sojourn.core.clock import local
from sojourn.core.ids import uuid7
from sojourn.core.models import AppendOnly
from sojourn.core.querysets import LockingQuerySet


class ImportBatch(models.Model):
    """One spreadsheet of a kind (residents.registry.imports), from its check to its being applied, discarded or undone.

    ``division_code`` is the prefix that the reach of whoever sent it has in common: 4401, or "" for the node.
    ``reach`` is that of the officer who confirmed it, in whose name the rows are registered.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("导入内容"), max_length=32, default="residents")
    status = models.CharField(
        _("状态"), max_length=16, choices=ImportStatus.choices, default=ImportStatus.CHECKED
    )
    division_code = models.CharField(_("辖区"), max_length=6, blank=True)
    uploaded_by = models.UUIDField(_("上传人账号"), null=True)
    uploaded_at = models.DateTimeField(_("上传时间"))
    confirmed_by = models.UUIDField(_("确认人账号"), null=True)
    reach = ArrayField(models.CharField(max_length=6, blank=True), verbose_name=_("确认人辖区"), default=list)
    finished_at = models.DateTimeField(_("办结时间"), null=True)
    rows_read = models.PositiveIntegerField(_("数据行"), default=0)
    rows_bad = models.PositiveIntegerField(_("有误的行"), default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("表格导入")
        verbose_name_plural = _("表格导入")
        indexes = [models.Index(fields=["status", "uploaded_at"], name="import_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="import_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=False)
                | Q(status__in=[ImportStatus.CHECKED, ImportStatus.DISCARDED, ImportStatus.LAPSED]),
                name="import_is_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{local(self.uploaded_at):%Y-%m-%d %H:%M}"


class ImportRow(models.Model):
    """One row of a spreadsheet and what became of it.

    What it says of a person stands here under her province's key, and only until it is applied or given up. ``made`` is
    the id of what it wrote of the resident, where that is not her registration.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="rows", verbose_name=_("表格导入")
    )
    number = models.PositiveIntegerField(_("行号"))
    state = models.CharField(_("结果"), max_length=16, choices=ImportRowState.choices)
    sealed = models.TextField(_("内容（密文）"), null=True, editable=False)
    reasons = models.JSONField(_("原因"), default=list)
    resident = models.ForeignKey(
        "registry.Resident",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("老年人"),
    )
    made = models.UUIDField(_("写入的内容"), null=True)
    registered_version = models.BigIntegerField(_("写入时的版本"), null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入行")
        verbose_name_plural = _("导入行")
        indexes = [models.Index(fields=["batch", "state", "number"], name="import_row_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once_a_sheet"),
            models.CheckConstraint(
                condition=Q(state=ImportRowState.GOOD, sealed__isnull=False)
                | (Q(state__in=ImportRowState.values, sealed__isnull=True) & ~Q(state=ImportRowState.GOOD)),
                name="import_row_is_sealed_while_it_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportRowState.REGISTERED, ImportRowState.KEPT])
                | Q(resident__isnull=False, registered_version__isnull=False),
                name="import_row_leads_to_its_resident",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class Export(AppendOnly):
    """Somebody took residents away as a file: who, when, for what, in which case, how many and how much of them."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"))
    division_code = models.CharField(_("辖区"), max_length=6, blank=True)
    purpose = models.CharField(_("用途"), max_length=32, choices=Purpose.choices)
    case = models.CharField(_("事由编号"), max_length=80)
    people = models.PositiveIntegerField(_("人数"))
    plain_fields = ArrayField(
        models.CharField(max_length=32, choices=OF_STAFF_CHOICES),
        verbose_name=_("完整导出的项目"),
        default=list,
    )
    actor_role = models.CharField(_("导出者角色"), max_length=20, choices=Role.choices)
    actor_user_id = models.UUIDField(_("导出者账号"))
    actor_divisions = models.CharField(_("导出者辖区"), max_length=200, blank=True)
    on_behalf_of = models.CharField(_("代何人办理"), max_length=80, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("导出记录")
        verbose_name_plural = _("导出记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values, people__gt=0) & ~Q(case=""),
                name="export_has_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(plain_fields__contained_by=[field.value for field in OF_STAFF]),
                name="export_fields_are_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
