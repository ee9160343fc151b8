"""The staff's lists of what happens to registrations: holds and whatever waits for a decision."""

from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from residents.registry import forms, policy, retention, services
from residents.registry.admin.marked import MarkedAdmin
from residents.registry.models.life import Duplicate, LegalHold, Merge, PurgeLine, PurgeReport, Transfer
from residents.registry.states import (
    DUPLICATE_FLOW,
    REPORT_FLOW,
    RESIDENT_FLOW,
    TRANSFER_FLOW,
    DuplicateReason,
    DuplicateStatus,
    ReportStatus,
    TransferStatus,
)
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Actor, Role
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "purge.prepared": _("编制清除报告"),
        "purge.approved": REPORT_FLOW.labels["approve"],
        "purge.finished": REPORT_FLOW.labels["finish"],
        "link.proof_purged": _("清除亲属关系的证明材料"),
        "linkrequest.purged": _("清除亲属关系申请"),
        "correctionrequest.purged": _("清除更正申请"),
        "import.purged": _("清除表格导入记录"),
        "duplicate.told_apart": DUPLICATE_FLOW.labels["tell_apart"],
        "resident.merged": RESIDENT_FLOW.labels["merge"],
        "resident.took_over": _("接收并入的登记"),
        "resident.merge_undone": RESIDENT_FLOW.labels["undo_merge"],
        "resident.transfer_out": _("移出户籍"),
        "resident.transfer_in": TRANSFER_FLOW.labels["transfer_in"],
        "resident.transfer_refused": TRANSFER_FLOW.labels["refuse_transfer"],
        "resident.transfer_cancelled": TRANSFER_FLOW.labels["cancel_transfer"],
        "resident.transfer_lapsed": TRANSFER_FLOW.labels["lapse_transfer"],
        "resident.moved_out": RESIDENT_FLOW.labels["move_out"],
        "resident.moved_back": RESIDENT_FLOW.labels["move_back"],
        "resident.received": _("接收外省迁入"),
        "resident.asked": _("登记行踪保护的回答"),
        "resident.protected": _("设定行踪保护"),
        "resident.unprotected": _("解除行踪保护"),
        "resident.held": _("设定依法留存"),
        "resident.released": _("解除依法留存"),
        "resident.erased_again": _("恢复备份后再次删除"),
    },
    {
        "ground": _("依据"),
        "case": _("事由编号"),
        "counts": _("各类数量"),
        "purged": _("清除数量"),
        "resident": _("老年人"),
        "report": _("清除报告"),
        "lines": _("清除数量"),
        "merge": _("登记合并"),
        "survivor": _("保留的登记"),
        "merged": _("并入的登记"),
        "to_division": _("迁入地"),
        "from_division": _("迁出地"),
        "from_member": _("原户籍省份"),
        "from_number": _("原编号"),
    },
)


