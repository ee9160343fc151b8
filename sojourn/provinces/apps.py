from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvincesConfig(AppConfig):
    name = "sojourn.provinces"
    verbose_name = _("省份与规则")
