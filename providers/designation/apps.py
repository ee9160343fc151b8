from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from providers.designation.listing import BASE_PREFIX
from sojourn.core import numbers, scopes


class DesignationConfig(AppConfig):
    name = "providers.designation"
    verbose_name = _("基地认定")

    def ready(self) -> None:
        numbers.register(BASE_PREFIX, _("示范基地"))
        scopes.register("designations.read", _("读取示范基地认定"))
