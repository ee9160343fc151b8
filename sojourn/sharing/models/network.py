"""The other nodes: who they are, what they said, what was said to them, and what was wrong with it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.models import AppendOnly
from sojourn.sharing.models.feeds import Feed
from sojourn.sharing.querysets import AlarmQuerySet, PeerQuerySet, StaffQuerySet
from sojourn.sharing.states import AlarmState, Outcome, PeerState


class RegistryEdition(AppendOnly):
    """An edition of the member registry as its registrars signed it; the newest counts."""

    edition = models.BigIntegerField(_("版次"), primary_key=True)
    document = models.BinaryField(_("文件"))
    signatures = models.BinaryField(_("签名"))
    issued_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    taken_at = models.DateTimeField(_("接受时间"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("成员名册")
        verbose_name_plural = _("成员名册")

    def __str__(self) -> str:
        return str(self.edition)


class Peer(models.Model):
    """Another node of the registry, and how the exchange with it goes.

    ``leased_until`` keeps two workers from asking it at once, ``comparing_until`` from comparing with it; a worker
    that died loses them by time.
    """

    node = models.CharField(_("节点"), max_length=40, primary_key=True)
    address = models.CharField(_("地址"), max_length=200)
    members = ArrayField(models.CharField(max_length=6), verbose_name=_("承载的成员"))
    state = models.CharField(_("状态"), max_length=10, choices=PeerState.choices, default=PeerState.ACTIVE)
    next_poll_at = models.DateTimeField(_("下次询问时间"))
    leased_until = models.DateTimeField(_("占用至"), null=True)
    comparing_until = models.DateTimeField(_("对账占用至"), null=True)
    failures = models.PositiveIntegerField(_("连续失败次数"), default=0)
    last_failure = models.CharField(_("最近失败原因"), max_length=80, blank=True)
    answered_at = models.DateTimeField(_("最近应答时间"), null=True)
    heads_at = models.DateTimeField(_("最近核对页头时间"), null=True)
    called_at = models.DateTimeField(_("最近来访时间"), null=True)

    objects = PeerQuerySet.as_manager()

    class Meta:
        verbose_name = _("对等节点")
        verbose_name_plural = _("对等节点")

    def __str__(self) -> str:
        return self.node


class HeadSeen(AppendOnly):
    """A header that somebody showed us, with its signature: two for one number are proof of a fork."""

    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, related_name="+", verbose_name=_("数据流"), db_index=False
    )
    epoch = models.BigIntegerField(_("纪元"))
    no = models.BigIntegerField(_("页码"))
    digest = models.CharField(_("页头摘要"), max_length=64)
    header = models.BinaryField(_("页头"))
    signature = models.BinaryField(_("签名"))
    shown_by = models.CharField(_("出示节点"), max_length=40)
    seen_at = models.DateTimeField(_("看到时间"), auto_now_add=True)

    objects = StaffQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("所见页头")
        verbose_name_plural = _("所见页头")
        constraints = [
            models.UniqueConstraint(fields=["feed", "epoch", "no", "digest"], name="headseen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.epoch}.{self.no}"


class Nonce(models.Model):
    """A request that was answered: the same one never counts again."""

    key = models.CharField(_("密钥"), max_length=80)
    nonce = models.CharField(_("随机数"), max_length=64)
    at = models.DateTimeField(_("时间"), db_index=True)

    class Meta:
        verbose_name = _("已用随机数")
        verbose_name_plural = _("已用随机数")
        constraints = [models.UniqueConstraint(fields=["key", "nonce"], name="nonce_used_once")]

    def __str__(self) -> str:
        return self.key


class ServeRecord(AppendOnly):
    """What another node asked for, under which ground it was served, or why it was refused."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    node = models.CharField(_("请求节点"), max_length=40, blank=True)
    asked = models.CharField(_("请求内容"), max_length=20)
    owner = models.CharField(_("归属省份"), max_length=6, blank=True)
    resource = models.CharField(_("数据资源"), max_length=40, blank=True)
    audience = models.CharField(_("共享范围"), max_length=80, blank=True)
    epoch = models.BigIntegerField(_("纪元"), null=True)
    no = models.BigIntegerField(_("页码"), null=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    ground = models.CharField(_("依据"), max_length=200, blank=True)
    reason = models.CharField(_("拒绝原因"), max_length=40, blank=True)
    trace_id = models.CharField(_("追踪编号"), max_length=32, blank=True)

    objects = StaffQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("共享记录")
        verbose_name_plural = _("共享记录")
        indexes = [
            models.Index(fields=["node", "-id"], name="serverecord_by_node"),
            models.Index(fields=["at"], name="serverecord_at"),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.asked} {self.outcome}"


class Alarm(models.Model):
    """Something about a feed, a peer or a request that a person should know; one while it lasts."""

    reason = models.CharField(_("原因"), max_length=40)
    subject = models.CharField(_("对象"), max_length=160)
    detail = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=AlarmState.choices, default=AlarmState.OPEN)
    times = models.PositiveIntegerField(_("次数"), default=1)
    first_at = models.DateTimeField(_("首次发生"), auto_now_add=True)
    last_at = models.DateTimeField(_("最近发生"))
    closed_at = models.DateTimeField(_("解除时间"), null=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("共享告警")
        verbose_name_plural = _("共享告警")
        constraints = [
            models.UniqueConstraint(
                fields=["reason", "subject"],
                condition=Q(state=AlarmState.OPEN),
                name="alarm_one_while_it_lasts",
            ),
            models.CheckConstraint(
                condition=Q(state=AlarmState.OPEN, closed_at__isnull=True)
                | Q(state=AlarmState.CLOSED, closed_at__isnull=False),
                name="alarm_closed_when_it_is",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.subject}"
