"""The first page of the staff: what each may look after, how much of it there is, and how to find one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse

from sojourn.core.models import AuditEntry
from sojourn.web.past import Label, Line, lines_of

COUNTED_AT_MOST = 10_000
LATEST = 8


@dataclass(frozen=True)
class Drawer:
    """One kind of row in an officer's reach."""

    label: str
    url: str
    count: int
    is_more: bool
    is_searchable: bool
    searches_by_post: bool
    search_help: Label
    verbs: list[dict]


@dataclass(frozen=True)
class Cabinet:
    """The drawers of one room."""

    label: str
    drawers: list[Drawer]
    for_reading: bool


@dataclass(frozen=True)
class Panel:
    """What a room puts on the first page before the cabinets: a template, and what it is filled with.

    ``contents`` takes the request of whoever looks and gives what the template knows as ``panel``.
    """

    template: str
    contents: Callable[[HttpRequest], Mapping]
    order: int


_panels: dict[str, Panel] = {}


def show_first(panel: Panel) -> None:
    """Show this panel on the first page of the staff; a room calls it when its admin is loaded."""
    _panels[panel.template] = panel


def panels(request: HttpRequest) -> list[dict]:
    """What the rooms show first, in order, filled for this officer."""
    return [
        {"template": panel.template, "contents": panel.contents(request)}
        for panel in sorted(_panels.values(), key=lambda panel: panel.order)
    ]


def cabinets(site: AdminSite, request: HttpRequest) -> list[Cabinet]:
    """The rooms this officer may look into: first those where she can do something, then what is for reading."""
    found = []
    for app in site.get_app_list(request):
        admins = [site._registry[model["model"]] for model in app["models"]]
        drawers = [_drawer(model_admin, request) for model_admin in admins]
        is_platform = admins[0].opts.app_config.name.startswith("sojourn.")
        for_reading = is_platform and not any(drawer.verbs for drawer in drawers)
        found.append(Cabinet(app["name"], drawers, for_reading))
    return sorted(found, key=lambda cabinet: cabinet.for_reading)


def latest_of(request: HttpRequest) -> list[Line]:
    """What this person did last."""
    entries = AuditEntry.objects.filter(actor_user_id=request.user.pk).order_by("-id")
    return lines_of(entries[:LATEST])


def _drawer(model_admin, request: HttpRequest) -> Drawer:
    rows = model_admin.get_queryset(request).order_by()
    count = rows[: COUNTED_AT_MOST + 1].count()
    return Drawer(
        label=str(model_admin.opts.verbose_name_plural),
        url=reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist"),
        count=min(count, COUNTED_AT_MOST),
        is_more=count > COUNTED_AT_MOST,
        is_searchable=bool(model_admin.get_search_fields(request)),
        searches_by_post=model_admin.searches_by_post,
        search_help=model_admin.search_help_text or "",
        verbs=model_admin.verbs_for(request),
    )
