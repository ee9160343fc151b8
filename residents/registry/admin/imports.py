"""Spreadsheets: sent, looked through, confirmed or given up, and undone."""

from collections.abc import Sequence

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from residents.registry import forms, imports, policy, services
from residents.registry.cells import in_source
from residents.registry.imports import ImportKind
from residents.registry.models import ImportBatch
from residents.registry.states import IMPORT_FLOW, ImportRowState, ImportStatus
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import local
from sojourn.web.access import actor_of
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.spreadsheets import XLSX, Limits, Written, read_table, write_xlsx
from sojourn.web.verbs import Verb

name_actions(
    {
        "import.checked": _("核对表格"),
        "import.confirmed": IMPORT_FLOW.labels["confirm"],
        "import.applied": IMPORT_FLOW.labels["finish"],
        "import.discarded": IMPORT_FLOW.labels["discard"],
        "import.lapsed": IMPORT_FLOW.labels["lapse"],
        "import.undo_begun": IMPORT_FLOW.labels["undo"],
        "import.undone": IMPORT_FLOW.labels["finish_undo"],
        "resident.import_undone": _("因撤销导入而移出登记"),
    },
    {
        "rows": _("数据行"),
        **{str(state.value): state.label for state in ImportRowState},
    },
)

LISTED_AT_MOST = 1_000
TO_LOOK_AT = (ImportRowState.BAD, ImportRowState.KNOWN, ImportRowState.KEPT)
AT_WORK = (ImportStatus.APPLYING, ImportStatus.UNDOING)
LIST_SEPARATOR = "、"
LONGEST_LIST = 255  # what a spreadsheet takes of choices for a cell


def check_file(*, kind: str, file: UploadedFile, actor: Actor) -> ImportBatch:
    """The spreadsheet in a file stands checked; what cannot be read is refused with its reason."""
    limits = Limits(**services.import_limits(actor))
    table = read_table(name=file.name or "", content=file.read(), size=file.size or 0, limits=limits)
    return services.check_import(kind=kind, headings=table.headings, rows=table.rows, actor=actor)


def _may_import(actor: Actor, _row) -> bool:
    return policy.can_import(actor)


def _where(verb: str):
    def allowed(actor: Actor, batch: ImportBatch) -> bool:
        return batch.status in IMPORT_FLOW.sources(verb) and policy.can_decide_import(actor, batch)

    return allowed


def _templates() -> list[dict]:
    """The way to each kind's empty spreadsheet."""
    return [
        {
            "label": gettext("下载模板：{kind}").format(kind=kind.label),
            "url": reverse("admin:registry_importbatch_template", args=[kind.code]),
        }
        for kind in imports.registered()
    ]


