"""The inbox as the first page shows it."""

from typing import cast

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from sojourn.desk import policy
from sojourn.desk.admin.desk import DeskAdmin, address_of, back_to
from sojourn.desk.inbox import Choice, Line, Waiting, Wanted, inbox_of, proposals_for
from sojourn.desk.models import WorkItem
from sojourn.desk.states import PROPOSAL_FLOW
from sojourn.web.access import actor_of
from sojourn.web.past import shown
from sojourn.web.workbench import Panel, show_first


def inbox_panel(request: HttpRequest) -> dict:
    """The inbox of whoever looks, as its template knows it; for those who handle nothing, nothing."""
    actor = actor_of(request)
    if not policy.can_delegate(actor):
        return {}
    wanted = Wanted(
        queue=request.GET.get("queue", ""),
        lane=request.GET.get("lane", ""),
        page=_whole_number(request.GET.get("page", "")),
    )
    inbox = inbox_of(actor, wanted)
    return {
        "inbox": inbox,
        "wanted": wanted,
        "lines": [_item_row(request, line) for line in inbox.lines],
        "proposals": [_proposal_row(request, waiting) for waiting in proposals_for(actor)],
        "lanes": [
            _chip(one, is_chosen=one.code == wanted.lane, leads_to=_here(wanted.queue, one.code))
            for one in inbox.lanes
        ],
        "queues": [
            _chip(one, is_chosen=one.code == wanted.queue, leads_to=_here(one.code, wanted.lane))
            for one in inbox.queues
        ],
        "without_queue": _here("", wanted.lane),
        "before": _here(wanted.queue, wanted.lane, inbox.page - 1) if inbox.page > 1 else "",
        "after": _here(wanted.queue, wanted.lane, inbox.page + 1) if inbox.page < inbox.pages else "",
        "all": reverse("admin:desk_workitem_changelist"),
    }


def _item_row(request: HttpRequest, line: Line) -> dict:
    items = cast(DeskAdmin, admin.site._registry[WorkItem])
    return {"line": line, "buttons": items.buttons_for(request, line.item), "page": address_of(line.item)}


def _proposal_row(request: HttpRequest, waiting: Waiting) -> dict:
    """A proposal that she may decide, as ``proposals_for`` found: not asked again for each button."""
    buttons = [
        {
            "label": PROPOSAL_FLOW.labels[verb],
            "url": f"{reverse(f'admin:desk_proposal_{verb}', args=[waiting.proposal.pk])}?{back_to(request)}",
        }
        for verb in ("approve", "refuse")
    ]
    return {
        "waiting": waiting,
        "facts": shown(None, waiting.proposal.facts),
        "buttons": buttons,
        "page": address_of(waiting.proposal),
    }


def _chip(choice: Choice, *, is_chosen: bool, leads_to: str) -> dict:
    return {"choice": choice, "is_chosen": is_chosen, "url": leads_to}


def _here(queue: str, lane: str, page: int = 1) -> str:
    said = {"queue": queue, "lane": lane, "page": page if page > 1 else ""}
    words = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse('admin:index')}?{words}#desk" if words else f"{reverse('admin:index')}#desk"


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


show_first(Panel("desk/inbox.html", inbox_panel, order=10))
