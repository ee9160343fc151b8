from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from providers.facilities.naming import FACILITY_PREFIX, OPERATOR_PREFIX
from sojourn.accounts import holders
from sojourn.core import numbers, scopes


class FacilitiesConfig(AppConfig):
    name = "providers.facilities"
    verbose_name = _("养老机构")

    def ready(self) -> None:
        numbers.register(OPERATOR_PREFIX, _("运营主体"))
        numbers.register(FACILITY_PREFIX, _("养老机构"))
        scopes.register("facilities.read", _("读取养老机构和运营主体"))
        holders.register(
            holders.HolderKind("facility", _("养老机构"), "providers.facilities.holders.facility_numbered")
        )