class OfResidentAdmin(MarkedAdmin):
    """Rows about one resident each, who is named by her number alone."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    search_fields = ["=resident__number", "=resident__merged_into__number"]
    search_help_text = _("老年人编号")
    list_select_related = ["resident"]


def _may_lift(actor: Actor, hold: LegalHold) -> bool:
    return hold.lifted_at is None and policy.can_change(actor, hold.resident)


@admin.register(LegalHold)
class LegalHoldAdmin(OfResidentAdmin):
    list_display = ["resident", "ground", "case", "set_at", "lifted_at"]
    list_filter = ["ground"]
    ordering = ["-set_at", "-id"]
    fields = [
        "resident",
        "ground",
        "case",
        "reason",
        "set_by",
        "set_at",
        "lifted_by",
        "lifted_at",
        "lift_reason",
    ]
    verbs = (
        Verb(
            name="lift",
            label=_("解除依法留存"),
            service=services.lift_hold,
            ends=True,
            allowed=_may_lift,
            done=_("已解除依法留存。"),
            form=forms.ReasonForm,
            id_argument="hold_id",
        ),
    )


def _may_prepare(actor: Actor, _row) -> bool:
    """A report is of a whole province."""
    return any(policy.can_register(actor, code) for code in settings.HOSTED_PROVINCES)


def _may_propose_purge(actor: Actor, report: PurgeReport) -> bool:
    return report.status == ReportStatus.PREPARED and policy.can_register(actor, report.owner)


@admin.register(PurgeReport)
class PurgeReportAdmin(ScopedAdmin):
    """The dry run: how many of each class, why and from when; and how far an approved one has come."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["province", "as_of", "status", "progress", "prepared_at"]
    list_filter = ["status"]
    ordering = ["-prepared_at", "-id"]
    fields = [
        "province",
        "as_of",
        "status",
        "by_class",
        "progress",
        "all_lines",
        "prepared_by",
        "prepared_at",
        "approved_by",
        "approved_at",
        "finished_at",
    ]
    readonly_fields = ["province", "by_class", "progress", "all_lines"]
    verbs = (
        Verb(
            name="prepare",
            label=_("编制清除报告"),
            service=services.prepare_purge,
            allowed=_may_prepare,
            done=_("已编制清除报告，没有清除任何信息。"),
            form=forms.PreparePurgeForm,
            arguments=forms.PreparePurgeForm.arguments,
            help_text=_(
                "列出保存期满的登记、评估、申请和证明材料；依法留存的不列入。复核同意之前不清除任何信息。"
            ),
        ),
        Verb(
            name="propose",
            label=_("提请清除"),
            service=services.propose_purge,
            allowed=_may_propose_purge,
            done=_("已提请，等待另一位经办人复核。"),
            form=forms.ReasonForm,
            id_argument="report_id",
            help_text=_("复核同意后逐项清除，不能恢复。"),
        ),
    )

    @admin.display(description=_("归属省份"))
    def province(self, report: PurgeReport) -> str:
        return names_of([report.owner[:2]])[report.owner[:2]]

    @admin.display(description=_("各类数量"))
    def by_class(self, report: PurgeReport) -> str:
        residents = {kept.code for kept in retention.registered() if kept.are_people}
        people = gettext(
            "{kind}：{due}人保存满{years}年，最早的自{first}起期满；另有{held}人依法留存，不列入。"
        )
        rows = gettext(
            "{kind}：{due}项保存满{years}年，最早的自{first}起期满；另有{held}项依法留存，不列入。"
        )
        lines = [
            (
                (people if code in residents else rows).format(
                    kind=retention.label_of(code), **{**count, "first": count["first"] or "—"}
                ),
            )
            for code, count in report.counts.items()
        ]
        return format_html_join(mark_safe("<br>"), "{}", lines)

    @admin.display(description=_("进度"))
    def progress(self, report: PurgeReport) -> str:
        done = report.lines.exclude(outcome="").count()
        return gettext("{done}/{all}项已处理").format(done=done, all=report.lines.count())

    @admin.display(description=_("清除明细"))
    def all_lines(self, report: PurgeReport) -> str:
        where = reverse("admin:registry_purgeline_changelist")
        return format_html('<a href="{}?report__id__exact={}">{}</a>', where, report.pk, gettext("逐项查看"))


class ClassFilter(admin.SimpleListFilter):
    title = _("保存类别")
    parameter_name = "kind"

    def lookups(self, _request, _model_admin) -> list[tuple[str, str]]:
        return [(kept.code, str(kept.label)) for kept in retention.registered()]

    def queryset(self, _request, rows):
        return rows.filter(kind=self.value()) if self.value() else rows


@admin.register(PurgeLine)
class PurgeLineAdmin(OfResidentAdmin):
    list_display = ["resident", "kept_as", "due_on", "outcome", "settled_at"]
    list_filter = [ClassFilter, "outcome"]
    ordering = ["-report_id", "id"]
    fields = ["report", "resident", "kept_as", "due_on", "outcome", "settled_at"]
    readonly_fields = ["kept_as"]

    @admin.display(description=_("保存类别"), ordering="kind")
    def kept_as(self, line: PurgeLine) -> str:
        return str(retention.label_of(line.kind))

    @admin.display(description=_("样例数据"), boolean=True)
    def of_sample(self, line: PurgeLine) -> bool:
        return line.resident is not None and line.resident.is_sample


def _may_settle(actor: Actor, pair: Duplicate) -> bool:
    return pair.status == DuplicateStatus.OPEN and policy.can_change(actor, pair.first)


