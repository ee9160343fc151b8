"""What sharing brings to the desk: its queues, and its decisions that take two people."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from sojourn.desk import decisions, queues
from sojourn.desk.decisions import DecisionKind
from sojourn.desk.queues import Queue

ROOM = "sojourn.sharing"
QUEUES = (
    Queue(
        code="data_applications",
        label=_("数据申请答复"),
        outcomes={"granted": _("已同意提供"), "refused": _("不予提供")},
        rule="sharing_reply_days_conditional",
        where=f"{ROOM}.places.application_page",
    ),
    Queue(
        code="feed_alarms",
        label=_("数据流告警"),
        outcomes={"closed": _("告警已解除")},
        working_days=1,
        where=f"{ROOM}.places.alarm_page",
        title=f"{ROOM}.places.alarm_title",
    ),
    Queue(
        code="quarantined_entries",
        label=_("隔离条目处理"),
        outcomes={"settled": _("已全部处理")},
        working_days=3,
        where=f"{ROOM}.places.quarantine_page",
        title=f"{ROOM}.places.quarantine_title",
    ),
)
KINDS = (
    DecisionKind(
        code="release_feed",
        label=_("解除完整性停用"),
        carry_out=f"{ROOM}.services.two_people.release",
        may_propose=f"{ROOM}.policy.may_propose",
        may_approve=f"{ROOM}.policy.may_approve",
        where=f"{ROOM}.places.feed_page",
        open_for=timedelta(days=7),
    ),
    DecisionKind(
        code="new_epoch",
        label=_("开始新纪元"),
        carry_out=f"{ROOM}.services.two_people.begin_epoch",
        may_propose=f"{ROOM}.policy.may_propose",
        may_approve=f"{ROOM}.policy.may_approve",
        where=f"{ROOM}.places.feed_page",
        open_for=timedelta(days=7),
    ),
    DecisionKind(
        code="rejoin_peer",
        label=_("重新加入"),
        carry_out=f"{ROOM}.services.two_people.rejoin",
        may_propose=f"{ROOM}.policy.may_propose",
        may_approve=f"{ROOM}.policy.may_approve",
        where=f"{ROOM}.places.peer_page",
        open_for=timedelta(days=7),
    ),
)


def register() -> None:
    """The desk knows them."""
    for queue in QUEUES:
        queues.register(queue)
    for kind in KINDS:
        decisions.register(kind)
