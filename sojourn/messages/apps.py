from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from sojourn.accounts import courier


class MessagesConfig(AppConfig):
    name = "sojourn.messages"
    label = "outbox"  # Django's own messages have taken the other name
    verbose_name = _("外发消息")

    def ready(self) -> None:
        import_string("sojourn.messages.metrics.collect_from_now_on")()
        import_string("sojourn.messages.rotating.register_rotations")()
        courier.carry_with(import_string("sojourn.messages.services.put_message"))
