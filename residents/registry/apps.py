from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from residents.registry.naming import RESIDENT_PREFIX
from sojourn.core import numbers
from sojourn.web.furniture import Door, offer_door


class RegistryConfig(AppConfig):
    name = "residents.registry"
    verbose_name = _("老年人登记")

    def ready(self) -> None:
        numbers.register(RESIDENT_PREFIX, _("老年人"))
        offer_door(Door(label=_("我的"), url_name="my", order=90))
        import_string("residents.registry.my.add_own_sections")()
        import_string("residents.registry.services.rotating.register_rotations")()
        import_string("residents.registry.matters.register")()
        import_string("residents.registry.scans.register")()
        import_string("residents.registry.services.downloads.tell_from_now_on")()
