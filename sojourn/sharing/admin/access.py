"""Applications for facts that are shared on conditions, and the grants that came of them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Actor, Role
from sojourn.sharing import policy
from sojourn.sharing.admin.forms import ApplyForm, GrantForm, RefuseForm, WhyForm
from sojourn.sharing.admin.headed import HeadedAdmin
from sojourn.sharing.models import DataApplication, Grant
from sojourn.sharing.overview import member_names
from sojourn.sharing.services import granting
from sojourn.sharing.states import APPLICATION_FLOW, GRANT_FLOW
from sojourn.sharing.wording import resource_in_words
from sojourn.web.verbs import Verb


def _may_apply(actor: Actor, _row) -> bool:
    return actor.role == Role.OFFICER and policy.reaches_a_province(actor)


def _may_decide(actor: Actor, application: DataApplication) -> bool:
    undecided = application.status in APPLICATION_FLOW.sources("grant")
    second = actor.user_id != application.submitted_by
    return undecided and second and policy.can_decide_on_access(actor, application.owner)


def _may_revoke(actor: Actor, grant: Grant) -> bool:
    live = grant.status in GRANT_FLOW.sources("revoke")
    return live and policy.can_decide_on_access(actor, grant.owner)


class WantedAdmin(HeadedAdmin):
    """Rows that say whose facts of which resource, in words."""

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        names = member_names()
        for row in changelist.result_list:
            row.names = names
        return changelist

    @staticmethod
    def named(row, code: str) -> str:
        names = getattr(row, "names", None)
        return (member_names() if names is None else names).get(code, code)

    @admin.display(description=_("归属省份"), ordering="owner")
    def owner_name(self, row) -> str:
        return self.named(row, row.owner)

    @admin.display(description=_("数据资源"), ordering="resource")
    def what(self, row) -> str:
        return resource_in_words(row.resource)


@admin.register(DataApplication)
class DataApplicationAdmin(WantedAdmin):
    list_display = ["what", "applicant_name", "owner_name", "purpose", "status", "due_on", "submitted_at"]
    list_filter = ["status", "purpose"]
    ordering = ["-submitted_at", "-id"]
    fields = [
        "what",
        "applicant_name",
        "owner_name",
        "purpose",
        "fields",
        "ground",
        "reason",
        "expires_on",
        "status",
        "submitted_at",
        "due_on",
        "decided_at",
        "note",
    ]
    readonly_fields = ["what", "applicant_name", "owner_name"]
    verbs = (
        Verb(
            name="apply",
            label=_("登记数据申请"),
            service=granting.apply_for_data,
            allowed=_may_apply,
            form=ApplyForm,
            arguments=ApplyForm.arguments,
            done=_("已登记，等归属省份在期限内答复。"),
        ),
        Verb(
            name="grant",
            label=APPLICATION_FLOW.labels["grant"],
            service=granting.grant_application,
            allowed=_may_decide,
            form=GrantForm,
            id_argument="application_id",
            help_text=_("自今日起至申请的期限为止；每次取数据都再核对，可随时撤销。"),
            done=_("已同意提供，授权即时生效。"),
        ),
        Verb(
            name="refuse",
            label=APPLICATION_FLOW.labels["refuse"],
            service=granting.refuse_application,
            ends=True,
            allowed=_may_decide,
            form=RefuseForm,
            id_argument="application_id",
            done=_("已答复不予提供。"),
        ),
    )

    def heading(self, row) -> str:
        return f"{self.applicant_name(row)} → {self.owner_name(row)} · {self.what(row)}"

    @admin.display(description=_("申请省份"), ordering="applicant")
    def applicant_name(self, application: DataApplication) -> str:
        return self.named(application, application.applicant)


@admin.register(Grant)
class GrantAdmin(WantedAdmin):
    list_display = ["what", "owner_name", "to_name", "purpose", "status", "valid_from", "valid_to"]
    list_filter = ["status", "purpose"]
    ordering = ["-granted_at", "-id"]
    fields = [
        "what",
        "owner_name",
        "to_name",
        "purpose",
        "fields",
        "ground",
        "status",
        "valid_from",
        "valid_to",
        "granted_at",
        "ended_at",
        "end_reason",
    ]
    readonly_fields = ["what", "owner_name", "to_name"]
    verbs = (
        Verb(
            name="revoke",
            label=GRANT_FLOW.labels["revoke"],
            service=granting.revoke_grant,
            ends=True,
            allowed=_may_revoke,
            form=WhyForm,
            id_argument="grant_id",
            done=_("已撤销，下一次请求起不再提供。"),
        ),
    )

    def heading(self, row) -> str:
        return f"{self.owner_name(row)} · {self.what(row)} → {self.to_name(row)}"

    @admin.display(description=_("使用省份"), ordering="to")
    def to_name(self, grant: Grant) -> str:
        return self.named(grant, grant.to)
