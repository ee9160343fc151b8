"""What stands around every page: the doors that exist, the languages, whose data these are and from when."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from sojourn.web.languages import LANG, OWN_NAMES, SIMPLIFIED
from sojourn.web.modes import ELDER, USUAL, mode_of

LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Door:
    """A way in that the navigation offers: what it is called and the name of its address.

    A spare one is not offered in elder mode, where fewer things stand on a page.
    """

    label: str | Promise
    url_name: str
    order: int
    is_spare: bool = False


@dataclass(frozen=True)
class Source:
    """Where a kind of data shown on the pages comes from, and what time it speaks of."""

    label: str | Promise
    period: str | Promise
    order: int


_doors: dict[str, Door] = {}
_sources: dict[str | Promise, Source] = {}


def offer_door(door: Door) -> None:
    """Show this door in the navigation; a room calls it for each of its own when it is loaded."""
    _doors[door.url_name] = door


def cite_source(source: Source) -> None:
    """Name this source at the foot of every page; a room calls it when it is loaded."""
    _sources[source.label] = source


def doors(current: str = "", *, path: str = "", mode: str = USUAL) -> list[dict]:
    """The doors that lead somewhere, in order, each with how the reader stands in it: at its page, below it, or not.

    ``current`` is the name of her address and ``path`` the address itself; every page lies below the first.
    """
    offered = (door for door in _doors.values() if mode != ELDER or not door.is_spare)
    return [
        {"label": door.label, "address": address, "current": _current(door, address, current, path)}
        for door in sorted(offered, key=lambda door: door.order)
        if (address := _address_of(door.url_name))
    ]


def _current(door: Door, address: str, current: str, path: str) -> str:
    """What ``aria-current`` says of a door."""
    if door.url_name == current:
        return "page"
    return "true" if address != "/" and path.startswith(address) else ""


def sources() -> list[Source]:
    return sorted(_sources.values(), key=lambda source: source.order)


def languages() -> list[dict]:
    """The three languages as each calls itself, and which is spoken now."""
    spoken = get_language()
    return [
        {"code": code, "lang": LANG[code], "name": name, "is_current": code == spoken}
        for code, name in OWN_NAMES.items()
    ]


def page_furniture(request: HttpRequest) -> dict:
    """Context processor: ``furniture`` for the templates that stand on base.html."""
    match, mode = getattr(request, "resolver_match", None), mode_of(request)
    return {
        "furniture": {
            "lang": LANG.get(get_language(), LANG[SIMPLIFIED]),
            "here": _here(request),
            "mode": mode if mode != USUAL else "",
            "doors": doors(match.view_name if match else "", path=request.path, mode=mode),
            "languages": languages(),
            "sources": sources(),
            "shows_samples": settings.SAMPLE_WORLD,
            "staff_door": _address_of("admin:index"),
            "api_door": _address_of("docs"),
        }
    }


def _here(request: HttpRequest) -> str:
    """The address to come back to; without a query too long to be repeated in every page.

    A page that refuses repeats nothing that was typed: it leads back to the page as such, else to the first one.
    """
    if getattr(request, "is_refused", False):
        match = request.resolver_match
        return "/" if match is None or match.args or match.kwargs else request.path
    address = request.get_full_path()
    return address if len(address) <= LONGEST_ADDRESS else request.path


def _address_of(url_name: str) -> str:
    """The address of this name, or nothing while no room has opened it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
