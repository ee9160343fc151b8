"""How a one-time code reaches a telephone, and what a passkey is asked for."""

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
