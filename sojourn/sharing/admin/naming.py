"""What the trail calls the verbs of sharing, and its facts and codes."""

from django.utils.translation import gettext_lazy as _

from sojourn.sharing import catalogue
from sojourn.sharing.states import APPLICATION_FLOW, FEED_FLOW, GRANT_FLOW, PEER_FLOW
from sojourn.sharing.wording import REASONS
from sojourn.web.past import Label, field_label, name_actions, tell_codes

name_actions(
    {
        **{f"feed.{verb}": label for verb, label in FEED_FLOW.labels.items()},
        "feed.opened": _("开通数据流"),
        "feed.followed": _("开始跟随数据流"),
        "feed.recovered": _("已取回签过的页"),
        "feed.rebootstrapped": _("已从快照重新引导"),
        "registry.taken": _("接受成员名册"),
        **{f"peer.{verb}": label for verb, label in PEER_FLOW.labels.items()},
        "departure.recorded": _("登记退出时的数据"),
        "departure.settled": _("确认退出后数据去向"),
        "application.submitted": _("登记数据申请"),
        "application.granted": APPLICATION_FLOW.labels["grant"],
        "application.refused": APPLICATION_FLOW.labels["refuse"],
        "grant.made": _("授权提供数据"),
        "grant.revoked": GRANT_FLOW.labels["revoke"],
        "grant.expired": GRANT_FLOW.labels["expire"],
        "entry.retried": _("重试隔离条目"),
        "entry.dismissed": _("剔除隔离条目"),
        "alarm.closed": _("解除告警"),
        "serverecord.exported": _("导出共享记录"),
    },
    {
        **REASONS,
        "why": _("原因"),
        "feed": _("数据流"),
        "entries": _("条数"),
        "applied": _("已入库"),
        "held": _("隔离原因"),
        "copies": _("副本"),
        "until": _("使用至"),
        "sha256": _("文件摘要（SHA-256）"),
        "rows": _("记录数"),
        "filters": _("筛选条件"),
        "found": _("发现"),
    },
)


def _resource_label(_beside, code: str) -> Label:
    resource = catalogue.known(code)
    return resource.label if resource else code


def _fact_label(beside, code: str) -> Label:
    """What a fact of the resource beside it is called."""
    resource = catalogue.known(str(beside.get("resource", "")))
    return field_label(resource.model, code) if resource else code


for _model in ("dataapplication", "grant", "feed", "serverecord"):
    tell_codes(f"sharing.{_model}", "resource", _resource_label)
for _model in ("dataapplication", "grant"):
    tell_codes(f"sharing.{_model}", "fields", _fact_label)
