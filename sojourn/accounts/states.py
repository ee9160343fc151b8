"""How a one-time code reaches a telephone, what a passkey is asked for, and why a session ended."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CodeWay(TextChoices):
    TEXT = "text", _("短信")
    VOICE = "voice", _("语音电话")


class PasskeyDeed(TextChoices):
    """What a device is asked for a passkey for; what it answers counts for nothing else."""

    SIGN_IN = "sign_in", _("用通行密钥登录")
    ADD = "add", _("添加通行密钥")
    PROVE = "prove", _("用通行密钥确认")


class SessionEnd(TextChoices):
    """Why a session ended before she signed out, as she reads it when she signs in again."""

    IDLE = "idle", _("您有一段时间没有操作，为安全起见已经退出")
    AGED = "aged", _("这次登录已到最长时间，为安全起见已经退出")
    CROWDED = "crowded", _("您的账号在别处登录，超过了同时登录的上限，最早的一处已经退出")
    ELSEWHERE = "elsewhere", _("您在另一台设备上选择了退出其他设备")
