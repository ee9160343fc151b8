"""The staff's view of schemes, lists and bases: rows in reach, changed by verb."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from providers.designation import forms, policy, services
from providers.designation.models import Base, Batch, ReportedCount, Scheme
from providers.designation.states import BASE_FLOW
from providers.facilities.forms import ReasonForm
from sojourn.core.actors import Actor, Role
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "scheme.registered": _("登记评定方案"),
        "batch.announced": _("登记公布名单"),
        "base.designated": _("认定示范基地"),
        "base.withdrawn": BASE_FLOW.labels["withdraw"],
        "base.expired": BASE_FLOW.labels["expire"],
        "count.reported": _("登记报告数"),
    },
    {
        "facility": _("养老机构"),
        "scheme": _("评定方案"),
        "edition": _("版本"),
        "ordinal": _("批次"),
        "bases": _("示范基地数"),
    },
)


def _is_provincial_officer(actor: Actor, _row) -> bool:
    """An officer whose reach is a whole province: two digits of the division code, or none."""
    return actor.role == Role.OFFICER and any(len(prefix) <= 2 for prefix in actor.divisions)


def _may_withdraw(actor: Actor, base: Base) -> bool:
    return base.status in BASE_FLOW.sources("withdraw") and policy.can_designate(actor, base.owner)


def _may_expire(actor: Actor, base: Base) -> bool:
    live = base.status in BASE_FLOW.sources("expire") and base.valid_to is not None
    return live and policy.can_designate(actor, base.owner)


@admin.register(Scheme)
class SchemeAdmin(ScopedAdmin):
    list_display = ["name", "edition", "member", "issued_on"]
    list_filter = ["member"]
    list_select_related = ["member"]
    search_fields = ["name"]
    ordering = ["member", "-id"]
    verbs = (
        Verb(
            name="register",
            label=_("登记评定方案"),
            service=services.register_scheme,
            allowed=_is_provincial_officer,
            done=_("评定方案已登记。"),
            form=forms.RegisterSchemeForm,
            arguments=forms.RegisterSchemeForm.arguments,
        ),
    )


@admin.register(Batch)
class BatchAdmin(ScopedAdmin):
    list_display = ["scheme", "ordinal", "member", "announced_on", "plaques_on", "announced_by"]
    list_select_related = ["scheme", "member"]
    search_fields = ["scheme__name", "announced_by"]
    ordering = ["-announced_on", "-id"]
    verbs = (
        Verb(
            name="announce",
            label=_("登记公布名单"),
            service=services.announce_batch,
            allowed=_is_provincial_officer,
            done=_("公布名单已登记。"),
            form=forms.AnnounceBatchForm,
            arguments=forms.AnnounceBatchForm.arguments,
        ),
    )


@admin.register(Base)
class BaseAdmin(ScopedAdmin):
    list_display = ["listed_name", "number", "batch", "listed_number", "designated_on", "valid_to", "status"]
    list_filter = ["status"]
    list_select_related = ["batch__scheme"]
    search_fields = ["listed_name", "=number", "=plaque_number"]
    ordering = ["batch", "listed_number"]
    verbs = (
        Verb(
            name="designate",
            label=_("认定示范基地"),
            service=services.designate_base,
            allowed=_is_provincial_officer,
            done=_("已认定示范基地。"),
            form=forms.DesignateBaseForm,
            arguments=forms.DesignateBaseForm.arguments,
        ),
        Verb(
            name="withdraw",
            label=BASE_FLOW.labels["withdraw"],
            service=services.withdraw_base,
            ends=True,
            allowed=_may_withdraw,
            done=_("认定已撤销。"),
            form=ReasonForm,
            id_argument="base_id",
        ),
        Verb(
            name="expire",
            label=BASE_FLOW.labels["expire"],
            service=services.expire_base,
            ends=True,
            allowed=_may_expire,
            done=_("认定已作到期处理。"),
            id_argument="base_id",
        ),
    )


@admin.register(ReportedCount)
class ReportedCountAdmin(ScopedAdmin):
    list_display = ["member", "period", "bases", "reported_on", "source"]
    list_select_related = ["member"]
    search_fields = ["source", "note"]
    ordering = ["member", "period"]
