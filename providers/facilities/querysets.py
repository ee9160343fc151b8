"""Which operators and facilities: for whom, where, and by which words."""

import re

from django.db.models import Q

from providers.facilities.states import SHOWN_TO_EVERYONE, FacilityStatus
from sojourn.core import hanzi, numbers
from sojourn.core.actors import Actor, Role, reach_of
from sojourn.core.querysets import LockingQuerySet
from sojourn.provinces.models import Division

_RUNS = re.compile(r"[a-z0-9ü]+|[^a-z0-9ü]+")
_DIVISION_CODE = re.compile(r"[1-9][0-9]{5}")
NOTHING = Q(pk__in=())


def _words_of(q: str) -> list[str]:
    """What was typed, as words to look for, Latin apart from Chinese: 廣州YLY and 广州 yly are the same."""
    return [run for word in hanzi.words(q) for run in _RUNS.findall(word)]


def _spelt(word: str) -> Q:
    """Rows of which a spelling of the name holds this word."""
    if hanzi.looks_latin(word):
        typed = hanzi.pinyin(word)
        return Q(pinyin__contains=typed) | Q(initials__contains=typed) | Q(name_normal__contains=word)
    return Q(name_normal__contains=word)


def _in_division(codes: tuple[str, ...], path: str = "") -> Q:
    """Rows in the divisions with these code prefixes; no prefix means no row."""
    inside = NOTHING
    for code in codes:
        inside |= Q(**{f"{path}division__code__startswith": code})
    return inside


def _seen_by(actor: Actor, path: str = "") -> Q:
    """Facilities that take sojourners are public; a bureau also sees the others in its reach."""
    shown = Q(**{f"{path}status__in": sorted(SHOWN_TO_EVERYONE)})
    match actor.role:
        case Role.SYSTEM:
            return Q()
        case Role.OFFICER | Role.AUDITOR | Role.ADMIN:
            return shown | _in_division(actor.divisions, path)
        case Role.FACILITY:
            return shown | Q(**{f"{path}pk__in": actor.facility_ids})
        case Role.PUBLIC | Role.FAMILY | Role.PEER:
            return shown
    return NOTHING


def _in_place_called(word: str) -> Q:
    """Rows whose county, city or province has this code, is called so, or is spelt so in pinyin."""
    if _DIVISION_CODE.fullmatch(word):
        return Q(division__code__startswith=reach_of(word))
    called = Division.objects.matching(word)
    codes = called.values("code")
    inside = Q(code__in=codes) | Q(city_code__in=codes) | Q(province_code__in=codes)
    return Q(division_id__in=Division.objects.filter(inside).values("code"))


class NamedQuerySet(LockingQuerySet):
    def within(self, codes: tuple[str, ...]):
        """Rows in the divisions whose codes begin with one of these: ``("44", "5101")``."""
        return self.filter(_in_division(codes))

    def matching(self, q: str):
        """Rows that every word of ``q`` describes, by name, pinyin, initials or place; or whose number it is.

        Nothing typed is no condition; marks without a word describe nothing.
        """
        if numbers.is_valid(q):
            return self.filter(number=numbers.parse(q).text)
        words = _words_of(q)
        rows = self if words or not q.strip() else self.none()
        for word in words:
            rows = rows.filter(_spelt(word) | _in_place_called(word))
        return rows

    def by_name(self):
        return self.order_by("sort_key", "pk")


class OperatorQuerySet(NamedQuerySet):
    def visible_to(self, actor: Actor):
        """An operator is public knowledge: everyone sees every one."""
        return self.all()

    def managed_by(self, actor: Actor):
        """Operators that stand in this actor's own list: those in the reach of staff."""
        match actor.role:
            case Role.SYSTEM:
                return self.all()
            case Role.OFFICER | Role.AUDITOR | Role.ADMIN:
                return self.within(actor.divisions)
        return self.none()


class FacilityQuerySet(NamedQuerySet):
    def visible_to(self, actor: Actor):
        return self.filter(_seen_by(actor))

    def managed_by(self, actor: Actor):
        """Facilities that stand in this actor's own list: those in the reach of staff, or its own."""
        match actor.role:
            case Role.SYSTEM:
                return self.all()
            case Role.OFFICER | Role.AUDITOR | Role.ADMIN:
                return self.within(actor.divisions)
            case Role.FACILITY:
                return self.filter(pk__in=actor.facility_ids)
        return self.none()

    def open_to_sojourners(self):
        return self.filter(status=FacilityStatus.OPEN)


class FeatureReportQuerySet(LockingQuerySet):
    def visible_to(self, actor: Actor):
        """What a facility reported is seen by whoever sees the facility."""
        return self.filter(_seen_by(actor, "facility__"))
