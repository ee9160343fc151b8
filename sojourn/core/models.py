"""What every room's rows stand on, and the trail of verbs."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Role
from sojourn.core.ids import uuid7
from sojourn.core.ownership import NOT_APPLYING, refuse_unless_hosted
from sojourn.core.querysets import LockingQuerySet, SealQuerySet, TrailQuerySet

FIRST_VERSION = "NEW.version = 1; NEW.changed_at = clock_timestamp(); RETURN NEW;"
NEXT_VERSION = "NEW.version = OLD.version + 1; NEW.changed_at = clock_timestamp(); RETURN NEW;"
REALLY_CHANGED = "OLD.* IS DISTINCT FROM NEW.*"


class Changing(models.Model):
    """A row whose version and instant of change are kept by the database.

    ``changed_since`` answers, ETags and feeds rest on them, so no program sets them: a trigger does,
    and only when a row really changed.
    """

    version = models.BigIntegerField(_("版本"), default=1, editable=False)
    changed_at = models.DateTimeField(_("变更时间"), db_default=Now(), editable=False)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["changed_at"], name="%(class)s_changed")]
        triggers = [
            pgtrigger.Trigger(
                name="first_version", when=pgtrigger.Before, operation=pgtrigger.Insert, func=FIRST_VERSION
            ),
            pgtrigger.Trigger(
                name="next_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(REALLY_CHANGED),
                func=NEXT_VERSION,
            ),
        ]


class Derived(models.Model):
    """Rows that follow from others or from the settings: the app role reads them and writes none."""

    class Meta:
        abstract = True


class HostedMember(Derived):
    """A member whose facts this node writes; migrate makes the table say what the settings say (decision 0012)."""

    member = models.CharField(_("成员"), max_length=6, primary_key=True)

    class Meta:
        verbose_name = _("本节点承载的成员")
        verbose_name_plural = _("本节点承载的成员")

    def __str__(self) -> str:
        return self.member


class KeyRotation(models.Model):
    """How far some rows have come under a key that replaced an older one (decision 0032)."""

    rows = models.CharField(_("数据"), max_length=60)
    key = models.CharField(_("密钥"), max_length=80)
    after = models.UUIDField(_("已处理至"), null=True)
    rounds = models.PositiveSmallIntegerField(_("已完成轮数"), default=0)
    began_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("完成时间"), null=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("密钥更换")
        verbose_name_plural = _("密钥更换")
        constraints = [models.UniqueConstraint(fields=["rows", "key"], name="key_rotation_once")]

    def __str__(self) -> str:
        return f"{self.rows} → {self.key}"


class Versioned(Changing):
    """A fact with an owner: one province writes it, the others hold dated copies.

    ``owner`` is the six-digit code of the owning member, ``id`` a UUIDv7 made here, and ``epoch`` says
    which numbering of its owner the version belongs to. Where the owner is not hosted the database
    refuses every write, except while a page of the owner's is applied: then the row stands as given.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(_("归属省份"), max_length=6, editable=False)
    epoch = models.BigIntegerField(_("纪元"), default=1, db_default=1, editable=False)

    class Meta(Changing.Meta):
        abstract = True
        triggers = [
            pgtrigger.Trigger(
                name="first_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(NOT_APPLYING),
                func=refuse_unless_hosted("NEW") + FIRST_VERSION,
            ),
            pgtrigger.Trigger(
                name="next_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"{NOT_APPLYING} AND {REALLY_CHANGED}"),
                func=refuse_unless_hosted("OLD", "NEW") + NEXT_VERSION,
            ),
            pgtrigger.Trigger(
                name="own_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(NOT_APPLYING),
                func=refuse_unless_hosted("OLD") + "RETURN OLD;",
            ),
        ]


class AppendOnly(models.Model):
    """Rows that are written once: the app role holds no right to change them, nor does a trigger let it."""

    class Meta:
        abstract = True
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class AuditEntry(AppendOnly):
    """One line of the trail: who did what to which row, when, and what changed."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"), db_default=Now())
    action = models.CharField(_("操作"), max_length=80)
    subject_kind = models.CharField(_("对象类型"), max_length=80)
    subject_id = models.CharField(_("对象标识"), max_length=64)
    facts = models.JSONField(_("事实"), default=dict)
    actor_role = models.CharField(_("操作者角色"), max_length=20, choices=Role.choices)
    actor_user_id = models.UUIDField(_("操作者账号"), null=True)
    actor_divisions = models.CharField(_("操作者辖区"), max_length=200, blank=True)
    on_behalf_of = models.CharField(_("代何人办理"), max_length=80, blank=True)
    trace_id = models.CharField(_("追踪编号"), max_length=32, blank=True)

    objects = TrailQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("操作留痕")
        verbose_name_plural = _("操作留痕")
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="auditentry_subject"),
            models.Index(fields=["actor_user_id", "-id"], name="auditentry_actor"),
            models.Index(fields=["at"], name="auditentry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind}:{self.subject_id}"


class TrailSeal(AppendOnly):
    """One day of the trail, sealed: its digest covers every entry and the seal before it."""

    day = models.DateField(_("日期"), primary_key=True)
    first_id = models.BigIntegerField(_("首条"), null=True)
    last_id = models.BigIntegerField(_("末条"), null=True)
    entries = models.BigIntegerField(_("条数"))
    previous = models.CharField(_("前一日摘要"), max_length=64, blank=True)
    digest = models.CharField(_("摘要"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"), db_default=Now())

    objects = SealQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("留痕封存")
        verbose_name_plural = _("留痕封存")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.digest[:12]}"
