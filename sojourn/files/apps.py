from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "sojourn.files"
    verbose_name = _("文件与扫描件")

    def ready(self) -> None:
        import_string("sojourn.files.services.register_rotations")()
