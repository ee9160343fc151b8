from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "sojourn.core"
    verbose_name = _("操作留痕")