@admin.register(Duplicate)
class DuplicateAdmin(ScopedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["__str__", "score", "alike", "status", "found_at"]
    list_filter = ["status"]
    list_select_related = ["first", "second"]
    search_fields = ["=first__number", "=second__number"]
    search_help_text = _("老年人编号")
    ordering = ["-score", "id"]
    fields = ["first", "second", "score", "alike", "status", "found_at", "reason", "settled_by", "settled_at"]
    readonly_fields = ["alike"]
    verbs = (
        Verb(
            name="propose-merge",
            label=_("提请合并登记"),
            service=services.propose_merge_of,
            allowed=_may_settle,
            done=_("已提请，等待另一位经办人复核。"),
            form=forms.MergePairForm,
            id_argument="duplicate_id",
        ),
        Verb(
            name="tell-apart",
            label=DUPLICATE_FLOW.labels["tell_apart"],
            service=services.tell_apart,
            allowed=_may_settle,
            done=_("已认定不是同一人。"),
            form=forms.ReasonForm,
            id_argument="duplicate_id",
        ),
    )

    @admin.display(description=_("相似之处"))
    def alike(self, pair: Duplicate) -> str:
        return "、".join(str(DuplicateReason(reason).label) for reason in pair.reasons)


def _may_undo(actor: Actor, merge: Merge) -> bool:
    return merge.undone_at is None and policy.can_change(actor, merge.merged)


@admin.register(Merge)
class MergeAdmin(ScopedAdmin):
    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["__str__", "merged_at", "undone_at"]
    list_select_related = ["merged", "survivor"]
    search_fields = ["=merged__number", "=survivor__number"]
    search_help_text = _("老年人编号")
    ordering = ["-merged_at", "-id"]
    fields = [
        "merged",
        "survivor",
        "reason",
        "proposed_by",
        "merged_by",
        "merged_at",
        "undone_by",
        "undone_at",
    ]
    verbs = (
        Verb(
            name="propose-undo",
            label=_("提请撤销登记合并"),
            service=services.propose_undo,
            allowed=_may_undo,
            done=_("已提请，等待另一位经办人复核。"),
            form=forms.ReasonForm,
            id_argument="merge_id",
            help_text=_("合并时转移的原样归还，合并之后新增的留在保留的登记。"),
        ),
    )


def _may_take_in(actor: Actor, transfer: Transfer) -> bool:
    is_here = transfer.to_division.province_code in settings.HOSTED_PROVINCES
    may = is_here and policy.can_register(actor, transfer.to_division_id)
    return may and transfer.status == TransferStatus.OUT


def _may_cancel(actor: Actor, transfer: Transfer) -> bool:
    return transfer.status == TransferStatus.OUT and policy.can_register(actor, transfer.from_division_id)


@admin.register(Transfer)
class TransferAdmin(OfResidentAdmin):
    """What is handed out and waits to be taken in; of the resident it tells the number alone."""

    list_display = ["resident", "from_division", "to_division", "status", "out_at"]
    list_filter = ["status"]
    list_select_related = ["resident", "from_division", "to_division"]
    ordering = ["-out_at", "-id"]
    fields = [
        "resident",
        "from_division",
        "to_division",
        "status",
        "reason",
        "out_by",
        "out_at",
        "decided_by",
        "decided_at",
        "opinion",
    ]
    verbs = (
        Verb(
            name="take-in",
            label=TRANSFER_FLOW.labels["transfer_in"],
            service=services.transfer_in,
            allowed=_may_take_in,
            done=_("已接收，登记由您的辖区管理。"),
            id_argument="transfer_id",
        ),
        Verb(
            name="refuse",
            label=TRANSFER_FLOW.labels["refuse_transfer"],
            service=services.refuse_transfer,
            ends=True,
            allowed=_may_take_in,
            done=_("已决定不予接收。"),
            form=forms.ReasonForm,
            id_argument="transfer_id",
        ),
        Verb(
            name="cancel",
            label=TRANSFER_FLOW.labels["cancel_transfer"],
            service=services.cancel_transfer,
            ends=True,
            allowed=_may_cancel,
            done=_("移出已取消。"),
            id_argument="transfer_id",
        ),
    )

    def heading_of(self, row: Transfer) -> str:
        """Whose move, and between which places by name."""
        return f"{row.resident.number} {row.from_division.name} → {row.to_division.name}"
