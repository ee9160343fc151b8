"""The outbox as staff see it: what waits, what failed and why; never to whom in full, and never the words."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Actor, Role
from sojourn.core.ciphers import Undecipherable
from sojourn.core.masking import mask_phone
from sojourn.messages import policy, services
from sojourn.messages.models import Message
from sojourn.messages.sealing import RECIPIENT, opened
from sojourn.messages.states import MESSAGE_FLOW, Reason
from sojourn.messages.topics import Label, topic_label
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "message.sent": MESSAGE_FLOW.labels["send"],
        "message.failed": MESSAGE_FLOW.labels["give_up"],
        "message.expired": MESSAGE_FLOW.labels["expire"],
        "message.resent": MESSAGE_FLOW.labels["resend"],
    },
    {"attempts": _("已试次数"), **{str(reason.value): reason.label for reason in Reason}},
)


def _may_resend(actor: Actor, message: Message) -> bool:
    return message.status in MESSAGE_FLOW.sources("resend") and policy.can_resend(actor, message)


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    open_to = frozenset({Role.ADMIN, Role.AUDITOR})
    flow = MESSAGE_FLOW
    list_display = ["put_at", "about", "kind", "status", "reason", "attempts", "next_try_at", "expires_at"]
    list_display_links = ["put_at", "about"]
    list_filter = ["status", "kind", "reason"]
    ordering = ["-put_at"]
    fields = [
        "about",
        "kind",
        "status",
        "to",
        "reason",
        "attempts",
        "put_at",
        "next_try_at",
        "expires_at",
        "sent_at",
        "reference",
    ]
    readonly_fields = ["about", "to"]
    verbs = (
        Verb(
            name="resend",
            label=MESSAGE_FLOW.labels["resend"],
            service=services.resend_message,
            allowed=_may_resend,
            id_argument="message_id",
            done=_("已重新排队发送。"),
        ),
    )

    @admin.display(description=_("事由"), ordering="topic")
    def about(self, message: Message) -> Label:
        return topic_label(message.topic)

    @admin.display(description=_("号码"))
    def to(self, message: Message) -> str:
        """The number behind its mask, as long as it stands here at all."""
        if message.recipient_cipher is None:
            return str(_("已清除"))
        try:
            number = opened(message.recipient_cipher, message_id=message.pk, column=RECIPIENT)
        except Undecipherable:
            return str(Reason.UNREADABLE.label)
        return format_html('<span translate="no">{}</span>', mask_phone(number))
