"""How the list of residents is narrowed by what no column of it shows."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class AskedFilter(admin.SimpleListFilter):
    title = _("行踪保护")
    parameter_name = "asked"

    def lookups(self, request, model_admin):
        return [("never", _("尚未询问"))]

    def queryset(self, request, queryset):
        return queryset.never_asked() if self.value() == "never" else queryset
