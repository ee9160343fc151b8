"""Searches that lead from one facility to others like it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from providers.facilities.models import Facility
from providers.facilities.states import AbilityLevel
from providers.search.places import name_of
from providers.search.reading import RADIUS_KM
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind, DivisionLevel

FEN_A_YUAN = 100


@dataclass(frozen=True)
class Way:
    """A search, said in words."""

    words: str
    address: str


def alike_of(facility: Facility) -> list[Way]:
    """Others nearby, others no dearer that take in people who need as much help, others in the same city."""
    ways = []
    if facility.lat is not None:
        around = {"near": f"{facility.lat:.4f},{facility.lng:.4f}"}
        ways.append(_way(_("周围 {radius} 公里内的").format(radius=RADIUS_KM), around))
        if same := _no_dearer(facility):
            ways.append(_way(_("附近同样收这类老人、价格不更高的"), around | same))
    place = _city_of(facility.division)
    word = "province" if place.level == DivisionLevel.PROVINCE else "city"
    return [*ways, _way(_("{place}的全部机构").format(place=name_of(place)), {word: place.code})]


def _no_dearer(facility: Facility) -> dict[str, str]:
    """The heaviest level it takes and its own price as words of a search; nothing unless both were told."""
    taken = [level for level in AbilityLevel if level in (facility.levels_taken or ())]
    monthly = facility.monthly_fee_fen
    if not taken or not monthly:
        return {}
    return {"level": taken[-1].value, "budget": str(-(-monthly // FEN_A_YUAN))}


def _city_of(division: Division) -> Division:
    """The city it lies in, or the municipality; the province where neither is a real unit."""
    while division.parent is not None and (
        division.level == DivisionLevel.COUNTY or division.kind == DivisionKind.PSEUDO
    ):
        division = division.parent
    return division


def _way(words: str, asked: dict[str, str]) -> Way:
    return Way(words, f"{reverse('bases')}?{urlencode(asked)}")
