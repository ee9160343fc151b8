"""What the room refuses."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import NotPermitted, NotVisible


class NoSuchMessage(NotVisible):
    title = _("没有找到这条消息")


class NotYourMessage(NotPermitted):
    code = "not_your_message"
    title = _("您不能办理这条消息")
