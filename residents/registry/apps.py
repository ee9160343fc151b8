from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from residents.registry.naming import RESIDENT_PREFIX
from sojourn.core import numbers, scopes
from sojourn.web.furniture import Door, offer_door


class RegistryConfig(AppConfig):
    name = "residents.registry"
    verbose_name = _("老年人登记")

    def ready(self) -> None:
        scopes.register("residents.read", _("读取向本机构开放的老年人（经遮盖）"))
        scopes.register("residents.disclose", _("查看老年人个人信息的完整内容"))
        scopes.register("residents.ask_correction", _("申请更正向本机构开放的老年人信息"))
        numbers.register(RESIDENT_PREFIX, _("老年人"))
        offer_door(Door(label=_("我的"), url_name="my", order=90))
        import_string("residents.registry.my.add_own_sections")()
        import_string("residents.registry.services.enrolling.register_kind")()
        import_string("residents.registry.services.rotating.register_rotations")()
        import_string("residents.registry.matters.register")()
        import_string("residents.registry.scans.register")()
        import_string("residents.registry.services.downloads.tell_from_now_on")()
