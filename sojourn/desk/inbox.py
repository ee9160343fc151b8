"""What waits for an officer: her own items and those nobody took at her desk, the most urgent first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sojourn.accounts.reach import names_of
from sojourn.core.actors import Actor, reach_of
from sojourn.core.clock import now, today
from sojourn.desk import queues
from sojourn.desk.models import Proposal, WorkItem
from sojourn.desk.querysets import WorkItemQuerySet
from sojourn.desk.services.deciding import Authority, authorities_of, authority_over
from sojourn.desk.services.sweeping import calendar_since
from sojourn.desk.states import ItemStatus
from sojourn.desk.terms import Term, term_of

Label = str | Promise

ON_A_PAGE = 20
PROPOSALS_SHOWN, PROPOSALS_LOOKED_AT = 20, 200
ALL, MINE, UNCLAIMED, OVERDUE = "", "mine", "unclaimed", "overdue"
LANES: Mapping[str, Label] = {
    ALL: _("全部"),
    MINE: _("我在办的"),
    UNCLAIMED: _("待受理"),
    OVERDUE: _("已逾期"),
}


@dataclass(frozen=True)
class Wanted:
    """Which part of the inbox is looked at: a queue, a lane, and a page of them counted from 1."""

    queue: str = ""
    lane: str = ALL
    page: int = 1


@dataclass(frozen=True)
class Choice:
    """A way to narrow the inbox, with how many items it holds."""

    code: str
    label: Label
    count: int


@dataclass(frozen=True)
class Line:
    """An item as it is listed: where it is handled and how its term stands today."""

    item: WorkItem
    place: str
    term: Term


@dataclass(frozen=True)
class Waiting:
    """A proposal that this officer may decide, and the right in which she would."""

    proposal: Proposal
    place: str
    authority: Authority


@dataclass(frozen=True)
class Inbox:
    lines: list[Line]
    lanes: list[Choice]
    queues: list[Choice]
    page: int
    pages: int
    elsewhere: int


def inbox_of(actor: Actor, wanted: Wanted) -> Inbox:
    """The part of her inbox that is wanted, with the counts of every other part."""
    mine = waiting_for(actor)
    in_lane = mine.filter(_lane(wanted.lane, actor))
    chosen = in_lane.filter(queue=wanted.queue) if wanted.queue else in_lane
    by_queue = {row["queue"]: row["n"] for row in in_lane.order_by().values("queue").annotate(n=Count("pk"))}
    total = by_queue.get(wanted.queue, 0) if wanted.queue else sum(by_queue.values())
    pages = max(1, ceil(total / ON_A_PAGE))
    page = min(max(1, wanted.page), pages)
    start = (page - 1) * ON_A_PAGE
    rows = chosen.select_related("handler").most_urgent_first()[start : start + ON_A_PAGE]
    reach = WorkItem.objects.visible_to(actor).unfinished()
    return Inbox(
        lines=lines_of(rows),
        lanes=_counted_lanes(mine.filter(queue=wanted.queue) if wanted.queue else mine, actor),
        queues=[Choice(code, queues.label_of(code), n) for code, n in sorted(by_queue.items())],
        page=page,
        pages=pages,
        elsewhere=reach.count() - mine.count(),
    )


def waiting_for(actor: Actor) -> WorkItemQuerySet:
    """Hers, and those at her desk that nobody took."""
    taken = WorkItem.objects.visible_to(actor).taken_by(actor)
    return taken | WorkItem.objects.visible_to(actor).at_desk_of(actor).unclaimed()


def proposals_for(actor: Actor) -> list[Waiting]:
    """What waits for this officer as the second person, what expires first before the rest."""
    authorities = authorities_of(actor)
    reach = tuple(sorted({prefix for one in authorities for prefix in one.actor.divisions}))
    rows = Proposal.objects.waiting_at(now()).not_of(actor).in_reach_of(reach)
    rows = rows.select_related("proposed_by").order_by("expires_at", "id")[:PROPOSALS_LOOKED_AT]
    mine = [(row, authority) for row in rows if (authority := authority_over(row, authorities))]
    shown = mine[:PROPOSALS_SHOWN]
    places = places_of(row.division_code for row, _authority in shown)
    return [Waiting(row, places[row.division_code], authority) for row, authority in shown]


def lines_of(rows: Iterable[WorkItem]) -> list[Line]:
    """Items as they are listed, with two reads of the calendar and one of the places for them all."""
    items = list(rows)
    if not items:
        return []
    calendar = calendar_since(min(today(), *(item.due_on for item in items)))
    places = places_of(item.division_code for item in items)
    return [
        Line(
            item,
            places[item.division_code],
            term_of(item.due_on, on=today(), calendar=calendar, provisional=item.due_provisional),
        )
        for item in items
    ]


def places_of(codes: Iterable[str]) -> dict[str, str]:
    """The full names of these divisions by code."""
    prefixes = {code: reach_of(code) for code in codes}
    names = names_of(set(prefixes.values()))
    return {code: names[prefix] for code, prefix in prefixes.items()}


def _lane(lane: str, actor: Actor) -> Q:
    match lane:
        case "mine":
            return Q(status=ItemStatus.TAKEN, handler=actor.user_id)
        case "unclaimed":
            return Q(status=ItemStatus.OPEN)
        case "overdue":
            return Q(due_on__lt=today())
    return Q()


def _counted_lanes(rows: WorkItemQuerySet, actor: Actor) -> list[Choice]:
    counts = rows.order_by().aggregate(
        **{f"in_{lane}": Count("pk", filter=_lane(lane, actor)) for lane in LANES if lane},
        in_=Count("pk"),
    )
    return [Choice(lane, label, counts[f"in_{lane}"]) for lane, label in LANES.items()]
