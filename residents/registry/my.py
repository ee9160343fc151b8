"""What families see of a person they care for: the seam on which the pages under ``/my/`` stand."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from residents.registry.errors import NoSuchResident
from residents.registry.models import Link, Resident
from residents.registry.policy import hides_places
from residents.registry.states import ResidentStatus
from sojourn.core.actors import Actor
from sojourn.core.masking import mask_name
from sojourn.web.access import Access, actor_of, declared


def _whoever_sees_her(actor: Actor, person: Resident) -> bool:
    return True


@dataclass(frozen=True)
class Section:
    """A part of a person's page with an address of its own, whose one argument ``pk`` is the resident's id.

    It stands in the menu of those to whom it is open; its page refuses the others itself.
    """

    label: str | Promise
    url_name: str
    order: int
    open_to: Callable[[Actor, Resident], bool] = _whoever_sees_her


@dataclass(frozen=True)
class WayOut:
    """How whoever holds an access gives it up: what the button says, and the address that asks her once more."""

    label: str | Promise
    address: str


@dataclass(frozen=True)
class BlankPaper:
    """A paper that families print and fill in before they go to the counter."""

    label: str | Promise
    url_name: str


# For these accesses, held by this actor, by their ids.
FindWaysOut = Callable[[Actor, Collection[UUID]], Mapping[UUID, WayOut]]

_sections: dict[str, Section] = {}
_ways_out: list[FindWaysOut] = []
_papers: dict[str, BlankPaper] = {}


def add_section(section: Section) -> None:
    """Show this section on the page of every person; a room calls it for each of its own when it is loaded."""
    _sections[section.url_name] = section


def add_ways_out(find: FindWaysOut) -> None:
    """Offer these beside the accesses that a family holds; a room calls it for what it opens, when it is loaded."""
    _ways_out.append(find)


def add_paper(paper: BlankPaper) -> None:
    """Offer this paper beside the people of a family; a room calls it for each of its own when it is loaded."""
    _papers[paper.url_name] = paper


def papers() -> list[tuple[str | Promise, str]]:
    """What each paper is called, with its address."""
    return [(paper.label, reverse(paper.url_name)) for paper in _papers.values()]


def ways_out(actor: Actor, accesses: Collection[UUID]) -> dict[UUID, WayOut]:
    """The button that stands beside each of these accesses, where there is one."""
    return {access: way for find in _ways_out for access, way in find(actor, accesses).items()}


def add_own_sections() -> None:
    """The sections of this room, and the end of its links."""
    add_ways_out(_ends_of_links)
    add_section(Section(label=_("基本情况"), url_name="my_person", order=10))
    add_section(Section(label=_("查看完整信息"), url_name="my_see", order=30))
    add_section(Section(label=_("更正信息"), url_name="my_corrections", order=40))
    add_section(Section(label=_("为什么能看"), url_name="my_access", order=80))


def _ends_of_links(actor: Actor, accesses: Collection[UUID]) -> dict[UUID, WayOut]:
    mine = Link.objects.of_user(actor.user_id).live().filter(access__in=accesses)
    return {
        link.access_id: WayOut(_("终止这项关系"), reverse("my_link_end", args=[link.pk]))
        for link in mine
        if link.access_id is not None
    }


def sections_of(person: Resident, actor: Actor, *, current: str = "") -> list[dict]:
    """The sections open to this actor in order, each with its address and whether the reader stands in it."""
    return [
        {
            "name": section.url_name,
            "label": section.label,
            "address": reverse(section.url_name, args=[person.pk]),
            "is_current": section.url_name == current,
        }
        for section in sorted(_sections.values(), key=lambda section: section.order)
        if section.open_to(actor, person)
    ]


def called(person: Resident) -> str:
    """What a family reads for her name: its mask, or that nothing of her is left."""
    return mask_name(person.name) or str(ResidentStatus(person.status).label)


def family_page(view: Callable) -> Callable:
    """A page for older people and their families who have signed in; no cache keeps it."""
    return declared(Access.FAMILY)(never_cache(view))


def person_of(request: HttpRequest, pk: UUID) -> Resident:
    """The resident whom this family may see; somebody else's does not exist for her (404)."""
    person = Resident.objects.visible_to(actor_of(request)).filter(pk=pk).first()
    if person is None:
        raise NoSuchResident
    return person


def render_person(
    request: HttpRequest, person: Resident, template: str, context: dict | None = None, *, status: int = 200
) -> HttpResponse:
    """A section of a person's page; its template stands on ``my/person_base.html``."""
    match = request.resolver_match
    around = {
        "person": person,
        "called": called(person),
        "sections": sections_of(person, actor_of(request), current=match.view_name if match else ""),
        "places_hidden": hides_places(actor_of(request), person),
    }
    return TemplateResponse(request, template, around | (context or {}), status=status)
