"""Who took lists of residents away, when and for what."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from residents.registry.models import Export
from residents.registry.states import SHOWABLE_BY_CODE
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Role
from sojourn.core.clock import local
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions

name_actions({"resident.exported": _("导出老年人名单")}, {"people": _("人数")})


@admin.register(Export)
class ExportAdmin(ScopedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["number", "when", "purpose", "people", "in_plain", "actor_role", "where"]
    list_filter = ["purpose"]
    ordering = ["-id"]
    fields = ["number", "when", "purpose", "case", "people", "in_plain", "actor_role", "where"]
    readonly_fields = ["number", "when", "in_plain", "where"]

    @admin.display(description=_("导出编号"), ordering="id")
    def number(self, export: Export) -> str:
        return str(export.pk)

    @admin.display(description=_("时间"), ordering="at")
    def when(self, export: Export) -> str:
        return f"{local(export.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("完整导出的项目"))
    def in_plain(self, export: Export) -> str:
        labels = (str(SHOWABLE_BY_CODE[field].label) for field in export.plain_fields)
        return "、".join(labels) or str(self.get_empty_value_display())

    @admin.display(description=_("导出者辖区"))
    def where(self, export: Export) -> str:
        prefixes = export.actor_divisions.split(",") if export.actor_divisions else []
        return "、".join(names_of(prefixes).values())
