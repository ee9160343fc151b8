"""What the desk's admins share: the way back to where a button stood, and what the trail calls their verbs."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from sojourn.core.flow import Flow
from sojourn.desk import decisions, queues
from sojourn.desk.states import ITEM_FLOW, PROPOSAL_FLOW
from sojourn.web.admin import ScopedAdmin
from sojourn.web.choices import own_address
from sojourn.web.past import Label, kind_label, name_actions, tell_codes

name_actions(
    {
        "workitem.opened": _("收到待办事项"),
        "workitem.taken": ITEM_FLOW.labels["take"],
        "workitem.released": ITEM_FLOW.labels["release"],
        "workitem.handed_over": ITEM_FLOW.labels["hand_over"],
        "workitem.moved": _("转到另一办理单位"),
        "workitem.closed": ITEM_FLOW.labels["close"],
        "workitem.reopened": ITEM_FLOW.labels["reopen"],
        "workitem.escalated": _("逾期上报"),
        "workitem.due_settled": _("重新计算截止日期"),
        "proposal.made": _("提出复核事项"),
        "proposal.approved": PROPOSAL_FLOW.labels["approve"],
        "proposal.refused": PROPOSAL_FLOW.labels["refuse"],
        "proposal.withdrawn": PROPOSAL_FLOW.labels["withdraw"],
        "proposal.lapsed": PROPOSAL_FLOW.labels["lapse"],
        "delegation.given": _("委托复核"),
        "delegation.ended": _("终止委托"),
    }
)
tell_codes("desk.workitem", "queue", lambda _beside, code: queues.label_of(code))
tell_codes(
    "desk.workitem", "outcome", lambda beside, code: queues.outcome_of(str(beside.get("queue", "")), code)
)
for _model in ("desk.proposal", "desk.delegation"):
    tell_codes(_model, "kind", lambda _beside, code: decisions.label_of(code))
for _model in ("desk.workitem", "desk.proposal"):
    tell_codes(_model, "subject_kind", lambda _beside, code: kind_label(code))


def address_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def back_to(request: HttpRequest) -> str:
    """The query that leads an officer back to where she pressed a button."""
    return urlencode({"next": request.get_full_path()})


def link_to(address: str, label: Label) -> str:
    return format_html('<a href="{}">{}</a>', address, label) if address else str(label)


class DeskAdmin(ScopedAdmin):
    """As every scoped admin; after a verb it leads back to the page on which the button stood.

    Only verbs that follow from a row's status are offered. One that came too late reads what its
    service says: that a colleague was faster, and not that she may not.
    """

    flow: Flow | None = None

    def verbs_for(self, request: HttpRequest, row=None) -> list[dict]:
        offered = super().verbs_for(request, row)
        if row is None or self.flow is None:
            return offered
        follow = {str(self.flow.labels[verb]) for verb in self.flow.verbs_from(row.status)}
        return [verb for verb in offered if str(verb["label"]) in follow]

    def _after(self, request: HttpRequest, answer, row) -> str:
        wanted = request.GET.get("next", "")
        if wanted and own_address(request, wanted) == wanted:
            return wanted
        return super()._after(request, answer, row)

    def said(self, value: object) -> str:
        """A value in words, or the dash that stands where there is none; people without a link to their account."""
        return str(value or self.get_empty_value_display())

    def buttons_for(self, request: HttpRequest, row) -> list[dict]:
        """The verbs of a row with where each leads back to; ``at_once`` where nothing is to be filled in."""
        plain = {str(verb.label) for verb in self.verbs if not verb.form.base_fields}
        return [
            {
                "label": verb["label"],
                "url": f"{verb['url']}?{back_to(request)}",
                "at_once": str(verb["label"]) in plain,
            }
            for verb in self.verbs_for(request, row)
        ]
