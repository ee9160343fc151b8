"""Feeds: what is marked, sealed and signed here, and how far others' feeds were followed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.models import Versioned
from sojourn.sharing.marking import markers_of
from sojourn.sharing.protocol.pages import FIRST, FeedName, joined
from sojourn.sharing.protocol.verifying import Place
from sojourn.sharing.querysets import (
    CursorQuerySet,
    FeedQuerySet,
    HeadQuerySet,
    HeartbeatQuerySet,
    PageQuerySet,
)
from sojourn.sharing.states import FeedState


class Feed(models.Model):
    """One owner's facts of one resource for one audience; written here (``is_own``) or followed here.

    ``owner`` is a member's six digits; ``audience`` is ``all``, ``agreement.<code>`` or ``member.<six digits>``.
    """

    owner = models.CharField(_("归属省份"), max_length=6)
    resource = models.CharField(_("数据资源"), max_length=40)
    audience = models.CharField(_("共享范围"), max_length=80)
    is_own = models.BooleanField(_("本节点发布"))
    opened_at = models.DateTimeField(_("开通时间"), auto_now_add=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("数据流")
        verbose_name_plural = _("数据流")
        constraints = [
            models.UniqueConstraint(fields=["owner", "resource", "audience"], name="feed_named_once"),
        ]

    def __str__(self) -> str:
        return str(self.feed_name)

    @property
    def feed_name(self) -> FeedName:
        return FeedName(self.owner, self.resource, self.audience)


class FeedPlace(models.Model):
    """A place in a feed and the state it is in: the last page's number and its header's digest."""

    epoch = models.BigIntegerField(_("纪元"), default=1)
    no = models.BigIntegerField(_("页码"), default=0)
    digest = models.CharField(_("页头摘要"), max_length=64, default=FIRST)
    state = models.CharField(_("状态"), max_length=20, choices=FeedState.choices, default=FeedState.RUNNING)
    reason = models.CharField(_("原因"), max_length=80, blank=True)
    since = models.DateTimeField(_("自何时起"), auto_now_add=True)

    class Meta:
        abstract = True


class FeedHead(FeedPlace):
    """The newest page sealed of an own feed; the sealer alone moves it, under its lock.

    ``proved_at`` is when a page of it last went through sealing, serving and verifying as a proof.
    """

    feed = models.OneToOneField(
        Feed, on_delete=models.PROTECT, primary_key=True, related_name="head", verbose_name=_("数据流")
    )
    sealed_at = models.DateTimeField(_("封页时间"), null=True)
    proved_at = models.DateTimeField(_("最近自检通过时间"), null=True)

    objects = HeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("页头")
        verbose_name_plural = _("页头")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[FeedState.RUNNING, FeedState.RECOVER]),
                name="feedhead_runs_or_recovers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.epoch}.{self.no}"


class Cursor(FeedPlace):
    """How far a feed of another node was applied here, and how fresh that is.

    ``withdrawn_no`` is how far withdrawals were applied where pages are held; ``head_no`` is the newest page
    known to exist; ``confirmed_at`` the last instant at which nothing newer existed; ``let_through_no`` a page
    that a person let through although too much of it goes into quarantine; ``pieces_taken`` how many pieces of
    the snapshot with the digest ``pieces_of`` stand already.
    """

    feed = models.OneToOneField(
        Feed, on_delete=models.PROTECT, primary_key=True, related_name="cursor", verbose_name=_("数据流")
    )
    withdrawn_no = models.BigIntegerField(_("撤回已处理至页码"), default=0)
    withdrawn_digest = models.CharField(_("该页页头摘要"), max_length=64, default=FIRST)
    head_epoch = models.BigIntegerField(_("对方纪元"), default=1)
    head_no = models.BigIntegerField(_("对方最新页码"), default=0)
    applied_at = models.DateTimeField(_("最近入库时间"), null=True)
    sealed_at = models.DateTimeField(_("最近入库页的封页时间"), null=True)
    confirmed_at = models.DateTimeField(_("数据截至"), null=True)
    pieces_of = models.CharField(_("正在接收的快照摘要"), max_length=64, blank=True)
    pieces_taken = models.PositiveIntegerField(_("已接收的快照分片"), default=0)
    let_through_no = models.BigIntegerField(_("获准放行的页码"), null=True)

    objects = CursorQuerySet.as_manager()

    class Meta:
        verbose_name = _("游标")
        verbose_name_plural = _("游标")
        constraints = [
            models.CheckConstraint(condition=~Q(state=FeedState.RECOVER), name="cursor_never_recovers"),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.epoch}.{self.no}"

    @property
    def place(self) -> Place:
        return Place(self.feed.feed_name, self.epoch, self.no, self.digest)

    @property
    def withdrawn_place(self) -> Place:
        """Where withdrawals were applied to: never behind the pages themselves."""
        if self.withdrawn_no <= self.no:
            return self.place
        return Place(self.feed.feed_name, self.epoch, self.withdrawn_no, self.withdrawn_digest)

    @property
    def pages_behind(self) -> int:
        return max(0, self.head_no - self.no) if self.head_epoch == self.epoch else self.head_no


class Marker(models.Model):
    """This entity changed and no page says so yet: written by trigger with the change, gone with the page that does."""

    id = models.BigAutoField(primary_key=True)
    # The trigger finds the feed in its own statement, so that each row need not be checked again.
    feed = models.ForeignKey(
        Feed, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    entity = models.UUIDField(_("实体"))
    version = models.BigIntegerField(_("版本"))

    class Meta:
        verbose_name = _("变更标记")
        verbose_name_plural = _("变更标记")
        indexes = [models.Index(fields=["feed", "id"], name="marker_unsealed")]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.entity}"


class Page(models.Model):
    """A sealed page, its bytes as they were signed; those of others' feeds are kept as they came.

    For a page applied here the five counts say what became of its entries, and they add up.
    """

    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, db_index=False, related_name="pages", verbose_name=_("数据流")
    )
    epoch = models.BigIntegerField(_("纪元"))
    no = models.BigIntegerField(_("页码"))
    digest = models.CharField(_("页头摘要"), max_length=64)
    header = models.BinaryField(_("页头"))
    signature = models.BinaryField(_("签名"))
    packed = models.BinaryField(_("正文"))
    entries = models.PositiveSmallIntegerField(_("条数"))
    sealed_at = models.DateTimeField(_("封页时间"))
    kept_at = models.DateTimeField(_("入库时间"), auto_now_add=True)
    applied = models.PositiveSmallIntegerField(_("已入库"), null=True)
    superseded = models.PositiveSmallIntegerField(_("已有新版本"), null=True)
    quarantined = models.PositiveSmallIntegerField(_("已隔离"), null=True)
    waiting = models.PositiveSmallIntegerField(_("等待上级数据"), null=True)
    blanked = models.PositiveSmallIntegerField(_("已抹除"), null=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("数据页")
        verbose_name_plural = _("数据页")
        constraints = [
            models.UniqueConstraint(fields=["feed", "epoch", "no"], name="page_numbered_once"),
            models.CheckConstraint(
                condition=Q(applied__isnull=True)
                | Q(entries=F("applied") + F("superseded") + F("quarantined") + F("waiting") + F("blanked")),
                name="page_entries_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.epoch}.{self.no}"

    @property
    def content(self) -> bytes:
        """The page as it goes over the wire."""
        return joined(bytes(self.header), bytes(self.signature), bytes(self.packed))


class Heartbeat(Versioned):
    """A fact of each member that changes every hour, so that sealing, serving and verifying prove themselves."""

    beaten_at = models.DateTimeField(_("时间"))

    objects = HeartbeatQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")
        triggers = [*Versioned.Meta.triggers, *markers_of("heartbeats")]
        constraints = [models.UniqueConstraint(fields=["owner"], name="heartbeat_one_a_member")]

    def __str__(self) -> str:
        return f"{self.owner} {self.beaten_at:%Y-%m-%d %H:%M}"
