"""What a passphrase must be, and how one that chance made is kept."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's own check of the length, whose words its Chinese catalogue lacks."""

    def get_error_message(self) -> str:
        return _("密码至少要有 {count} 个字符。").format(count=self.min_length)

    def get_help_text(self) -> str:
        return self.get_error_message()


def lightly_hashed(passphrase: str) -> str:
    """The hash of a passphrase that was drawn at random, at a hundredth of the work.

    Slow hashing protects what people think of; 79 bits need none. The first sign-in replaces it by a full one.
    """
    hasher = get_hasher()
    if not isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(passphrase, hasher.salt())
    return hasher.encode(passphrase, hasher.salt(), iterations=hasher.iterations // 100)
