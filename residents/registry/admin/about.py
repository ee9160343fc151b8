"""What the page of a resident leads to: the lists of rows about her, in this room and in those above it."""

from dataclasses import dataclass

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from residents.registry import policy
from residents.registry.models import Resident
from residents.registry.querysets import of_person
from residents.registry.states import ResidentStatus
from sojourn.web.access import actor_of
from sojourn.web.verbs import Label

_lists: dict[type[Model], int] = {}


@dataclass(frozen=True)
class About:
    """One list narrowed to her, how long it is, and what can be begun there about her."""

    label: Label
    url: str
    count: int
    verbs: list[dict]


def lead_to(*models: type[Model], order: int) -> None:
    """Lead to the lists of these models, whose rows have a ``resident`` and are searched by her number."""
    _lists.update(dict.fromkeys(models, order))


def about(request: HttpRequest, resident: Resident) -> list[About]:
    """The lists about her into which this officer may look, in order."""
    admins = [admin.site._registry[model] for model in sorted(_lists, key=lambda model: _lists[model])]
    return [_about(request, each, resident) for each in admins if each.has_view_permission(request)]


def _may_begin(request: HttpRequest, resident: Resident) -> bool:
    is_here = resident.status == ResidentStatus.REGISTERED
    return is_here and policy.can_change(actor_of(request), resident)


def _about(request: HttpRequest, rows, resident: Resident) -> About:
    opts = rows.opts
    listed = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return About(
        label=opts.verbose_name_plural,
        url=f"{listed}?{urlencode({'q': resident.number})}",
        count=rows.get_queryset(request).filter(of_person(resident.pk)).count(),
        verbs=rows.verbs_naming(request, resident.number) if _may_begin(request, resident) else [],
    )
