"""What spreadsheets can bring: each kind says its columns, how a row reads, and what becomes of it (decision 0037).

The registry checks, keeps, applies in steps and undoes them; a room above adds kinds of its own. A reason names row,
column and code; what stood in the cell is repeated nowhere.
"""

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from residents.registry.cells import Wrong, in_source
from residents.registry.errors import HeadingsWrong, ImportKindUnknown
from residents.registry.models import ImportRow
from sojourn.core.actors import Actor

Label = str | Promise


@dataclass(frozen=True)
class Reason:
    """Why a row is not taken: which column and which code of its kind, and the earlier row it repeats."""

    column: str
    code: str
    row: int | None = None

    def as_stored(self) -> dict:
        return {"column": self.column, "code": self.code} | ({"row": self.row} if self.row else {})


@dataclass(frozen=True)
class Read:
    """One row as it was read: what it says and the division whose province's key locks it, or the reasons against it."""

    number: int
    home: str | None = None
    facts: dict = field(default_factory=dict, repr=False)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Content:
    """What a waiting row says, as it was kept: days are written out."""

    home: str
    facts: dict = field(repr=False)


@dataclass(frozen=True)
class Known:
    """What a row says stands already; of whom, where the officer may see her."""

    resident: UUID | None = None


@dataclass(frozen=True)
class Made:
    """What became of a row: of which resident, and the id of what was written where that is not herself."""

    resident: UUID
    row: UUID | None = None


@dataclass(frozen=True)
class ImportKind:
    """One kind of spreadsheet.

    ``read`` judges the rows for an officer; ``known`` says of contents which stand already; ``make`` writes all of
    them or refuses; ``take_back`` undoes rows that were written and names those that stay, because something changed
    since. ``refused`` is the column to which a refusal of ``make`` is told.
    """

    code: str
    label: Label
    sheet: Label
    template: str
    headings: Mapping[str, Label]
    needed: Collection[str]
    choices: Mapping[str, Mapping[str, object]]
    guide: Mapping[str, str]
    reasons: Mapping[str, Label]
    refused: str
    read: Callable[[Iterable[tuple[int, Sequence]], Mapping[str, int], Actor], Sequence[Read]]
    known: Callable[[Sequence[Mapping], Actor], Sequence[Known | None]]
    make: Callable[[Sequence[Content], Actor], Sequence[Made]]
    take_back: Callable[[Sequence[ImportRow], Actor], Collection[int]]
    several: Collection[str] = ()  # columns in which more than one choice may stand

    def columns_of(self, headings: Sequence[str]) -> dict[str, int]:
        """Where each known column stands; HeadingsWrong for one that is missing, repeated or unknown.

        What an unknown heading says is not repeated: a sheet without headings has a person there.
        """
        known = {_plain(in_source(label)): column for column, label in self.headings.items()}
        found: dict[str, int] = {}
        for at, heading in enumerate(headings):
            if not heading:
                continue
            column = known.get(_plain(heading))
            if column is None or column in found:
                raise HeadingsWrong(detail=_("第{n}列的标题不在模板里，或与前面重复").format(n=at + 1))
            found[column] = at
        missing = [str(self.headings[column]) for column in self.needed if column not in found]
        if missing:
            raise HeadingsWrong(detail=_("缺少：{columns}").format(columns="、".join(missing)))
        return found

    def choices_of(self, column: str) -> list[str]:
        """What may stand in a column, where there is a list of it."""
        return [in_source(label) for label in self.choices.get(column, {}).values()]

    def in_words(self, reason: Mapping) -> str:
        """Why a row was not taken, for people."""
        return str(self.reasons[reason["code"]]).format(row=reason.get("row"))


def read_cells(
    cells: Sequence, columns: Mapping[str, int], readers: Mapping[str, Callable], needed: Collection[str]
) -> tuple[dict, list[Reason]]:
    """What the cells of a row say by column, and what is wrong with each that says nothing."""
    facts, reasons = {}, []
    for column, at in columns.items():
        cell = cells[at] if at < len(cells) else None
        try:
            if cell is not None:
                facts[column] = readers[column](cell)
            elif column in needed:
                raise Wrong("missing")
        except Wrong as wrong:
            reasons.append(Reason(column, wrong.args[0]))
    return facts, reasons


def once(rows: Iterable[Read], column: str, named_by: Callable[[Mapping], Hashable]) -> Iterator[Read]:
    """What stands in the sheet twice is taken from the first row; each later one names it, in this column.

    ``named_by`` says of the facts of a row what they are about.
    """
    first: dict[Hashable, int] = {}
    for row in rows:
        if row.reasons:
            yield row
            continue
        earlier = first.setdefault(named_by(row.facts), row.number)
        if earlier == row.number:
            yield row
        else:
            yield Read(row.number, reasons=(Reason(column, "same_as_row", earlier),))


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Officers can send spreadsheets of this kind; said twice by one room it is the same kind."""
    _kinds[kind.code] = kind


def registered() -> list[ImportKind]:
    return list(_kinds.values())


def named(code: str) -> ImportKind:
    """The kind of this code; ImportKindUnknown for none."""
    try:
        return _kinds[code]
    except KeyError:
        raise ImportKindUnknown from None


def _plain(heading: str) -> str:
    return re.sub(r"[\s*＊（）()：:]|必填", "", heading)
