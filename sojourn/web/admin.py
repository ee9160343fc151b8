"""What every admin stands on: rows within reach, view by default, changes only by verb."""

from typing import cast

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import STAFF, Role
from sojourn.core.models import AuditEntry, TrailSeal
from sojourn.core.trail import entries_about
from sojourn.web.access import actor_of
from sojourn.web.past import action_label, lines_of, reach_names, states_of, subject_label
from sojourn.web.verbs import Label, VerbsAdmin
from sojourn.web.workbench import COUNTED_AT_MOST

HISTORY_LINES = 200
LONGEST_PAGE = 6


class CappedPaginator(Paginator):
    """Counts to a cap and no further: a full count of a large table would cost more than the page."""

    counted_at_most = COUNTED_AT_MOST

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet, self.object_list)
        return rows.order_by()[: self.counted_at_most].count()


def _page_of(request: HttpRequest) -> int:
    """The page of a list that is asked for; the first one where no number says so, as the list itself decides."""
    asked = request.GET.get(PAGE_VAR, "")
    return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_PAGE else 1


class ScopedChangeList(ChangeList):
    """A list for which no column leaves the database that its cells do not show, where the admin says which they do."""

    def get_results(self, request: HttpRequest) -> None:
        if columns := self.model_admin.list_reads:  # type: ignore[attr-defined]
            self.queryset = self.queryset.only(*columns)
        super().get_results(request)


class ScopedAdmin(VerbsAdmin):
    """Rows that this officer looks after (``managed_by``), read-only; verbs change them.

    Search goes through the room's own ``matching(words)`` where it has one, so that the admin finds
    by name, code and pinyin what the pages find. ``open_to`` names the roles that have any rows here.
    Staff without a division, such as assessors, come in only where ``has_own_rows`` says that they may have some.
    ``list_reads`` names the columns that the cells of a long list show; without it they are all read. Where a row's
    reach is another table's, so that each row that is counted is looked for there, ``pages_counted_ahead`` says how
    many pages beyond the one that is read are counted.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    preserve_filters = True
    view_on_site = False
    open_to: frozenset[Role] = STAFF
    list_reads: tuple[str, ...] = ()
    pages_counted_ahead: int | None = None
    searches_by_post = False  # sojourn.web.discreet
    has_own_rows = False

    def get_queryset(self, request: HttpRequest):
        rows = super().get_queryset(request)
        return rows.managed_by(actor_of(request))  # type: ignore[attr-defined]

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ScopedChangeList]:
        return ScopedChangeList

    def get_paginator(self, request: HttpRequest, queryset, per_page: int, *args, **kwargs) -> Paginator:
        paginator = cast(CappedPaginator, super().get_paginator(request, queryset, per_page, *args, **kwargs))
        if self.pages_counted_ahead is not None:
            paginator.counted_at_most = (_page_of(request) + self.pages_counted_ahead) * per_page
        return paginator

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        actor = actor_of(request)
        reaches = bool(actor.divisions) or self.has_own_rows
        return self.admin_site.has_permission(request) and actor.role in self.open_to and reaches

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        if search_term and hasattr(queryset, "matching"):
            return queryset.matching(search_term), False
        return super().get_search_results(request, queryset, search_term)

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            return self.answer_for_no_row(request)
        extra = {"verbs": self.verbs_for(request, row), "subtitle": self.heading_of(row)}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    def changelist_view(self, request: HttpRequest, extra_context=None):
        extra = {"verbs": self.verbs_for(request), "title": self.opts.verbose_name_plural}
        return super().changelist_view(request, extra | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id, extra_context=None):
        """Who did what to this row, from the trail, and every state it had, from its row history."""
        row = self.get_object(request, object_id)
        if row is None:
            return self.answer_for_no_row(request)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("变更记录"),
            "subtitle": self.heading_of(row),
            "object": row,
            "opts": self.opts,
            "lines": lines_of(entries_about(row)[:HISTORY_LINES]),
            "states": states_of(row, limit=HISTORY_LINES),
        }
        return TemplateResponse(request, "admin/scoped_history.html", context)


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    list_display = ["at", "what", "about", "actor_role", "where"]
    list_filter = ["actor_role"]
    search_fields = ["=subject_id", "=trace_id", "=action"]
    search_help_text = _("对象标识、追踪编号或操作的完整代码")
    ordering = ["-id"]

    @admin.display(description=_("操作"))
    def what(self, entry: AuditEntry) -> Label:
        return action_label(entry) or entry.action

    @admin.display(description=_("对象"))
    def about(self, entry: AuditEntry) -> Label:
        return subject_label(entry)

    @admin.display(description=_("操作者辖区"))
    def where(self, entry: AuditEntry) -> str:
        prefixes = entry.actor_divisions.split(",") if entry.actor_divisions else []
        return "、".join(reach_names(prefixes).values())


@admin.register(TrailSeal)
class TrailSealAdmin(ScopedAdmin):
    list_display = ["day", "entries", "digest", "sealed_at"]
    open_to = frozenset({Role.AUDITOR, Role.ADMIN})
    ordering = ["-day"]
