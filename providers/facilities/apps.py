from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from providers.facilities.naming import FACILITY_PREFIX, OPERATOR_PREFIX
from sojourn.core import numbers


class FacilitiesConfig(AppConfig):
    name = "providers.facilities"
    verbose_name = _("养老机构")

    def ready(self) -> None:
        numbers.register(OPERATOR_PREFIX, _("运营主体"))
        numbers.register(FACILITY_PREFIX, _("养老机构"))
