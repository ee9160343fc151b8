"""Entries that could not be applied, and what was withdrawn for good."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sojourn.sharing.models.feeds import Feed, Page
from sojourn.sharing.querysets import SetAsideQuerySet
from sojourn.sharing.states import UNSETTLED_ENTRIES, EntryState


class SetAsideEntry(models.Model):
    """An entry of a page that waits: for a person to look at it, or for the entity it belongs to.

    ``reason`` is a code, ``detail`` names a field or a constraint, never a value. ``body`` is what came; it is
    emptied once the matter is settled.
    """

    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, related_name="set_aside", verbose_name=_("数据流")
    )
    page_no = models.BigIntegerField(_("页码"))
    entity = models.UUIDField(_("实体"))
    epoch = models.BigIntegerField(_("纪元"))
    version = models.BigIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=20, choices=EntryState.choices)
    reason = models.CharField(_("原因"), max_length=40)
    detail = models.CharField(_("说明"), max_length=120, blank=True)
    missing = models.UUIDField(_("所等实体"), null=True)
    body = models.BinaryField(_("内容"))
    set_aside_at = models.DateTimeField(_("隔离时间"), auto_now_add=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True)

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        verbose_name = _("隔离条目")
        verbose_name_plural = _("隔离条目")
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "entity"],
                condition=Q(state__in=sorted(UNSETTLED_ENTRIES)),
                name="setasideentry_one_unsettled_an_entity",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(UNSETTLED_ENTRIES), settled_at__isnull=True)
                | (~Q(state__in=sorted(UNSETTLED_ENTRIES)) & Q(settled_at__isnull=False)),
                name="setasideentry_settled_when_it_is",
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.WAITING) | Q(missing__isnull=False),
                name="setasideentry_waits_for_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["missing"], condition=Q(state=EntryState.WAITING), name="setasideentry_by_missing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.page_no}: {self.reason}"


class Withdrawal(models.Model):
    """An entity that its owner withdrew, at this version: nothing up to it may come back, from wherever."""

    resource = models.CharField(_("数据资源"), max_length=40)
    entity = models.UUIDField(_("实体"))
    owner = models.CharField(_("归属省份"), max_length=6)
    epoch = models.BigIntegerField(_("纪元"))
    version = models.BigIntegerField(_("版本"))
    reason = models.CharField(_("原因"), max_length=40)
    at = models.DateTimeField(_("撤回时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("撤回记录")
        verbose_name_plural = _("撤回记录")
        constraints = [
            models.UniqueConstraint(fields=["resource", "entity"], name="withdrawal_one_an_entity"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.entity}"


class EntryPlace(models.Model):
    """Where the body of an entity lies that is for one member alone, so that it is found when it is withdrawn."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("数据流")
    )
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("数据页")
    )
    entity = models.UUIDField(_("实体"))
    version = models.BigIntegerField(_("版本"))

    class Meta:
        verbose_name = _("正文所在页")
        verbose_name_plural = _("正文所在页")
        constraints = [
            models.UniqueConstraint(fields=["page", "entity"], name="entryplace_once_a_page"),
        ]
        indexes = [models.Index(fields=["feed", "entity"], name="entryplace_of_entity")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.entity}"
