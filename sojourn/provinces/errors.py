"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import NotPermitted, Refusal


class RuleMissing(Refusal):
    """No dated rule of this key answers for the day, or its value was never reported."""

    code, status = "rule_missing", 409
    title = _("{day}没有可适用的规则“{key}”")


class NotYourReference(NotPermitted):
    code = "not_your_reference"
    title = _("基础数据只能由系统管理员装载")
