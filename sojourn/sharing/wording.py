"""The codes of the exchange in words for officers: why something was refused, held or raised."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.sharing import catalogue

Label = str | Promise

REASONS: dict[str, Label] = {
    # pages and requests
    "too_large": gettext_lazy("超过协议允许的大小"),
    "bad_frame": gettext_lazy("数据页的外形不符合协议"),
    "bad_header": gettext_lazy("页头不符合协议"),
    "unknown_key": gettext_lazy("签名所用的密钥不在成员名册中"),
    "key_not_valid_here": gettext_lazy("签名所用的密钥对这一页无效"),
    "bad_signature": gettext_lazy("签名验不过，内容可能被改动"),
    "wrong_feed": gettext_lazy("收到的是另一条数据流的页"),
    "wrong_epoch": gettext_lazy("纪元与应有的不符"),
    "wrong_number": gettext_lazy("页码与应有的不符"),
    "broken_chain": gettext_lazy("与上一页接不上，中间可能被替换"),
    "bad_packing": gettext_lazy("正文无法解开"),
    "wrong_count": gettext_lazy("条数与页头所写不符"),
    "wrong_digest": gettext_lazy("正文与页头的摘要不符，内容可能被改动"),
    "not_strict": gettext_lazy("正文的写法不符合协议"),
    "bad_entry": gettext_lazy("有条目不符合协议"),
    "wrong_owner": gettext_lazy("含有不归这个省份的数据"),
    "unknown_schema": gettext_lazy("数据格式比本节点新，需要升级本节点"),
    "not_signed": gettext_lazy("请求没有签名"),
    "wrong_target": gettext_lazy("请求是发给另一节点的"),
    "wrong_time": gettext_lazy("请求时间与本节点相差过大"),
    "wrong_body": gettext_lazy("请求内容与签名不符"),
    "replayed": gettext_lazy("同一请求被重复使用"),
    "not_granted": gettext_lazy("没有授权"),
    "bad_registry": gettext_lazy("成员名册的签名验不过"),
    "registry_expired": gettext_lazy("成员名册已过有效期"),
    "registry_older": gettext_lazy("成员名册比已接受的旧"),
    "registry_forked": gettext_lazy("同一版次出现两份成员名册"),
    # feeds and peers
    "two_histories": gettext_lazy("同一页码出现两个不同的页，对方可能分叉"),
    "own_head_unknown": gettext_lazy("对方持有本节点没有的本省数据页"),
    "head_lower": gettext_lazy("对方出示的页码比以前低"),
    "heartbeat_failed": gettext_lazy("每小时的自检没有通过"),
    "peer_unreachable": gettext_lazy("多次联系不上"),
    "feed_not_served": gettext_lazy("对方没有提供这条数据流"),
    "recovery_conflict": gettext_lazy("恢复时与本地新登记的数据冲突"),
    "timeout": gettext_lazy("没有在时限内应答"),
    "unreachable": gettext_lazy("网络不通"),
    "unknown_host": gettext_lazy("名册中的地址查不到"),
    "no_https": gettext_lazy("名册中的地址不是加密的"),
    "inner_address": gettext_lazy("名册中的地址是内部地址"),
    "no_json": gettext_lazy("应答无法读懂"),
    "no_figures": gettext_lazy("应答中没有对账数字"),
    "page_gone": gettext_lazy("所需的页已过保存期"),
    "quarantine_limit": gettext_lazy("一页中隔离的条目过多"),
    "volume_swing": gettext_lazy("条数比上次对账变动过大"),
    "digest_differs": gettext_lazy("与对方对账不一致"),
    "rebootstrap": gettext_lazy("正从快照重新引导"),
    "many_pages": gettext_lazy("积压较多，改从快照开始"),
    "epoch": gettext_lazy("对方开始了新纪元"),
    "recover": gettext_lazy("数据库退回到了以前，须先取回已签的页"),
    "vault": gettext_lazy("数据库退回到了以前，须先取回已签的页"),
    "own_pages_lost": gettext_lazy("没有节点持有本省已签的页"),
    "overwritten_in_recovery": gettext_lazy("恢复时以已公布的内容覆盖了本地改动"),
    "withdrawal_in_use": gettext_lazy("被撤回的数据仍为本节点的数据所引用"),
    "registry_expires": gettext_lazy("成员名册即将到期"),
    "peer_paused": gettext_lazy("与该节点的往来已暂停"),
    "peer_left": gettext_lazy("该节点已退出"),
    # entries
    "wrong_kind": gettext_lazy("字段缺失、多余或类型不对"),
    "unknown_reference": gettext_lazy("所引用的区划或成员本节点不认识"),
    "not_storable": gettext_lazy("不符合数据库的约束"),
    "waiting_parent": gettext_lazy("所属的上级数据还没有到"),
}
ASKED: dict[str, Label] = {
    "page": gettext_lazy("取数据页"),
    "heads": gettext_lazy("比对页头"),
    "snapshot": gettext_lazy("取快照"),
    "digest": gettext_lazy("对账"),
    "ping": gettext_lazy("通知有新数据"),
}
GROUNDS: dict[str, Label] = {
    "own_pages": gettext_lazy("取回自己签发的页"),
    "taken_back": gettext_lazy("授权已终止，只告知撤回"),
}


def reason_in_words(code: str) -> str:
    """Why, in words; a text that is no code stays as it was written."""
    return str(REASONS.get(code, code))


def asked_in_words(code: str) -> str:
    return str(ASKED.get(code, code))


def ground_in_words(ground: str) -> str:
    return str(GROUNDS.get(ground, ground))


def resource_in_words(name: str) -> str:
    """What the catalogue calls a resource; its code where it is not there."""
    resource = catalogue.known(name)
    return str(resource.label) if resource else name


def subject_in_words(subject: str, names: Mapping[str, str]) -> str:
    """A feed, a node or the registry, as an alarm names it; ``names`` are those of the members by code."""
    if subject == "registry":
        return _("成员名册")
    if subject.startswith("node "):
        node = subject.removeprefix("node ")
        return _("未能认出的节点") if node == "?" else _("节点 {node}").format(node=node)
    owner, _slash, rest = subject.partition("/")
    if not rest:
        return subject
    return f"{names.get(owner, owner)} · {resource_in_words(rest.partition('/')[0])}"
