"""A "no" is a type: what the platform refuses, why, and with which status (RFC 9457 outside)."""

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A request is refused for a reason that can be said aloud.

    Subclasses are named for the fact (``BedTaken``) and set ``code``, ``status`` and ``title``; the
    title is filled from the keyword facts. ``errors`` lists what is wrong field by field, each a
    mapping of ``field``, ``code`` and ``detail``. Neither ever holds personal data.
    """

    code = "refused"
    status = 409
    title = _("这项操作不能进行")

    def __init__(self, *, errors=(), detail="", **facts) -> None:
        super().__init__(self.code)
        self.errors = list(errors)
        self.detail = detail
        self.facts = facts

    def __str__(self) -> str:
        return str(self.title).format(**self.facts)


class Invalid(Refusal):
    """What was sent cannot be read or does not make sense."""

    code, status = "invalid", 400
    title = _("请求中有无法识别的内容")


class NotPermitted(Refusal):
    code, status = "not_permitted", 403
    title = _("您没有进行这项操作的权限")


class SecondFactorNeeded(NotPermitted):
    code = "second_factor_needed"
    title = _("这项操作需要先完成两步验证")


class NotVisible(Refusal):
    """The row does not exist, or not for this actor: the two are never told apart."""

    code, status = "not_found", 404
    title = _("没有找到")


class WrongStatus(Refusal):
    code, status = "wrong_status", 409
    title = _("当前状态为“{status}”，不能“{verb}”")


class NotOurs(Refusal):
    """The row is a copy: only the node that hosts its owner writes it."""

    code, status = "not_ours", 409
    title = _("这条数据由归属省份（{owner}）维护，本节点只有副本")


class LostUpdate(Refusal):
    code, status = "lost_update", 412
    title = _("这条记录已被他人修改，请刷新后重试")


class Busy(Refusal):
    """Another change holds the row for longer than a request may wait."""

    code, status = "busy", 503
    title = _("系统正忙，请稍后再试")
