from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from sojourn.core import scopes


class ProvincesConfig(AppConfig):
    name = "sojourn.provinces"
    verbose_name = _("省份与规则")

    def ready(self) -> None:
        scopes.register("reference.read", _("读取区划、成员、协议和各月气候"))
