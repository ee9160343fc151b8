"""What somebody typed, as conditions on the rows of the search: strictly, and one wrong character away.

The tokens of a row are explained where they are made, in migration 0001; conditions on them find the rows by
index, and what tokens cannot tell is then read in the text beside them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Self

from django.conf import settings
from django.utils.translation import override

from providers.facilities.features import CATALOGUE
from providers.search.fragments import FALSE, Fragment, all_of, any_of
from sojourn.core import hanzi, numbers
from sojourn.core.actors import reach_of

RUNS = re.compile(r"[a-z0-9ü]+|[^a-z0-9ü]+")
DIVISION_CODE = re.compile(r"[1-9][0-9]([0-9]{2}){0,2}")
# Shorter words would be found in nearly every label, or are nobody's way to write one.
SHORTEST_LABEL_PINYIN, SHORTEST_LABEL_INITIALS = 4, 3
SHORTEST_MISSPELT_PINYIN = 5
SHORTEST_HALF = 2
# What people say for features beside the words of their labels.
ALSO_CALLED = {
    "central_heating": "暖气",
    "room_heating": "暖气",
    "air_conditioning": "冷气",
    "lift": "升降机",
    "step_free_entrance": "坡道",
    "settles_inpatient": "异地结算 异地医保",
    "settles_outpatient": "异地结算 异地医保",
    "settles_chronic": "异地结算 异地医保",
    "couples_room": "双人房 夫妻房",
    "station_pickup": "接站",
}


@dataclass(frozen=True)
class Label:
    """A feature by the words it is called, and how these are typed in letters."""

    code: str
    text: str
    pinyin: str
    initials: str


@cache
def labels() -> tuple[Label, ...]:
    with override(settings.LANGUAGE_CODE):
        spoken = [(f.code, [str(f.label), *ALSO_CALLED.get(f.code, "").split()]) for f in CATALOGUE]
    return tuple(
        Label(
            code,
            *(" ".join(map(spell, names)) for spell in (hanzi.search_text, hanzi.pinyin, hanzi.initials)),
        )
        for code, names in spoken
    )


@dataclass(frozen=True)
class Term:
    """One word to look for, all Chinese or all letters and digits, as ``hanzi.search_text`` writes it."""

    text: str

    @property
    def is_latin(self) -> bool:
        return hanzi.looks_latin(self.text)

    @property
    def typed(self) -> str:
        """The letters as the pinyin columns spell them."""
        return hanzi.pinyin(self.text)

    def in_name(self) -> Fragment:
        """The name holds this, or is spelt so in pinyin or initials."""
        written = _holding("", "name_normal", self.text)
        if not self.is_latin:
            return written
        shortened = _holding(":i", "initials", self.text)
        if len(self.text) > 2:
            return _like("pinyin", self.typed) | shortened | written
        return shortened | _tokens(f":s{self.typed}") | written

    def in_place(self) -> Fragment:
        """The county, city or province is called or spelt so, or has this code; a character alone is no place."""
        if DIVISION_CODE.fullmatch(self.text):
            return _tokens(f":c{reach_of(self.text)}")
        if self.is_latin:
            return _query(f"{_lexeme(f':l{self.typed}')}:*") if len(self.text) > 1 else FALSE
        return _holding(":p", "place", self.text) if len(self.text) > 1 else FALSE

    def in_features(self) -> Fragment:
        """A feature answered yes is called so; one character is no name of a feature."""
        if self.is_latin:
            return _any_feature(
                label.code
                for label in labels()
                if (len(self.text) >= SHORTEST_LABEL_PINYIN and self.typed in label.pinyin)
                or (len(self.text) >= SHORTEST_LABEL_INITIALS and self.text in label.initials)
            )
        return self._called() if len(self.text) > 1 else FALSE

    def elsewhere(self) -> Fragment:
        """A place or a feature is called so."""
        return self.in_place() | self.in_features()

    def anywhere(self) -> Fragment:
        return self.in_name() | self.elsewhere()

    def nearby(self) -> Fragment:
        """Rows that come near a word nobody is called: one character is another, or two words were run together.

        A single character that no name has may still stand in the name of a place or a feature.
        """
        if self.is_latin:
            return self._misspelt() if len(self.text) >= SHORTEST_MISSPELT_PINYIN else FALSE
        if len(self.text) == 1:
            return _holding(":p", "place", self.text) | self._called()
        found = _one_other("", "name_normal", self.text) | _one_other(":p", "place", self.text)
        wrong = [re.compile(pattern.replace("_", ".")) for pattern in _one_open(self.text)]
        found |= _any_feature(
            label.code for label in labels() if any(pattern.search(label.text) for pattern in wrong)
        )
        for cut in range(SHORTEST_HALF, len(self.text) - SHORTEST_HALF + 1):
            found |= Term(self.text[:cut]).anywhere() & Term(self.text[cut:]).anywhere()
        return found

    def sounds_alike(self) -> Fragment:
        """Of the rows nearby, those whose name sounds as what was typed: a wrong choice of the keyboard's."""
        return _like("pinyin", self.typed) if self.typed else FALSE

    def _called(self) -> Fragment:
        return _any_feature(label.code for label in labels() if self.text in label.text)

    def _misspelt(self) -> Fragment:
        patterns = [f"{self.typed[:at]}_{self.typed[at + 1 :]}" for at in range(len(self.typed))]
        return any_of(_like("pinyin", pattern) for pattern in patterns)


