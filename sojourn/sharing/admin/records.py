"""Who was served what under which ground, and the same as a file."""

import base64

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from sojourn.sharing import catalogue
from sojourn.sharing.admin.entries import NamedRows
from sojourn.sharing.admin.headed import moment
from sojourn.sharing.models import Peer, ServeRecord
from sojourn.sharing.services.exporting import MOST_ROWS, export_serve_records
from sojourn.sharing.wording import asked_in_words, ground_in_words, reason_in_words
from sojourn.web.access import actor_of


class NodeFilter(admin.SimpleListFilter):
    title = _("请求节点")
    parameter_name = "node"

    def lookups(self, request, model_admin):
        peers = Peer.objects.managed_by(actor_of(request)).order_by("pk")
        return [*((peer.node, peer.node) for peer in peers), ("?", _("未能认出的节点"))]

    def queryset(self, request, queryset):
        node = self.value()
        return queryset.filter(node="" if node == "?" else node) if node else queryset


class ResourceFilter(admin.SimpleListFilter):
    title = _("数据资源")
    parameter_name = "resource"

    def lookups(self, request, model_admin):
        return [(resource.name, resource.label) for resource in catalogue.resources()]

    def queryset(self, request, queryset):
        return queryset.filter(resource=self.value()) if self.value() else queryset


@admin.register(ServeRecord)
class ServeRecordAdmin(NamedRows):
    list_display = ["when", "node", "what", "about", "place", "outcome", "on_what"]
    list_filter = ["outcome", NodeFilter, ResourceFilter, ("at", admin.DateFieldListFilter)]
    search_fields = ["=trace_id"]
    search_help_text = _("追踪编号")
    ordering = ["-id"]
    fields = ["when", "node", "what", "about", "audience", "place", "outcome", "on_what", "trace_id"]
    readonly_fields = ["when", "what", "about", "place", "on_what"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="sharing_serverecord_export"), *super().get_urls()]

    def verbs_for(self, request: HttpRequest, row=None) -> list[dict]:
        if row is not None:
            return super().verbs_for(request, row)
        words = request.GET.urlencode()
        address = reverse("admin:sharing_serverecord_export")
        return [{"label": _("导出为文件"), "url": f"{address}?{words}" if words else address}]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The records that the filters choose, as a file; the trail keeps its digest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        changelist = self.get_changelist_instance(request)
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": _("导出共享记录"),
                "opts": self.opts,
                "count": changelist.result_count,
                "most": MOST_ROWS,
                "back": f"{reverse('admin:sharing_serverecord_changelist')}?{request.GET.urlencode()}",
            }
            return TemplateResponse(request, "admin/sharing/export.html", context)
        rows, filters = changelist.get_queryset(request), request.GET.dict()
        export = self.perform(request, export_serve_records, rows=rows, filters=filters)
        if export is None:
            return HttpResponseRedirect(reverse("admin:sharing_serverecord_changelist"))
        said = _("已导出 {n} 条，SHA-256：{sha256}")
        messages.success(request, said.format(n=export.rows, sha256=export.sha256))
        digest = base64.b64encode(bytes.fromhex(export.sha256)).decode()
        headers = {
            "Content-Disposition": f'attachment; filename="{export.name}"',
            "Repr-Digest": f"sha-256=:{digest}:",
        }
        return HttpResponse(export.content, content_type="text/csv; charset=utf-8", headers=headers)

    def heading(self, row) -> str:
        return f"{row.node or _('未能认出的节点')} · {self.what(row)}"

    @admin.display(description=_("时间"), ordering="at")
    def when(self, record: ServeRecord) -> str:
        return moment(record.at)

    @admin.display(description=_("请求内容"), ordering="asked")
    def what(self, record: ServeRecord) -> str:
        return asked_in_words(record.asked)

    @admin.display(description=_("数据流"))
    def about(self, record: ServeRecord) -> str:
        if not record.owner:
            return str(self.get_empty_value_display())
        return self.in_words(record, f"{record.owner}/{record.resource}")

    @admin.display(description=_("页"))
    def place(self, record: ServeRecord) -> str:
        return str(self.get_empty_value_display()) if record.no is None else f"{record.epoch}.{record.no}"

    @admin.display(description=_("依据或拒绝原因"))
    def on_what(self, record: ServeRecord) -> str:
        said = reason_in_words(record.reason) if record.reason else ground_in_words(record.ground)
        return said or str(self.get_empty_value_display())
