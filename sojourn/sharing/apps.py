from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext_lazy as _

from sojourn.sharing import matters


class SharingConfig(AppConfig):
    name = "sojourn.sharing"
    verbose_name = _("数据共享")

    def ready(self) -> None:
        """Every room's feeds.py registers its resources with the catalogue, lower rooms first.

        The desk knows what sharing brings to it, and those who watch the node get its figures.
        """
        autodiscover_modules("feeds")
        matters.register()
        import_string("sojourn.sharing.metrics.collect_from_now_on")()