@dataclass(frozen=True)
class Words:
    """Everything typed into the search box: terms that all have to be met, or a facility's number."""

    terms: tuple[Term, ...]
    number: str = ""

    @classmethod
    def read(cls, q: str) -> Self:
        if numbers.is_valid(q):
            return cls((), numbers.parse(q).text)
        runs = (run for word in hanzi.words(q) for run in RUNS.findall(word))
        return cls(tuple(map(Term, dict.fromkeys(runs))))

    def in_name(self) -> Fragment:
        """Every term stands in the name."""
        return _numbered(self.number) if self.number else all_of(t.in_name() for t in self.terms)

    def anywhere(self) -> Fragment:
        """Every term stands in the name, in a place or among the features."""
        return _numbered(self.number) if self.number else all_of(t.anywhere() for t in self.terms)

    def elsewhere(self) -> Fragment:
        """Every term stands somewhere, and one of them in a place or among the features."""
        some = any_of(term.elsewhere() for term in self.terms)
        return some & self.anywhere() if len(self.terms) > 1 else some

    def begins(self) -> Fragment:
        """The name begins with all of it, as written or as typed in letters."""
        key = self._key
        if not key.is_latin:
            return _beginning(":b", "name_normal", key.text)
        return _beginning(":j", "initials", key.text) | _beginning(":k", "pinyin", key.typed)

    def is_whole(self) -> Fragment:
        """The name is all of it and nothing else; it is kept in up to two spellings."""
        key = self._key
        columns = {"initials": key.text, "pinyin": key.typed} if key.is_latin else {"name_normal": key.text}
        return any_of(
            Fragment(f"{column} = %s", (text,))
            | _like(column, f"{text} ", "{}%")
            | _like(column, f" {text}", "%{}")
            for column, text in columns.items()
        )

    def near(self, unmet: Iterable[Term]) -> Fragment:
        """The unmet terms come near, the others stand as they are."""
        unmet = set(unmet)
        return all_of(t.nearby() if t in unmet else t.anywhere() for t in self.terms)

    def sound_alike(self, unmet: Iterable[Term]) -> Fragment:
        return all_of(term.sounds_alike() for term in unmet)

    @property
    def _key(self) -> Term:
        return Term("".join(term.text for term in self.terms))


def _lexeme(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _grams(prefix: str, text: str) -> str:
    """The tsquery that all pairs of neighbours of the text meet, or the one character it is."""
    grams = list(dict.fromkeys(map("".join, pairwise(text)))) or [text]
    return " & ".join(_lexeme(prefix + gram) for gram in grams)


def _query(tsquery: str) -> Fragment:
    """Rows whose tokens meet a tsquery as it stands, past any dictionary."""
    return Fragment("tokens @@ %s::tsquery", (tsquery,))


def _tokens(token: str) -> Fragment:
    return _query(_lexeme(token))


def _like(column: str, text: str, pattern: str = "%{}%") -> Fragment:
    """Rows of which the column holds the text; an underscore stands for any character, words have none."""
    return Fragment(f"{column} LIKE %s", (pattern.format(text),))


def _numbered(number: str) -> Fragment:
    return Fragment("facility_id IN (SELECT id FROM facilities_facility WHERE number = %s)", (number,))


def _holding(prefix: str, column: str, text: str) -> Fragment:
    """Rows of which the column holds the text: by its grams, and for more than two characters by reading it."""
    found = _query(_grams(prefix, text))
    return found & _like(column, text) if len(text) > 2 else found


def _beginning(prefix: str, column: str, text: str) -> Fragment:
    """Rows of which one spelling in the column begins with the text."""
    if not text:
        return FALSE
    found = _tokens(prefix + text[:2])
    if len(text) <= 2:
        return found
    return found & (_like(column, text, "{}%") | _like(column, f" {text}"))


def _one_open(text: str) -> list[str]:
    """The text with each character in turn left open."""
    return [f"{text[:at]}_{text[at + 1 :]}" for at in range(len(text))]


def _one_other(prefix: str, column: str, text: str) -> Fragment:
    """Rows of which the column holds the text but for one character, which is another."""
    found = FALSE
    for pattern in _one_open(text):
        pieces = [_grams(prefix, piece) for piece in pattern.split("_") if piece]
        found |= _query(" & ".join(pieces)) & _like(column, pattern)
    return found


def _any_feature(codes: Iterable[str]) -> Fragment:
    query = " | ".join(_lexeme(f":f{code}") for code in codes)
    return _query(query) if query else FALSE
