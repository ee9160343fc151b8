"""What messages are about, in words for the staff; a room above names its own when it is loaded."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise

_topics: dict[str, Label] = {
    "sign_in_code": _("登录验证码"),
    "passkey_added": _("添加通行密钥的通知"),
    "passkey_removed": _("移除通行密钥的通知"),
}


def name_topics(topics: Mapping[str, Label]) -> None:
    """Say what these codes are called."""
    _topics.update(topics)


def topic_label(code: str) -> Label:
    return _topics.get(code, code)
