"""What somebody looks for among the facilities open to sojourners: one reading behind page and API."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Protocol, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from providers.designation.models import Base
from providers.facilities.models import Facility
from providers.search import errors
from providers.search.errors import QueryInvalid, wrong
from sojourn.core import hanzi
from sojourn.core.actors import PUBLIC, reach_of
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionLevel

MOST_CHARACTERS = 100
MOST_WORDS = 6
LAST_PAGE = 99_999
# Control characters, halves of a pair, and what stands where bytes could not be decoded.
UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")

# The words a query is made of; what stands beside them in an address is an error, so that a misspelt filter
# never gives a silently wrong result.
LABELS = {
    "q": _("名称、城市或拼音"),
    "province": _("省份"),
    "city": _("城市"),
    "county": _("区县"),
    "designated": _("只看示范基地"),
    "page": _("页码"),
}
LEVELS = {
    "province": (DivisionLevel.PROVINCE, re.compile(r"[1-9][0-9](0000)?")),
    "city": (DivisionLevel.CITY, re.compile(r"[1-9][0-9]{3}(00)?")),
    "county": (DivisionLevel.COUNTY, re.compile(r"[1-9][0-9]{5}")),
}
FILTERS = ("q", "province", "city", "county", "designated")
WORDS = (*FILTERS, "page")


class Parameters(Protocol):
    """A query string, as Django and REST framework read it."""

    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


@dataclass(frozen=True)
class BaseQuery:
    """A readable search. Places are divisions that exist; an empty filter asks for nothing."""

    q: str = ""
    province: Division | None = None
    city: Division | None = None
    county: Division | None = None
    designated: bool = False
    page: int = 1
    texts: Mapping[str, str] = field(default_factory=dict)  # as typed, so that an address repeats it

    @classmethod
    def from_params(
        cls, params: Parameters, *, words: Collection[str] = WORDS, beside: Collection[str] = ()
    ) -> Self:
        """The query that a query string asks; raises QueryInvalid with an error for each unreadable word.

        ``words`` are those this door takes, ``beside`` names parameters that the caller reads itself.
        """
        typed, problems = _typed(params, words, beside)
        values: dict = {"texts": typed}
        for name, read in READERS.items():
            if name in typed:
                values[name] = read(name, typed[name], problems)
        values |= _places(typed, problems)
        if problems:
            raise QueryInvalid(errors=problems)
        return cls(**values)

    def rows(self) -> QuerySet[Facility]:
        """The facilities that answer, designated ones first, then by name in pinyin order."""
        rows = Facility.objects.visible_to(PUBLIC).open_to_sojourners()
        if self.q:
            rows = rows.matching(self.q)
        for place in self.places:
            rows = rows.within((reach_of(place.code),))
        live = Base.objects.visible_to(PUBLIC).designated().filter(facility=OuterRef("pk"))
        rows = rows.annotate(is_designated=Exists(live))
        if self.designated:
            rows = rows.filter(is_designated=True)
        return rows.order_by("-is_designated", "sort_key", "pk")

    @property
    def places(self) -> list[Division]:
        return [place for place in (self.province, self.city, self.county) if place is not None]

    @property
    def filters(self) -> list[str]:
        """The names of the filters that were set, in the order of the form."""
        return [name for name in FILTERS if getattr(self, name)]

    def without(self, name: str) -> Self:
        """The same search with one filter dropped, from its first page on."""
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in {name, "page"}}
        texts = {word: text for word, text in self.texts.items() if word not in {name, "page"}}
        return type(self)(**kept | {"texts": texts})

    def address(self) -> str:
        """The query string that asks exactly this again; empty where nothing is asked."""
        return urlencode({name: self.texts[name] for name in WORDS if name in self.texts})


def counts_without(query: BaseQuery) -> dict[str, int]:
    """How many facilities would answer if each set filter were dropped, asked in one go."""
    counts = {
        name: Count("pk", filter=Q(pk__in=query.without(name).rows().order_by().values("pk")))
        for name in query.filters
    }
    return Facility.objects.visible_to(PUBLIC).open_to_sojourners().aggregate(**counts) if counts else {}


def _typed(
    params: Parameters, words: Collection[str], beside: Collection[str]
) -> tuple[dict[str, str], list[dict]]:
    """The words that say something, each once; an empty field of a form says nothing."""
    typed, problems = {}, []
    for name, values in params.lists():
        if name in beside:
            continue
        if name not in words:
            shown = "".join(character for character in name[:40] if character.isprintable())
            problems.append(wrong(shown, "unknown", errors.UNKNOWN, word=shown))
        elif len(values) > 1:
            problems.append(wrong(name, "repeated", errors.REPEATED))
        elif values[0].strip():
            typed[name] = values[0]
    return typed, problems


def _read_words(name: str, text: str, problems: list[dict]) -> str:
    """Words to look for, as typed; at most a hundred characters in at most six words."""
    if UNREADABLE.search(text):
        problems.append(wrong(name, "unreadable", errors.UNREADABLE))
    elif len(text) > MOST_CHARACTERS:
        problems.append(wrong(name, "too_long", errors.TOO_LONG, most=MOST_CHARACTERS))
    elif not (words := hanzi.words(text)):
        problems.append(wrong(name, "no_words", errors.NO_WORDS))
    elif len(words) > MOST_WORDS:
        problems.append(wrong(name, "too_many_words", errors.TOO_MANY_WORDS, most=MOST_WORDS))
    return text.strip()


def _read_designated(name: str, text: str, problems: list[dict]) -> bool:
    if text != "1":
        problems.append(wrong(name, "not_yes", errors.NOT_YES))
    return True


def _read_page(name: str, text: str, problems: list[dict]) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:7]) <= LAST_PAGE and text[0] != "0"):
        problems.append(wrong(name, "no_page", errors.NO_PAGE))
        return 1
    return int(text)


READERS = {"q": _read_words, "designated": _read_designated, "page": _read_page}


def _places(typed: Mapping[str, str], problems: list[dict]) -> dict[str, Division]:
    """The divisions that the codes name, found in one go; a code that names none of its level is an error."""
    codes = {}
    for name, (_level, pattern) in LEVELS.items():
        if name in typed and pattern.fullmatch(typed[name]):
            codes[name] = typed[name].ljust(6, "0")
        elif name in typed:
            problems.append(wrong(name, "no_code", errors.NO_CODE))
    if not codes:
        return {}
    known = {
        place.code: place for place in Division.objects.visible_to(PUBLIC).filter(code__in=codes.values())
    }
    found = {}
    for name, code in codes.items():
        place = known.get(code)
        if place is not None and place.level == LEVELS[name][0]:
            found[name] = place
        else:
            problems.append(wrong(name, "unknown_code", errors.UNKNOWN_CODE, code=code))
    return found
