"""Bodies and assessors: registered, renewed, suspended, and how far their results agree with those of others."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from residents.assessments import forms, policy, services
from residents.assessments.admin.wording import RoomAdmin
from residents.assessments.models import AssessmentBody, Assessor, RecheckDraw
from residents.assessments.states import QUALIFICATION_FLOW, InterestKind
from sojourn.core.actors import Actor, Role
from sojourn.web.verbs import Verb


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER and bool(actor.divisions)


def _keeps(actor: Actor, row: AssessmentBody) -> bool:
    return policy.can_keep(actor, row)


def _keeps_her(actor: Actor, row: Assessor) -> bool:
    return policy.can_keep(actor, row.body)


def _may_declare(actor: Actor, row: Assessor) -> bool:
    return _keeps_her(actor, row) or (actor.second_factor and actor.user_id == row.user_id is not None)


def _may(verb: str, permitted):
    return lambda actor, row: row.status in QUALIFICATION_FLOW.sources(verb) and permitted(actor, row)


@admin.register(AssessmentBody)
class AssessmentBodyAdmin(RoomAdmin):
    list_display = ["name", "number", "division", "status", "qualified_until", "agreement", "is_sample"]
    list_filter = ["status", "is_sample"]
    list_select_related = ["division"]
    search_fields = ["name", "=number", "=credit_code"]
    search_help_text = _("名称、编号或统一社会信用代码")
    has_own_rows = True
    ordering = ["number"]
    fields = [
        "name",
        "number",
        "credit_code",
        "division",
        "status",
        "suspended_for",
        "qualified_from",
        "qualified_until",
        "agreement",
        "is_sample",
    ]
    readonly_fields = ["agreement"]
    verbs = (
        Verb(
            name="register",
            label=_("登记评估机构"),
            service=services.register_body,
            allowed=_is_officer,
            done=_("已登记评估机构。"),
            form=forms.RegisterBodyForm,
            arguments=forms.RegisterBodyForm.arguments,
        ),
        Verb(
            name="register-assessor",
            label=_("登记评估人员"),
            service=services.register_assessor,
            allowed=_keeps,
            done=_("已登记评估人员。"),
            form=forms.RegisterAssessorForm,
            id_argument="body_id",
            arguments=forms.RegisterAssessorForm.arguments,
        ),
        Verb(
            name="draw",
            label=_("抽取复核"),
            service=services.draw_rechecks,
            allowed=_keeps,
            done=_("已随机抽取，抽中的评估已列入待办。"),
            form=forms.DrawForm,
            id_argument="body_id",
            help_text=_(
                "每期结束后系统自动抽取；这里可以提前抽取或抽取更早的期间，每份评估只进入一次抽取。"
                "按规则比例随机抽取；随机种子和抽取范围会记录下来，任何人可以重算。"
            ),
        ),
        Verb(
            name="renew",
            label=_("更新资格有效期"),
            service=services.renew_body,
            allowed=_keeps,
            done=_("资格有效期已更新。"),
            form=forms.RenewForm,
            id_argument="body_id",
            initial=lambda row: {"qualified_until": row.qualified_until},
        ),
        Verb(
            name="suspend",
            label=QUALIFICATION_FLOW.labels["suspend"],
            service=services.suspend_body,
            ends=True,
            allowed=_may("suspend", _keeps),
            done=_("资格已暂停。"),
            form=forms.ReasonForm,
            id_argument="body_id",
        ),
        Verb(
            name="reinstate",
            label=QUALIFICATION_FLOW.labels["reinstate"],
            service=services.reinstate_body,
            allowed=_may("reinstate", _keeps),
            done=_("资格已恢复。"),
            id_argument="body_id",
        ),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).with_agreement()

    @admin.display(description=_("抽查一致"))
    def agreement(self, body: AssessmentBody) -> str:
        """In how many settled re-checks others came to the same level."""
        if not body.rechecked:  # type: ignore[attr-defined]
            return gettext("还没有抽查结果")
        same, settled = body.agreeing, body.rechecked  # type: ignore[attr-defined]
        return gettext("{same} / {settled}（{percent}%）").format(
            same=same, settled=settled, percent=round(100 * same / settled)
        )


@admin.register(Assessor)
class AssessorAdmin(RoomAdmin):
    list_display = ["name", "number", "body", "background", "status", "qualified_until", "has_account"]
    list_filter = ["status", "background", "is_sample"]
    list_select_related = ["body"]
    search_fields = ["name", "=number"]
    search_help_text = _("姓名或编号")
    has_own_rows = True
    ordering = ["number"]
    fields = [
        "name",
        "number",
        "body",
        "background",
        "certificate",
        "status",
        "suspended_for",
        "qualified_from",
        "qualified_until",
        "has_account",
        "ties",
        "is_sample",
    ]
    readonly_fields = ["has_account", "ties"]
    verbs = (
        Verb(
            name="link-account",
            label=_("关联登录账号"),
            service=services.link_account,
            allowed=_keeps_her,
            done=_("账号已关联。"),
            form=forms.LinkAccountForm,
            id_argument="assessor_id",
        ),
        Verb(
            name="declare-interest",
            label=_("登记利害关系"),
            service=services.declare_interest,
            allowed=_may_declare,
            done=_("利害关系已登记。"),
            form=forms.InterestForm,
            id_argument="assessor_id",
            arguments=forms.InterestForm.arguments,
        ),
        Verb(
            name="renew",
            label=_("更新资格有效期"),
            service=services.renew_assessor,
            allowed=_keeps_her,
            done=_("资格有效期已更新。"),
            form=forms.RenewForm,
            id_argument="assessor_id",
            initial=lambda row: {"qualified_until": row.qualified_until},
        ),
        Verb(
            name="suspend",
            label=QUALIFICATION_FLOW.labels["suspend"],
            service=services.suspend_assessor,
            ends=True,
            allowed=_may("suspend", _keeps_her),
            done=_("资格已暂停。"),
            form=forms.ReasonForm,
            id_argument="assessor_id",
        ),
        Verb(
            name="reinstate",
            label=QUALIFICATION_FLOW.labels["reinstate"],
            service=services.reinstate_assessor,
            allowed=_may("reinstate", _keeps_her),
            done=_("资格已恢复。"),
            id_argument="assessor_id",
        ),
    )

    @admin.display(description=_("已关联账号"), boolean=True)
    def has_account(self, assessor: Assessor) -> bool:
        return assessor.user_id is not None

    @admin.display(description=_("利害关系"))
    def ties(self, assessor: Assessor) -> str:
        """To which facilities, and that there is one to a resident: never to whom."""
        rows = assessor.interests.select_related("facility").order_by("pk")
        said = [
            f"{InterestKind(row.kind).label}：{row.facility}"
            if row.facility
            else str(InterestKind(row.kind).label)
            for row in rows
        ]
        return "；".join(said) or self.get_empty_value_display()


@admin.register(RecheckDraw)
class RecheckDrawAdmin(RoomAdmin):
    list_display = ["body", "first_day", "last_day", "percent", "population", "drawn", "drawn_at"]
    list_select_related = ["body"]
    ordering = ["-id"]
