"""How a username and passphrase become a user."""

from django.contrib.auth.backends import ModelBackend


class StaffBackend(ModelBackend):
    """Django's own check of the passphrase, without its permission tables."""

    def get_all_permissions(self, _user_obj, _obj=None) -> set[str]:
        return set()

    def has_perm(self, _user_obj, _perm, _obj=None) -> bool:
        return False

    def has_module_perms(self, _user_obj, _label) -> bool:
        return False


class PhoneBackend(StaffBackend):
    """Keeps the session of a family whose code was right; no passphrase opens it."""

    def authenticate(self, request, username=None, password=None, **_credentials) -> None:
        return None
