"""Where a facility is, said in the reader's language and no more exactly than is known."""

from django.utils.translation import get_language

from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind
from sojourn.web.languages import ENGLISH

# Names whose English spelling is not the run of their pinyin.
ENGLISH_NAMES = {
    "150000": "Inner Mongolia",
    "230100": "Harbin",
    "230200": "Qiqihar",
    "360800": "Ji’an",
    "511800": "Ya’an",
    "540000": "Tibet",
    "610000": "Shaanxi",
    "610100": "Xi’an",
    "610600": "Yan’an",
    "810000": "Hong Kong",
    "820000": "Macao",
}


def name_of(division: Division) -> str:
    """The division's official name, or its English one for readers of English."""
    if get_language() != ENGLISH:
        return division.name
    return ENGLISH_NAMES.get(division.code) or "".join(division.pinyin.split()).capitalize()


def short_name_of(division: Division) -> str:
    """The name without its kind of unit: 广州, 阿坝, or Guangzhou."""
    return name_of(division) if get_language() == ENGLISH else division.short_name


def place_of(division: Division) -> str:
    """A division with those above it: 广东省广州市越秀区, or Yuexiu, Guangzhou, Guangdong."""
    line: list[str] = []
    current: Division | None = division
    while current is not None:
        if current.kind != DivisionKind.PSEUDO:
            line.append(name_of(current))
        current = current.parent
    return ", ".join(line) if get_language() == ENGLISH else "".join(reversed(line))
