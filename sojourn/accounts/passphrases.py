"""What a passphrase must be."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's own check of the length, whose words its Chinese catalogue lacks."""

    def get_error_message(self) -> str:
        return _("密码至少要有 {count} 个字符。").format(count=self.min_length)

    def get_help_text(self) -> str:
        return self.get_error_message()
