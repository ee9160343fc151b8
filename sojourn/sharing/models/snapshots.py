"""Feeds as a whole at one page: to begin with, and to compare."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sojourn.sharing.models.feeds import Feed
from sojourn.sharing.querysets import StaffQuerySet


class Snapshot(models.Model):
    """All entities of an own feed as of a page, signed, in pieces by the order of their ids."""

    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, related_name="snapshots", verbose_name=_("数据流")
    )
    epoch = models.BigIntegerField(_("纪元"))
    no = models.BigIntegerField(_("截至页码"))
    document = models.BinaryField(_("清单"))
    signature = models.BinaryField(_("签名"))
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("快照")
        verbose_name_plural = _("快照")
        constraints = [
            models.UniqueConstraint(fields=["feed", "epoch", "no"], name="snapshot_one_at_a_page"),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.epoch}.{self.no}"


class SnapshotPiece(models.Model):
    """Up to a thousand entries of a snapshot, packed as in a page."""

    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.CASCADE, related_name="pieces", db_index=False, verbose_name=_("快照")
    )
    no = models.PositiveIntegerField(_("序号"))
    packed = models.BinaryField(_("正文"))

    class Meta:
        verbose_name = _("快照分片")
        verbose_name_plural = _("快照分片")
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "no"], name="snapshotpiece_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id}.{self.no}"


class Reconciliation(models.Model):
    """A comparison of a followed feed with its owner's own figures, as of one page."""

    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, related_name="reconciliations", verbose_name=_("数据流")
    )
    epoch = models.BigIntegerField(_("纪元"))
    no = models.BigIntegerField(_("截至页码"))
    theirs = models.BigIntegerField(_("对方条数"))
    ours = models.BigIntegerField(_("本地条数"))
    set_aside = models.BigIntegerField(_("隔离条数"))
    differing = models.JSONField(_("不一致的标识"), default=list)
    at = models.DateTimeField(_("对账时间"), auto_now_add=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("对账")
        verbose_name_plural = _("对账")
        indexes = [models.Index(fields=["feed", "-at"], name="reconciliation_latest")]

    def __str__(self) -> str:
        return f"{self.feed} {self.epoch}.{self.no}"
