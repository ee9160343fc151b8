"""How a one-time code reaches a telephone."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CodeWay(TextChoices):
    TEXT = "text", _("短信")
    VOICE = "voice", _("语音电话")
