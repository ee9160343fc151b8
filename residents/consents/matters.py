"""What this room brings to the desk: a queue, and its decisions that take two people."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from residents.consents.states import ArrivalStatus
from residents.registry import elsewhere, following
from residents.registry.elsewhere import Way
from residents.registry.following import Following
from sojourn.desk import decisions, queues
from sojourn.desk.decisions import DecisionKind
from sojourn.desk.queues import Queue
from sojourn.messages.topics import name_topics

ROOM = "residents.consents"
QUEUES = (
    Queue(
        code="double_enrolments",
        label=_("疑似跨省重复登记核实"),
        outcomes={
            "same_person": _("双方核实为同一人"),
            "different": _("双方核实为不同人"),
            "lapsed": _("登记已变更，无需核实"),
        },
        where=f"{ROOM}.places.match_page",
    ),
    Queue(
        code="matching_keys",
        label=_("比对密钥更换"),
        outcomes={"changed": _("密钥已更换"), "lapsed": _("授权已终止，无需更换")},
        rule="match_key_change_days",
        where=f"{ROOM}.places.matching_key_page",
    ),
    Queue(
        code="arrivals",
        label=_("外省户籍迁入办理"),
        outcomes={
            each: each.label
            for each in (ArrivalStatus.REGISTERED, ArrivalStatus.REFUSED, ArrivalStatus.LAPSED)
        },
        rule="transfer_days",
        where=f"{ROOM}.places.arrival_page",
    ),
)
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
EXTRACTING = f"{ROOM}.services.extracting"
WAY = Way(f"{ROOM}.services.handing_over.hand_out", f"{ROOM}.services.handing_over.take_back")
FOLLOWING = (
    Following("consents.mandate", silence=f"{ROOM}.scans.erase"),  # the papers of consents too
    Following("consents.extract", f"{EXTRACTING}.move_extracts", f"{EXTRACTING}.give_extracts"),
)


def register() -> None:
    """The desk knows them, and the registry what goes with a resident, and how she leaves the node."""
    for queue in QUEUES:
        queues.register(queue)
    for kind in KINDS:
        decisions.register(kind)
    elsewhere.register(WAY)
    for own in FOLLOWING:
        following.register(own)
    name_topics(
        {
            "mandate_valid": _("告知本人：委托书已登记"),
            "mandate_ended": _("告知本人：委托书已终止"),
            "mandate_agent": _("告知代理人：委托书已登记"),
            "mandate_agent_ended": _("告知代理人：委托一方已终止委托书"),
            "consent_given": _("告知本人：同意已登记"),
            "consent_withdrawn": _("告知本人：同意已撤回"),
            "legalshare_live": _("告知本人：已依法共享"),
            "consent_overridden": _("告知本人：撤回同意后依法共享"),
        }
    )
