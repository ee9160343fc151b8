from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "sojourn.accounts"
    verbose_name = _("账号与权限")

    def ready(self) -> None:
        import_string("sojourn.accounts.services.rotating.register_rotations")()
