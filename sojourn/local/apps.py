"""Registration of the local services' management commands, and of the one line that a drill leaves in the trail."""

from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class LocalConfig(AppConfig):
    name = "sojourn.local"
    label = "local"

    def ready(self) -> None:
        import_string("sojourn.web.past.name_actions")({"drill.prepared": _("恢复演练准备")})
