"""The day from which what a row opens is shut again."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sojourn.core.clock import local
from sojourn.web.admin import ScopedAdmin
from sojourn.web.templatetags.shown import written_day


class EndingAdmin(ScopedAdmin):
    """Rows that open something until a day begins, and no longer."""

    @admin.display(description=_("截止日期（当日不再有效）"), ordering="expires_at")
    def ends_on(self, row) -> str:
        return written_day(local(row.expires_at))
