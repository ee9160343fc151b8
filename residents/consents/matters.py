"""What this room brings to the desk: its decisions that take two people."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from sojourn.desk import decisions
from sojourn.desk.decisions import DecisionKind

ROOM = "residents.consents"
KINDS = (
    DecisionKind(
        code="override_withdrawal",
        label=_("撤回同意后依法共享"),
        carry_out=f"{ROOM}.services.by_law.override",
        may_propose=f"{ROOM}.policy.may_propose_override",
        may_approve=f"{ROOM}.policy.may_approve_override",
        where=f"{ROOM}.places.consent_page",
        open_for=timedelta(days=3),
    ),
)


def register() -> None:
    """The desk knows them."""
    for kind in KINDS:
        decisions.register(kind)
