"""The legal grounds of opening something of a resident, with their articles, as dated data."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from residents.consents import facts
from residents.registry.states import Ground, Purpose
from sojourn.provinces.states import RuleFlag

FILE = Path(__file__).parent / "data" / "grounds.json"
CONSENT, MANDATE, MOVE = "consent", "mandate", "household_move"


@dataclass(frozen=True)
class LegalGround:
    """One ground: the law and its article, for which purposes and facts it serves, from a day up to another.

    ``flag`` says how well the article is known to us (seen, recalled, assumed).
    """

    code: str
    ground: Ground
    law: str
    article: str
    purposes: frozenset[str]
    fields: frozenset[str]
    valid_from: date
    valid_to: date | None
    flag: RuleFlag

    @property
    def cited(self) -> str:
        """The article as it is kept with every field that it opens."""
        return f"《{self.law}》{self.article}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def serves(self, purpose: str, fields: Collection[str]) -> bool:
        """Whether these facts may be opened on this ground to this end."""
        return purpose in self.purposes and set(fields) <= self.fields


def ground_on(code: str, day: date) -> LegalGround | None:
    """The ground of this code as it holds on a day."""
    return next((each for each in _grounds() if each.code == code and each.holds_on(day)), None)


def label_of(code: str) -> str:
    """What the ground of this code is called, whenever it held."""
    labels = (str(each.ground.label) for each in _grounds() if each.code == code)
    return next(labels, code)


def statutory_on(day: date) -> list[LegalGround]:
    """The grounds that need no consent on a day; on that of a move only a hand-over rests."""
    chosen = [each for each in _grounds() if each.holds_on(day) and each.code != MOVE]
    return [each for each in chosen if each.ground != Ground.CONSENT]


@cache
def _grounds() -> tuple[LegalGround, ...]:
    return tuple(_read(line) for line in json.loads(FILE.read_text(encoding="utf-8")))


def _read(line: dict) -> LegalGround:
    """One line of the file; a word in it that nobody knows is a mistake of the file."""
    purposes, fields = frozenset(line["purposes"]), frozenset(line["fields"])
    if not purposes <= set(Purpose.values) or len(facts.named(fields)) != len(fields):
        raise ValueError(f"unknown purpose or fact in {line['code']}")
    return LegalGround(
        code=line["code"],
        ground=Ground(line["ground"]),
        law=line["law"],
        article=line["article"],
        purposes=purposes,
        fields=fields,
        valid_from=date.fromisoformat(line["valid_from"]),
        valid_to=line["valid_to"] and date.fromisoformat(line["valid_to"]),
        flag=RuleFlag(line["flag"]),
    )
