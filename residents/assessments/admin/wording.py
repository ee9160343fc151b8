"""What the trail calls the verbs of this room, and what its pages hide of a row's past."""

from dataclasses import replace

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from residents.assessments.scales import scale
from residents.assessments.states import ASSESSMENT_FLOW, QUALIFICATION_FLOW, REVIEW_FLOW, InterestKind
from residents.registry.models import Resident
from residents.registry.states import Purpose
from sojourn.core.actors import Role
from sojourn.core.masking import mask_name
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import Label, State, name_actions, tell_codes

CIPHERS = (_("评估内容（密文）"), _("异议理由（密文）"))

name_actions(
    {
        "assessment.purged": _("清除能力评估"),
        "recognition.purged": _("清除评估结果互认"),
        "assessmentbody.registered": _("登记评估机构"),
        "assessmentbody.suspended": QUALIFICATION_FLOW.labels["suspend"],
        "assessmentbody.reinstated": QUALIFICATION_FLOW.labels["reinstate"],
        "assessmentbody.renewed": _("更新资格有效期"),
        "assessment.ending_told": _("评估到期告知"),
        "assessmentbody.rechecks_drawn": _("抽取复核"),
        "assessor.registered": _("登记评估人员"),
        "assessor.account_linked": _("关联登录账号"),
        "assessor.interest_declared": _("登记利害关系"),
        "assessor.suspended": QUALIFICATION_FLOW.labels["suspend"],
        "assessor.reinstated": QUALIFICATION_FLOW.labels["reinstate"],
        "assessor.renewed": _("更新资格有效期"),
        "assessment.assigned": _("分派评估"),
        "assessment.kept": _("保存评估草稿"),
        "assessment.signed": ASSESSMENT_FLOW.labels["sign_first"],
        "assessment.returned": ASSESSMENT_FLOW.labels["return"],
        "assessment.discarded": ASSESSMENT_FLOW.labels["discard"],
        "assessment.entered": _("补录评估结果"),
        "assessment.entry_undone": ASSESSMENT_FLOW.labels["undo_entry"],
        "assessment.items_read": _("查看评估内容"),
        "assessment.level_read": _("查看评估等级"),
        "assessment.grounds_read": _("查看异议理由"),
        "assessment.recognised_read": _("查看互认结论"),
        "assessment.objected": _("提出异议"),
        "review.assigned": REVIEW_FLOW.labels["assign"],
        "review.decided": _("作出复核决定"),
        "review.withdrawn": REVIEW_FLOW.labels["withdraw"],
        "crosswalk.added": _("登记等级对照"),
        "recognition.made": _("认定互认结论"),
    },
    {
        "filled": _("已填项数"),
        "until": _("有效期至"),
        "drawn": _("抽中份数"),
        "percent": _("抽查比例（%）"),
        "outcome": _("复核决定"),
        "purpose": _("用途"),
        "kind": _("类别"),
        "kept": _("维持原结果"),
        "replaced": _("以复核结果为准"),
        **{str(choice.value): choice.label for choice in [*InterestKind, *Purpose]},
    },
)


def _reason_label(beside, code: str) -> str:
    """What a reason is called on the scale beside it."""
    used = scale(str(beside["scale_code"]), str(beside["edition"]))
    return {each.code: str(each.label) for each in used.reasons}.get(code, code)


tell_codes("assessments.assessment", "reason", _reason_label)


class RoomAdmin(ScopedAdmin):
    """As every scoped admin, for officers, auditors and the assessors; ciphertext stands on no page."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})

    def get_object(self, request: HttpRequest, object_id, from_field=None):
        """The row, with whether its resident's own page is open to whoever looks: to assessors it is not."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.leads_to_resident = self.admin_site._registry[Resident].has_view_permission(request)
        return row

    def history_view(self, request: HttpRequest, object_id, extra_context=None) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        if hasattr(response, "context_data"):
            states = response.context_data["states"]
            response.context_data["states"] = [without(state, *CIPHERS) for state in states]
        return response

    @admin.display(description=_("老年人"))
    def called(self, row) -> str:
        """Her number and her name behind its mask; on the page of a row with the way to hers."""
        return self.leading(row, row.resident)

    def leading(self, row, resident: Resident) -> str:
        named = who(resident, self.get_empty_value_display())
        if not getattr(row, "leads_to_resident", False):
            return named
        address = reverse("admin:registry_resident_change", args=[resident.pk])
        return format_html('<a href="{}">{}</a>', address, named)


def who(resident: Resident, empty: str) -> str:
    if not resident.name:
        return f"{resident.number} {empty}"
    return format_html('{} <span translate="no">{}</span>', resident.number, mask_name(resident.name))


def without(state: State, *names: Label) -> State:
    """The state without what is called so, in whichever language it is read."""
    hidden = {str(name) for name in names}
    return replace(state, changes=[change for change in state.changes if str(change.name) not in hidden])
