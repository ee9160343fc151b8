"""Rows about residents say beside her number whether she is an invented one."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sojourn.web.admin import ScopedAdmin


class MarkedAdmin(ScopedAdmin):
    """Rows with a ``resident``: the last column, and the last line of a row's page, is the mark of a sample."""

    list_select_related = ["resident"]

    def get_list_display(self, request: HttpRequest):
        return [*super().get_list_display(request), "of_sample"]

    def get_fields(self, request: HttpRequest, obj=None):
        fields = [name for name in super().get_fields(request, obj) if name != "of_sample"]
        return [*fields, "of_sample"]

    def get_readonly_fields(self, request: HttpRequest, obj=None):
        return [*super().get_readonly_fields(request, obj), "of_sample"]

    @admin.display(description=_("样例数据"), boolean=True)
    def of_sample(self, row) -> bool:
        return row.resident.is_sample
