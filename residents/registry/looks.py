"""A look at something of a resident's, as the sentence about it that stands in her own list."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from residents.registry.states import Purpose
from sojourn.accounts.reach import names_of
from sojourn.core.actors import Role
from sojourn.core.clock import local


def places_of(reaches: Iterable[str]) -> dict[str, str]:
    """The names of all places in these reaches, which are written as prefixes with commas between."""
    return names_of({prefix for reach in reaches for prefix in _prefixes(reach)})


def where_in(reach: str, places: Mapping[str, str]) -> str:
    return _("、").join(places[prefix] for prefix in _prefixes(reach))


def who_looked(role: str, where: str) -> str:
    """Where the person works and as what, never her name; whoever looks at her own, or her family's, works nowhere."""
    told = _("本人或家人") if role == Role.FAMILY else str(Role(role).label) if role in Role.values else role
    return _("{where}{role}").format(where=where, role=told) if where else told


def looked_at(*, who: str, at: datetime, what: str, purpose: str, case: str) -> str:
    return _("{who}于{at}查看了{fields}，用途：{purpose}，事由：{case}").format(
        who=who, at=_minute(at), fields=what, purpose=Purpose(purpose).label, case=case
    )


def downloaded(*, who: str, at: datetime, paper: str | Promise) -> str:
    return _("{who}于{at}下载了{paper}").format(who=who, at=_minute(at), paper=paper)


def _prefixes(reach: str) -> list[str]:
    return [prefix for prefix in reach.split(",") if prefix]


def _minute(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"
