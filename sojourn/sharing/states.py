"""The lives of a feed, of an entry set aside, of a peer and of an alarm, and the named sets of their states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class FeedState(TextChoices):
    """How a feed stands here: the first five where it is followed, running and the last where it is written."""

    RUNNING = "running", _("正常同步")
    PAUSED = "paused", _("已暂停同步")
    BEHIND_SCHEMA = "behind_schema", _("数据格式待升级")
    QUARANTINE_LIMIT = "quarantine_limit", _("隔离超限")
    INTEGRITY_STOP = "integrity_stop", _("完整性停用")
    REBOOTSTRAP = "rebootstrap", _("重新引导中")
    RECOVER = "recover", _("恢复已签数据中")


# Pages are not applied, yet what they withdraw is.
HELD_FEEDS = frozenset({FeedState.PAUSED, FeedState.BEHIND_SCHEMA, FeedState.QUARANTINE_LIMIT})
# What comes of them takes effect: page after page, or a snapshot piece by piece.
FOLLOWED_ON = frozenset({FeedState.RUNNING, FeedState.REBOOTSTRAP})

FEED_FLOW = Flow(
    {
        ("pause", FeedState.RUNNING): FeedState.PAUSED,
        ("resume", FeedState.PAUSED): FeedState.RUNNING,
        ("resume", FeedState.BEHIND_SCHEMA): FeedState.RUNNING,
        ("resume", FeedState.QUARANTINE_LIMIT): FeedState.RUNNING,
        **{("hold_for_schema", state): FeedState.BEHIND_SCHEMA for state in FOLLOWED_ON},
        **{("hold_for_quarantine", state): FeedState.QUARANTINE_LIMIT for state in FOLLOWED_ON},
        **{("stop", state): FeedState.INTEGRITY_STOP for state in HELD_FEEDS | FOLLOWED_ON},
        ("release", FeedState.INTEGRITY_STOP): FeedState.RUNNING,
        ("rebootstrap", FeedState.RUNNING): FeedState.REBOOTSTRAP,
        ("finish", FeedState.REBOOTSTRAP): FeedState.RUNNING,
        ("recover", FeedState.RUNNING): FeedState.RECOVER,
        ("finish", FeedState.RECOVER): FeedState.RUNNING,
        ("begin_epoch", FeedState.RECOVER): FeedState.RUNNING,
    },
    labels={
        "pause": _("暂停同步"),
        "resume": _("恢复同步"),
        "hold_for_schema": _("等待数据格式升级"),
        "hold_for_quarantine": _("因隔离超限停下"),
        "stop": _("因完整性问题停用"),
        "release": _("解除完整性停用"),
        "rebootstrap": _("重新引导"),
        "recover": _("进入恢复"),
        "finish": _("完成"),
        "begin_epoch": _("开始新纪元"),
    },
)


class EntryState(TextChoices):
    """What became of an entry that could not be applied at once."""

    HELD = "held", _("已隔离")
    WAITING = "waiting_parent", _("等待上级数据")
    APPLIED = "applied", _("已补入")
    SUPERSEDED = "superseded", _("已被新版本取代")
    DISMISSED = "dismissed", _("已剔除")


UNSETTLED_ENTRIES = frozenset({EntryState.HELD, EntryState.WAITING})


class PeerState(TextChoices):
    ACTIVE = "active", _("正常往来")
    PAUSED = "paused", _("已暂停往来")
    LEFT = "left", _("已退出")


class AlarmState(TextChoices):
    OPEN = "open", _("告警中")
    CLOSED = "closed", _("已解除")


class ShareClass(TextChoices):
    """The share classes of the regulation on government data sharing."""

    UNCONDITIONAL = "unconditional", _("无条件共享")
    CONDITIONAL = "conditional", _("有条件共享")
    NOT_SHARED = "not_shared", _("不予共享")


class Sensitivity(TextChoices):
    """How near a fact comes to a person (Personal Information Protection Law, articles 4 and 28)."""

    IMPERSONAL = "impersonal", _("非个人信息")
    PERSONAL = "personal", _("一般个人信息")
    SENSITIVE = "sensitive", _("敏感个人信息")


class Outcome(TextChoices):
    """How a request of another node was answered."""

    SERVED = "served", _("已提供")
    REFUSED = "refused", _("已拒绝")


PEER_FLOW = Flow(
    {
        ("pause", PeerState.ACTIVE): PeerState.PAUSED,
        ("resume", PeerState.PAUSED): PeerState.ACTIVE,
        ("leave", PeerState.ACTIVE): PeerState.LEFT,
        ("leave", PeerState.PAUSED): PeerState.LEFT,
        ("rejoin", PeerState.LEFT): PeerState.ACTIVE,
    },
    labels={
        "pause": _("暂停往来"),
        "resume": _("恢复往来"),
        "leave": _("登记退出"),
        "rejoin": _("重新加入"),
    },
)


# Why an entry is a tombstone although its entity stands: it comes back under another grant.
GRANT_ENDED = "grant_ended"


class Disposition(TextChoices):
    """What became of the copies of members that left; undecided at first."""

    RETURNED = "returned", _("已交还")
    ERASED = "erased", _("已清除")
    KEPT = "kept", _("依法留存")


class Purpose(TextChoices):
    """For what another member may use facts that are shared on conditions."""

    PUBLIC_SERVICE = "public_service", _("办理公共服务")
    ENTITLEMENT_CHECK = "entitlement_check", _("核验待遇资格")
    SUPERVISION = "supervision", _("监督管理")
    STATISTICS = "statistics", _("统计分析")
    EMERGENCY = "emergency", _("突发事件处置")


class ApplicationStatus(TextChoices):
    SUBMITTED = "submitted", _("已申请")
    GRANTED = "granted", _("已同意提供")
    REFUSED = "refused", _("不予提供")


APPLICATION_FLOW = Flow(
    {
        ("grant", ApplicationStatus.SUBMITTED): ApplicationStatus.GRANTED,
        ("refuse", ApplicationStatus.SUBMITTED): ApplicationStatus.REFUSED,
    },
    labels={"grant": _("同意提供"), "refuse": _("决定不予提供")},
)


class GrantStatus(TextChoices):
    LIVE = "live", _("授权有效")
    EXPIRED = "expired", _("授权已到期")
    REVOKED = "revoked", _("授权已撤销")


GRANT_FLOW = Flow(
    {
        ("revoke", GrantStatus.LIVE): GrantStatus.REVOKED,
        ("expire", GrantStatus.LIVE): GrantStatus.EXPIRED,
    },
    labels={"revoke": _("撤销授权"), "expire": _("作授权到期处理")},
)
