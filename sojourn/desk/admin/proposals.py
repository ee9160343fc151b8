"""Every proposal in reach, her own or lent, and its two answers."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import reach_of
from sojourn.desk import decisions, forms, policy, services
from sojourn.desk.admin.desk import DeskAdmin, link_to
from sojourn.desk.models import Proposal
from sojourn.desk.services.deciding import authorities_of
from sojourn.desk.states import PROPOSAL_FLOW
from sojourn.web.access import actor_of
from sojourn.web.past import reach_names
from sojourn.web.verbs import Verb


class ProposalKindFilter(admin.SimpleListFilter):
    title = _("复核类别")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(kind.code, kind.label) for kind in decisions.registered()]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Proposal)
class ProposalAdmin(DeskAdmin):
    flow = PROPOSAL_FLOW
    list_display = ["title", "kind_name", "status", "maker", "proposed_at", "expires_at", "decider"]
    list_filter = ["status", ProposalKindFilter]
    list_select_related = ["proposed_by", "decided_by"]
    search_fields = ["title", "=subject_id"]
    search_help_text = _("事项名称或对象标识")
    ordering = ["-proposed_at", "-id"]
    fields = [
        "subject",
        "kind_name",
        "where",
        "status",
        "facts",
        "reason",
        "maker",
        "proposed_at",
        "expires_at",
        "decider",
        "decider_for",
        "decided_at",
        "opinion",
    ]
    readonly_fields = ["subject", "kind_name", "where", "maker", "decider", "decider_for"]
    verbs = (
        Verb(
            name="approve",
            label=PROPOSAL_FLOW.labels["approve"],
            service=services.approve,
            allowed=services.may_approve,
            form=forms.ApproveForm,
            id_argument="proposal_id",
            help_text=_("同意后立即按提议内容执行。"),
            done=_("已同意并执行。"),
        ),
        Verb(
            name="refuse",
            label=PROPOSAL_FLOW.labels["refuse"],
            service=services.refuse,
            ends=True,
            allowed=services.may_approve,
            form=forms.RefuseForm,
            id_argument="proposal_id",
            done=_("已记录不同意，未作任何变更。"),
        ),
        Verb(
            name="withdraw",
            label=PROPOSAL_FLOW.labels["withdraw"],
            service=services.withdraw,
            ends=True,
            allowed=policy.can_withdraw,
            id_argument="proposal_id",
            done=_("提议已收回。"),
        ),
    )

    def get_queryset(self, request: HttpRequest):
        """Those of her reach, and of the reach of whoever delegated to her."""
        rows = admin.ModelAdmin.get_queryset(self, request)
        reach = {prefix for one in authorities_of(actor_of(request)) for prefix in one.actor.divisions}
        return rows.in_reach_of(tuple(sorted(reach)))  # type: ignore[attr-defined]

    @admin.display(description=_("对象"))
    def subject(self, proposal: Proposal) -> str:
        return link_to(proposal.address, proposal.title)

    @admin.display(description=_("复核类别"), ordering="kind")
    def kind_name(self, proposal: Proposal) -> str:
        return str(proposal.kind_label)

    @admin.display(description=_("提出人"))
    def maker(self, proposal: Proposal) -> str:
        return self.said(proposal.proposed_by)

    @admin.display(description=_("复核人"))
    def decider(self, proposal: Proposal) -> str:
        return self.said(proposal.decided_by)

    @admin.display(description=_("受谁委托"))
    def decider_for(self, proposal: Proposal) -> str:
        return self.said(proposal.decided_for)

    @admin.display(description=_("办理单位"), ordering="division_code")
    def where(self, proposal: Proposal) -> str:
        reach = reach_of(proposal.division_code)
        return reach_names([reach])[reach]
