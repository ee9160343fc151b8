"""The other nodes, and those that left."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sojourn.core.actors import Actor, Role
from sojourn.sharing import policy
from sojourn.sharing.admin.forms import SettleForm, WhyForm
from sojourn.sharing.models import Departure, Peer
from sojourn.sharing.overview import member_names
from sojourn.sharing.services import looking_after, two_people
from sojourn.sharing.states import PEER_FLOW
from sojourn.sharing.wording import reason_in_words
from sojourn.web.admin import ScopedAdmin
from sojourn.web.verbs import Verb


def _may(verb: str):
    def allowed(actor: Actor, peer: Peer) -> bool:
        return peer.state in PEER_FLOW.sources(verb) and policy.can_look_after_feeds(actor)

    return allowed


def _may_propose_rejoin(actor: Actor, peer: Peer) -> bool:
    return actor.role == Role.OFFICER and _may("rejoin")(actor, peer)


def _may_settle(actor: Actor, departure: Departure) -> bool:
    undecided = not departure.disposition and actor.user_id != departure.left_by
    return undecided and policy.can_look_after_feeds(actor)


def named(members: list[str]) -> str:
    names = member_names()
    return "、".join(names.get(member, member) for member in members)


@admin.register(Peer)
class PeerAdmin(ScopedAdmin):
    list_display = ["node", "provinces", "state", "failures", "why", "answered_at", "called_at"]
    list_filter = ["state"]
    ordering = ["node"]
    fields = [
        "node",
        "provinces",
        "address",
        "state",
        "failures",
        "why",
        "answered_at",
        "called_at",
        "next_poll_at",
    ]
    readonly_fields = ["provinces", "why"]
    verbs = (
        Verb(
            name="pause",
            label=PEER_FLOW.labels["pause"],
            service=looking_after.pause_peer,
            ends=True,
            allowed=_may("pause"),
            form=WhyForm,
            id_argument="node",
            help_text=_("不再向它取数据，也不再向它提供；已有的副本保留，并标明已暂停。"),
            done=_("已暂停往来，副本保留。"),
        ),
        Verb(
            name="resume",
            label=PEER_FLOW.labels["resume"],
            service=looking_after.resume_peer,
            allowed=_may("resume"),
            id_argument="node",
            done=_("已恢复往来。"),
        ),
        Verb(
            name="leave",
            label=PEER_FLOW.labels["leave"],
            service=looking_after.mark_left,
            ends=True,
            allowed=_may("leave"),
            form=WhyForm,
            id_argument="node",
            help_text=_("登记后生成退出记录，由另一人确认副本的交还、清除或依法留存。"),
            done=_("已登记退出，退出记录待另一人确认数据去向。"),
        ),
        Verb(
            name="rejoin",
            label=_("提请重新加入"),
            service=two_people.propose_rejoin,
            allowed=_may_propose_rejoin,
            form=WhyForm,
            id_argument="node",
            help_text=_("由另一人在“等我复核”中同意后恢复往来；已清除的副本从头重新取得。"),
            done=_("已提请，等第二人复核。"),
        ),
    )

    @admin.display(description=_("承载的成员"))
    def provinces(self, peer: Peer) -> str:
        return named(peer.members)

    @admin.display(description=_("最近失败原因"))
    def why(self, peer: Peer) -> str:
        return reason_in_words(peer.last_failure) or str(self.get_empty_value_display())


@admin.register(Departure)
class DepartureAdmin(ScopedAdmin):
    list_display = ["node", "provinces", "left_at", "disposition", "settled_at"]
    list_filter = ["disposition"]
    ordering = ["-left_at"]
    fields = [
        "node",
        "provinces",
        "reason",
        "left_at",
        "copies",
        "pages",
        "disposition",
        "note",
        "settled_at",
    ]
    readonly_fields = ["provinces"]
    verbs = (
        Verb(
            name="settle",
            label=_("确认数据去向"),
            service=looking_after.settle_departure,
            allowed=_may_settle,
            form=SettleForm,
            id_argument="departure_id",
            done=_("已确认数据去向。"),
        ),
    )

    @admin.display(description=_("承载的成员"))
    def provinces(self, departure: Departure) -> str:
        return named(departure.members)
