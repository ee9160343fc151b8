"""What an officer lent, and what was lent to her."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sojourn.desk import forms, policy, services
from sojourn.desk.admin.desk import DeskAdmin
from sojourn.desk.models import Delegation
from sojourn.web.verbs import Verb


@admin.register(Delegation)
class DelegationAdmin(DeskAdmin):
    list_display = ["giver", "receiver", "kind_name", "valid_from", "valid_to", "ended_at"]
    list_display_links = ["giver", "receiver"]
    list_select_related = ["giver", "receiver"]
    ordering = ["-valid_to", "-id"]
    fields = ["lent_by", "lent_to", "kind_name", "valid_from", "valid_to", "reason", "given_at", "ended_at"]
    readonly_fields = ["lent_by", "lent_to", "kind_name"]
    verbs = (
        Verb(
            name="delegate",
            label=_("委托复核"),
            service=services.delegate,
            allowed=lambda actor, _row: policy.can_delegate(actor),
            form=forms.DelegateForm,
            arguments=forms.DelegateForm.arguments,
            help_text=_("受托人在期限内代您复核；您自己提出的事项，受托人不能代为复核。"),
            done=_("委托已生效。"),
        ),
        Verb(
            name="end",
            label=_("终止委托"),
            service=services.end_delegation,
            ends=True,
            allowed=policy.can_end,
            id_argument="delegation_id",
            done=_("委托已终止。"),
        ),
    )

    @admin.display(description=_("委托人"))
    def lent_by(self, delegation: Delegation) -> str:
        return self.said(delegation.giver)

    @admin.display(description=_("受托人"))
    def lent_to(self, delegation: Delegation) -> str:
        return self.said(delegation.receiver)

    @admin.display(description=_("复核类别"), ordering="kind")
    def kind_name(self, delegation: Delegation) -> str:
        return str(delegation.kind_label)
