"""Pages of rows whose heading names provinces and resources in words."""

from django.http import HttpRequest

from sojourn.core.clock import local
from sojourn.web.admin import ScopedAdmin


class HeadedAdmin(ScopedAdmin):
    """As every scoped admin; ``heading`` says in words what a row is about."""

    change_form_template = "admin/sharing/headed.html"

    def heading(self, row) -> str:
        return str(row)

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        extra = {"heading": self.heading(row)} if row is not None else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))


def moment(instant) -> str:
    """An instant to the second, as a Chinese wall clock shows it."""
    return f"{local(instant):%Y-%m-%d %H:%M:%S}"
