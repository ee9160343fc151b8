"""The staff's view of operators and facilities: rows in reach, changed by verb."""

from collections.abc import Callable

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from providers.facilities import features, forms, policy, services
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.states import FACILITY_FLOW
from sojourn.core.actors import Actor, Role
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "operator.registered": _("登记运营主体"),
        "operator.standing_set": _("设定监管状态"),
        "facility.registered": _("登记养老机构"),
        "facility.amended": _("更正公开信息"),
        "facility.beds_reported": _("申报床位"),
        "facility.prices_reported": _("申报价格"),
        "facility.features_reported": _("申报设施项目"),
        "facility.grade_reported": _("登记机构等级"),
        "facility.opened": FACILITY_FLOW.labels["open_to_sojourners"],
        "facility.paused": FACILITY_FLOW.labels["pause"],
        "facility.closed": FACILITY_FLOW.labels["close"],
        "facility.standing_set": _("设定监管状态"),
    },
    {
        "as_of": _("数据日期"),
        "reported_by": _("申报方"),
        **{feature.code: feature.label for feature in features.CATALOGUE},
        **features.LANGUAGES,
        **features.DIETS,
    },
)


def _is_officer(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER


def _now_possible(verb: str, permitted: Callable) -> Callable:
    """The button shows to whom the policy permits the verb, in the states from which the flow has it."""
    return lambda actor, row: row.status in FACILITY_FLOW.sources(verb) and permitted(actor, row)


@admin.register(Operator)
class OperatorAdmin(ScopedAdmin):
    list_display = ["name", "number", "credit_code", "registration_type", "division", "standing", "is_sample"]
    list_filter = ["registration_type", "standing", "is_sample"]
    list_select_related = ["division"]
    search_fields = ["name", "=credit_code", "=number"]
    ordering = ["sort_key", "id"]
    verbs = (
        Verb(
            name="register",
            label=_("登记运营主体"),
            service=services.register_operator,
            allowed=_is_officer,
            done=_("已登记运营主体。"),
            form=forms.RegisterOperatorForm,
            arguments=forms.RegisterOperatorForm.arguments,
        ),
    )


class FeatureReportInline(admin.TabularInline):
    """The answers a facility gave, to read; a verb reports them."""

    model = FeatureReport
    fields = ["item", "answer", "as_of", "reported_by"]
    readonly_fields = ["item"]
    extra = 0
    can_delete = False

    @admin.display(description=_("项目"))
    def item(self, report: FeatureReport) -> str:
        feature = features.BY_CODE.get(report.feature)
        return str(feature.label) if feature else report.feature

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Facility)
class FacilityAdmin(ScopedAdmin):
    list_display = [
        "listed_name",
        "number",
        "division",
        "kind",
        "status",
        "operating_beds",
        "standing",
        "is_sample",
    ]
    list_filter = ["status", "kind", "filing_state", "medical_care", "standing", "is_sample"]
    list_select_related = ["division"]
    search_fields = ["listed_name", "=number"]
    ordering = ["sort_key", "id"]
    fieldsets = [
        (None, {"fields": ["listed_name", "number", "operator", "kind", "status", "standing", "is_sample"]}),
        (
            _("机构与备案"),
            {
                "fields": [
                    "division",
                    "address",
                    "lng",
                    "lat",
                    "place_precision",
                    "telephone",
                    "telephone_hours",
                    "filing_state",
                    "filing_number",
                ]
            },
        ),
        (_("床位"), {"fields": ["filed_beds", "operating_beds", "nursing_beds", "beds_as_of"]}),
        (_("机构等级"), {"fields": ["grade", "graded_on", "graded_until"]}),
        (_("接收哪些老年人"), {"fields": ["levels_taken", "shortest_stay_nights"]}),
        (
            _("就医与医保"),
            {"fields": ["medical_care", "contracted_hospital", "hospital_km", "medical_as_of"]},
        ),
        (_("语言与膳食"), {"fields": ["languages", "diets"]}),
        (
            _("每月费用"),
            {"fields": ["bed_fee_fen", "care_fee_fen", "meal_fee_fen", "deposit_fen", "prices_as_of"]},
        ),
    ]
    inlines = [FeatureReportInline]
    verbs = (
        Verb(
            name="register",
            label=_("登记养老机构"),
            service=services.register_facility,
            allowed=_is_officer,
            done=_("已登记养老机构。"),
            form=forms.RegisterFacilityForm,
            arguments=forms.RegisterFacilityForm.arguments,
        ),
        Verb(
            name="amend",
            label=_("更正公开信息"),
            service=services.amend_facility,
            allowed=policy.can_report,
            done=_("公开信息已更正。"),
            form=forms.AmendFacilityForm,
            id_argument="facility_id",
            arguments=forms.AmendFacilityForm.arguments,
            initial=forms.AmendFacilityForm.initial_for,
        ),
        Verb(
            name="report-beds",
            label=_("申报床位"),
            service=services.report_beds,
            allowed=policy.can_report,
            done=_("床位已申报。"),
            form=forms.ReportBedsForm,
            id_argument="facility_id",
            arguments=forms.ReportBedsForm.arguments,
            initial=forms.ReportBedsForm.initial_for,
        ),
        Verb(
            name="report-prices",
            label=_("申报价格"),
            service=services.report_prices,
            allowed=policy.can_report,
            done=_("价格已申报。"),
            form=forms.ReportPricesForm,
            id_argument="facility_id",
            arguments=forms.ReportPricesForm.arguments,
            initial=forms.ReportPricesForm.initial_for,
        ),
        Verb(
            name="report-features",
            label=_("申报设施项目"),
            service=services.report_features,
            allowed=policy.can_report,
            done=_("设施项目已申报。"),
            form=forms.ReportFeaturesForm,
            id_argument="facility_id",
            arguments=forms.ReportFeaturesForm.arguments,
        ),
        Verb(
            name="report-grade",
            label=_("登记机构等级"),
            service=services.report_grade,
            allowed=policy.can_decide,
            done=_("机构等级已登记。"),
            form=forms.ReportGradeForm,
            id_argument="facility_id",
            arguments=forms.ReportGradeForm.arguments,
            initial=forms.ReportGradeForm.initial_for,
        ),
        Verb(
            name="open",
            label=FACILITY_FLOW.labels["open_to_sojourners"],
            service=services.open_facility_to_sojourners,
            allowed=_now_possible("open_to_sojourners", policy.can_open_to_sojourners),
            done=_("机构已开放旅居接待。"),
            id_argument="facility_id",
        ),
        Verb(
            name="pause",
            label=FACILITY_FLOW.labels["pause"],
            service=services.pause_facility,
            ends=True,
            allowed=_now_possible("pause", policy.can_report),
            done=_("机构已暂停旅居接待。"),
            form=forms.ReasonForm,
            id_argument="facility_id",
        ),
        Verb(
            name="close",
            label=FACILITY_FLOW.labels["close"],
            service=services.close_facility,
            ends=True,
            allowed=_now_possible("close", policy.can_decide),
            done=_("机构已关闭。"),
            form=forms.ReasonForm,
            id_argument="facility_id",
        ),
    )
