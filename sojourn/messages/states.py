"""How a message reaches a person, and what becomes of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow


class MessageKind(TextChoices):
    TEXT = "text", _("短信")
    VOICE = "voice", _("语音电话")


class MessageStatus(TextChoices):
    WAITING = "waiting", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")
    EXPIRED = "expired", _("过期未发")


# Only while it may still be sent does a message hold whom it is for and what it says.
READABLE = frozenset({MessageStatus.WAITING, MessageStatus.FAILED})

MESSAGE_FLOW = Flow(
    {
        ("send", MessageStatus.WAITING): MessageStatus.SENT,
        ("give_up", MessageStatus.WAITING): MessageStatus.FAILED,
        ("expire", MessageStatus.WAITING): MessageStatus.EXPIRED,
        ("expire", MessageStatus.FAILED): MessageStatus.EXPIRED,
        ("resend", MessageStatus.WAITING): MessageStatus.WAITING,
        ("resend", MessageStatus.FAILED): MessageStatus.WAITING,
    },
    labels={
        "send": _("发送消息"),
        "give_up": _("停止发送"),
        "expire": _("作过期未发处理"),
        "resend": _("重新发送"),
    },
)


class Reason(TextChoices):
    """Why a try to send did not succeed; never what the channel said, which may quote the message."""

    NO_CHANNEL = "no_channel", _("没有配置发送渠道")
    UNREACHABLE = "unreachable", _("渠道连接不上")
    TIMEOUT = "timeout", _("渠道没有及时应答")
    BUSY = "busy", _("渠道暂时不收")
    DECLINED = "declined", _("渠道不接受这条消息")
    UNREADABLE = "unreadable", _("内容无法解密")
