"""The staff's lists of what happens to registrations: holds and whatever waits for a decision."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from residents.registry import life_forms, policy, services
from residents.registry.life import LegalHold
from sojourn.core.actors import Actor, Role
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions
from sojourn.web.verbs import Verb

name_actions(
    {
        "resident.held": _("设定依法留存"),
        "resident.released": _("解除依法留存"),
        "resident.erased_again": _("恢复备份后再次删除"),
    },
    {"ground": _("依据"), "case": _("事由编号")},
)


class OfResidentAdmin(ScopedAdmin):
    """Rows about one resident each, who is named by her number alone."""

    open_to = frozenset({Role.OFFICER, Role.AUDITOR})
    search_fields = ["=resident__number"]
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
            allowed=_may_lift,
            done=_("已解除依法留存。"),
            form=life_forms.ReasonForm,
            id_argument="hold_id",
        ),
    )
