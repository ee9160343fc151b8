"""Whom members of other nodes hand out to this one's: masked facts, the last day, accepted or refused."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from residents.consents import services
from residents.consents.admin.between import masked_lines
from residents.consents.models import Arrival
from residents.consents.states import ARRIVAL_FLOW, ArrivalStatus
from residents.registry import forms
from residents.registry.policy import can_register
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Actor, Role
from sojourn.core.clock import local
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {f"arrival.{each.value}": each.label for each in ArrivalStatus},
    {"member": _("对方省份")},
)

A_DAY = timedelta(days=1)


def _while_open_to(verb: str) -> Callable:
    def allowed(actor: Actor, row: Arrival) -> bool:
        return row.status in ARRIVAL_FLOW.sources(verb) and can_register(actor, row.place)

    return allowed


@admin.register(Arrival)
class ArrivalAdmin(ScopedAdmin):
    """Who is to be at home here; until the old home moved her out she is registered by nobody here."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    list_display = ["resident_number", "old_home", "new_home", "last_day", "status", "is_sample"]
    list_filter = ["status"]
    search_fields = ["=resident_number"]
    search_help_text = _("原编号")
    ordering = ["-changed_at", "-id"]
    fields = [
        "resident_number",
        "old_home",
        "new_home",
        "last_day",
        "status",
        "facts",
        "hindrance",
        "decided_at",
        "opinion",
        "registration",
        "is_sample",
    ]
    readonly_fields = ["old_home", "new_home", "last_day", "facts", "hindrance", "registration"]
    verbs = (
        Verb(
            name="accept",
            label=ARRIVAL_FLOW.labels["accept"],
            service=services.accept_arrival,
            allowed=_while_open_to("accept"),
            done=_("已同意接收。原户籍地移出后，这里自动登记。"),
            id_argument="arrival_id",
            help_text=_("请先核对户口簿。原户籍地移出之前仍由对方管理；移出后按所附信息登记，另行编号。"),
        ),
        Verb(
            name="refuse",
            label=ARRIVAL_FLOW.labels["refuse"],
            service=services.refuse_arrival,
            ends=True,
            allowed=_while_open_to("refuse"),
            done=_("已决定不同意接收，理由会告知原户籍地。"),
            form=forms.ReasonForm,
            id_argument="arrival_id",
        ),
    )

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).told()

    @admin.display(description=_("原户籍省份"))
    def old_home(self, row: Arrival) -> str:
        return row.told_home  # type: ignore[attr-defined]

    @admin.display(description=_("迁入地"))
    def new_home(self, row: Arrival) -> str:
        return names_of([row.place])[row.place] if row.place else self.get_empty_value_display()

    @admin.display(description=_("办理期限"))
    def last_day(self, row: Arrival) -> str:
        """The last day on which she can be accepted; none where what came was withdrawn."""
        until = row.told_until  # type: ignore[attr-defined]
        return f"{local(until) - A_DAY:%Y-%m-%d}" if until else self.get_empty_value_display()

    @admin.display(description=_("随迁信息"))
    def facts(self, row: Arrival) -> str:
        extract = services.came_with(row)
        return masked_lines(extract) if extract is not None else self.get_empty_value_display()

    @admin.display(description=_("不能登记的原因"))
    def hindrance(self, row: Arrival) -> str:
        refusal = services.hindrance_of(row)
        return str(refusal) if refusal is not None else self.get_empty_value_display()

    @admin.display(description=_("本省登记"))
    def registration(self, row: Arrival) -> str:
        number = row.told_number  # type: ignore[attr-defined]
        if not number:
            return self.get_empty_value_display()
        address = reverse("admin:registry_resident_change", args=[row.resident])
        return format_html('<a href="{}" translate="no">{}</a>', address, number)
