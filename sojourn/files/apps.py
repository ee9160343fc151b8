from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "sojourn.files"
    verbose_name = _("文件与扫描件")
