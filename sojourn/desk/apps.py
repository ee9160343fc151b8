from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "sojourn.desk"
    verbose_name = _("待办与复核")
