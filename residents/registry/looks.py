"""Somebody's look at something of a resident's, and the sentence about it that stands in her own list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from providers.facilities.models import Facility
from residents.registry.states import Purpose
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Role
from sojourn.core.clock import local

DIGITS_OF_A_PROVINCE = 2


@dataclass(frozen=True)
class Look:
    """Who looked when at what, for which purpose and case; what has no purpose was downloaded.

    ``role`` is a role's code or, of whoever has none, what she is called. ``reach`` holds the places in which the
    staff work, as prefixes with commas between; ``facility`` is the one that looked.
    """

    at: datetime
    role: str
    what: str | Promise
    reach: str = ""
    facility: UUID | None = None
    purpose: str = ""
    case: str = ""


def in_words(looks: Iterable[Look], *, places_hidden: bool) -> list[str]:
    """Each look as a sentence. With places hidden no facility has its name and no place is smaller than a province."""
    told = [(look, _prefixes(look.reach, places_hidden)) for look in looks]
    places = names_of({prefix for _look, prefixes in told for prefix in prefixes})
    facilities = {} if places_hidden else _facilities_of(look for look, _prefixes in told)
    sentences = []
    for look, prefixes in told:
        where = _("、").join(places[prefix] for prefix in prefixes)
        who = _who_looked(look.role, facilities.get(look.facility, where))
        is_hidden = places_hidden and look.facility is not None
        sentences.append(_sentence(look, _("一家养老机构") if is_hidden else who))
    return sentences


def _prefixes(reach: str, places_hidden: bool) -> list[str]:
    prefixes = [prefix for prefix in reach.split(",") if prefix]
    if not places_hidden:
        return prefixes
    return list(dict.fromkeys(prefix[:DIGITS_OF_A_PROVINCE] for prefix in prefixes))


def _facilities_of(looks: Iterable[Look]) -> dict[UUID | None, str]:
    named = {look.facility for look in looks if look.facility is not None}
    return dict(Facility.objects.filter(pk__in=named).values_list("pk", "listed_name")) if named else {}


def _who_looked(role: str, where: str) -> str:
    """Where the person works and as what, never her name; whoever looks at her own, or her family's, works nowhere."""
    told = _("本人或家人") if role == Role.FAMILY else str(Role(role).label) if role in Role.values else role
    return _("{where}{role}").format(where=where, role=told) if where else told


def _sentence(look: Look, who: str) -> str:
    at = f"{local(look.at):%Y-%m-%d %H:%M}"
    if not look.purpose:
        return _("{who}于{at}下载了{paper}").format(who=who, at=at, paper=look.what)
    return _("{who}于{at}查看了{fields}，用途：{purpose}，事由：{case}").format(
        who=who, at=at, fields=look.what, purpose=Purpose(look.purpose).label, case=look.case
    )
