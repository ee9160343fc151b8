"""How a username and passphrase become a user."""

from django.contrib.auth.backends import ModelBackend

from sojourn.accounts.models import User
from sojourn.accounts.standing import user_as_of
from sojourn.core.clock import today


class StaffBackend(ModelBackend):
    """Django's own check of the passphrase, without its permission tables."""

    def get_user(self, user_id) -> User | None:
        """The user of a session and what she holds at this moment, in one statement: every request asks."""
        user = user_as_of(today(), user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

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
