from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from residents.registry.naming import RESIDENT_PREFIX
from sojourn.core import numbers


class RegistryConfig(AppConfig):
    name = "residents.registry"
    verbose_name = _("老年人登记")

    def ready(self) -> None:
        numbers.register(RESIDENT_PREFIX, _("老年人"))