@admin.register(ImportBatch)
class ImportBatchAdmin(ScopedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    change_form_template = "registry/admin_import.html"
    list_display = ["when", "brings", "status", "rows_read", "rows_bad"]
    list_filter = ["status"]
    ordering = ["-uploaded_at"]
    fields = ["brings", "status", "when", "ended", "rows_read"]
    readonly_fields = ["brings", "when", "ended"]
    verbs = (
        Verb(
            name="send",
            label=_("从表格导入"),
            service=check_file,
            allowed=_may_import,
            done=_("表格已经核对，还没有写入。请看下面的结果。"),
            form=forms.SendForm,
            help_text=_(
                "先下载模板，一行填写一人或一份报告。上传后只作核对，确认以后才写入。文件本身不保存。"
            ),
        ),
        Verb(
            name="confirm",
            label=IMPORT_FLOW.labels["confirm"],
            service=services.confirm_import,
            allowed=_where("confirm"),
            done=_("正在写入，本页会自动刷新。"),
            id_argument="batch_id",
            help_text=_("没有错误的行会写入；有误的行和此前已登记的不写入。"),
        ),
        Verb(
            name="discard",
            label=IMPORT_FLOW.labels["discard"],
            service=services.discard_import,
            ends=True,
            allowed=_where("discard"),
            done=_("已放弃，暂存的内容已经清除。"),
            id_argument="batch_id",
        ),
        Verb(
            name="undo",
            label=IMPORT_FLOW.labels["undo"],
            service=services.undo_import,
            ends=True,
            allowed=_where("undo"),
            done=_("正在撤销，本页会自动刷新。"),
            id_argument="batch_id",
            help_text=_(
                "这次导入登记的人会移出登记，个人信息一并清除；补录的评估结果作废。"
                "导入后有过变动的保留，并逐行列出。"
            ),
        ),
    )

    def get_urls(self):
        view = self.admin_site.admin_view(self.template_view)
        return [
            path("template/<slug:kind>/", view, name="registry_importbatch_template"),
            *super().get_urls(),
        ]

    def verbs_for(self, request: HttpRequest, row=None) -> list[dict]:
        found = super().verbs_for(request, row)
        return [*found, *_templates()] if row is None and found else found

    def form_of(self, request: HttpRequest, verb: Verb, row) -> Form:
        """Beside the file stands the way to the templates that it is written by."""
        form = super().form_of(request, verb, row)
        if verb.form is forms.SendForm:
            ways = [(each["url"], each["label"]) for each in _templates()]
            links = format_html_join("  ", '<a href="{}">{}</a>', ways)
            form.fields["file"].help_text = format_html("{} {}", form.fields["file"].help_text, links)
        return form

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """An empty spreadsheet with the headings, the choices and how to fill it in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        said = next((each for each in imports.registered() if each.code == kind), None)
        if said is None:
            return self.answer_for_no_row(request)
        headings = [
            in_source(label) + ("*" if column in said.needed else "")
            for column, label in said.headings.items()
        ]
        single = [(at, column) for at, column in enumerate(said.headings) if column not in said.several]
        offered = {at: said.choices_of(column) for at, column in single}
        choices: dict[int, Sequence[str]] = {
            at: each for at, each in offered.items() if each and len(",".join(each)) <= LONGEST_LIST
        }
        sheet = Written(in_source(said.sheet), headings, [], choices=choices)
        content = write_xlsx([sheet, Written("填写说明", ["列", "怎样填写"], _guide(said))])
        headers = {"Content-Disposition": f'attachment; filename="{said.template}"'}
        return HttpResponse(content, content_type=XLSX, headers=headers)

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        batch = self.get_object(request, object_id)
        extra = _shown(batch, actor_of(request)) if batch is not None else {}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))

    @admin.display(description=_("导入内容"), ordering="kind")
    def brings(self, batch: ImportBatch) -> str:
        return str(imports.named(batch.kind).label)

    @admin.display(description=_("上传时间"), ordering="uploaded_at")
    def when(self, batch: ImportBatch) -> str:
        return f"{local(batch.uploaded_at):%Y-%m-%d %H:%M}"

    @admin.display(description=_("办结时间"))
    def ended(self, batch: ImportBatch) -> str:
        if batch.finished_at is None:
            return str(self.get_empty_value_display())
        return f"{local(batch.finished_at):%Y-%m-%d %H:%M}"


def _shown(batch: ImportBatch, actor: Actor) -> dict:
    """What the page of a spreadsheet tells: how many rows came to what, and those to look at with their reasons."""
    counts, kind = services.counts_of(batch), imports.named(batch.kind)
    rows = batch.rows.filter(state__in=TO_LOOK_AT).order_by("number").select_related("resident")
    listed = [
        {
            "number": row.number,
            "state": ImportRowState(row.state).label,
            "reasons": [(kind.headings.get(each["column"], ""), kind.in_words(each)) for each in row.reasons],
            "resident": row.resident if row.resident and policy.can_view(actor, row.resident) else None,
        }
        for row in rows[:LISTED_AT_MOST]
    ]
    return {
        "heading": gettext("{at}上传的表格").format(at=f"{local(batch.uploaded_at):%Y-%m-%d %H:%M}"),
        "is_working": batch.status in AT_WORK,
        "figures": [(ImportRowState(state).label, count) for state, count in counts.items()],
        "lines": listed,
        "unlisted": sum(counts.get(state, 0) for state in TO_LOOK_AT) - len(listed),
        "is_waiting": batch.status == ImportStatus.CHECKED,
    }


def _guide(kind: ImportKind) -> list[list[str]]:
    """How each column is filled in, in the language of the headings."""
    lines = []
    for column, label in kind.headings.items():
        said = kind.guide.get(column, "")
        listed = LIST_SEPARATOR.join(each for each in kind.choices_of(column) if each not in said)
        how = [said, listed]
        lines.append([in_source(label), "：".join(part for part in how if part)])
    return lines
