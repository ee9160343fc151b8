"""Which rows answer a query, and in which order, whatever they are shown as.

What was typed is met in ranks, and each is asked for by itself, so that a word that half of all names hold
is answered from the order of an index and a rare one from its tokens. A walk goes on after the last row's keys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.db import connection

from providers.search.conditions import answering, order_of
from providers.search.fragments import TRUE, Fragment
from providers.search.matching import Term, Words
from providers.search.query import BaseQuery


class Rank(IntEnum):
    """How well a row meets what was typed, best first."""

    WHOLE_NAME = 0
    NAME_BEGINS = 1
    IN_NAME = 2
    IN_PLACE_OR_FEATURE = 3
    SOUNDS_ALIKE = 4
    NEAR = 5


@dataclass(frozen=True)
class Hit:
    """A row that answers: its keys in the order of the answer, its facility, and whether that is designated."""

    keys: tuple
    facility_id: UUID
    designated: bool


@dataclass(frozen=True)
class Branch:
    """Rows of one rank, or of two that are told apart by a condition."""

    met: Fragment
    rank: Rank
    better: tuple[Fragment, Rank] | None = None

    @property
    def ranked(self) -> Fragment:
        if self.better is None:
            return Fragment(f"{self.rank:d}")
        condition, best = self.better
        return Fragment(f"CASE WHEN {condition.sql} THEN {best:d} ELSE {self.rank:d} END", condition.params)

    @property
    def best(self) -> Rank:
        return self.better[1] if self.better else self.rank


@dataclass(frozen=True)
class Window:
    """Which part of an answer is wanted; ``after`` are the keys of the last row seen."""

    limit: int
    offset: int = 0
    after: Sequence | None = None


def hits_of(query: BaseQuery, window: Window) -> list[Hit]:
    """The rows that answer, in order."""
    return _read(query, _branches(query), window)


def near_hits_of(query: BaseQuery, *, limit: int) -> list[Hit]:
    """Rows that come near what was typed; none where some facility answers to each term of it."""
    words = Words.read(query.q) if query.q else Words(())
    unmet = _unmet(words.terms)
    if not unmet:
        return []
    alike = (words.sound_alike(unmet), Rank.SOUNDS_ALIKE)
    return _read(query, [Branch(words.near(unmet), Rank.NEAR, better=alike)], Window(limit))


def _branches(query: BaseQuery) -> list[Branch]:
    if not query.q:
        return [Branch(TRUE, Rank.WHOLE_NAME)]
    words = Words.read(query.q)
    in_name = words.in_name()
    if words.number:
        return [Branch(in_name, Rank.WHOLE_NAME)]
    begins = words.begins()
    return [
        Branch(begins, Rank.NAME_BEGINS, better=(words.is_whole(), Rank.WHOLE_NAME)),
        Branch(in_name & ~begins, Rank.IN_NAME),
        Branch(words.elsewhere() & ~in_name & ~begins, Rank.IN_PLACE_OR_FEATURE),
    ]


def _read(query: BaseQuery, branches: Iterable[Branch], window: Window) -> list[Hit]:
    """One statement: each branch in its order and cut, and what they come to in order and cut."""
    asked, order = answering(query, but={"q"}), order_of(query)
    parts = [
        _part(branch, order, branch.met & asked & condition)
        for branch in branches
        if (condition := _beyond(branch, order, window.after)) is not None
    ]
    if not parts:
        return []
    statement = parts[0].sql
    if len(parts) > 1:
        most = window.offset + window.limit
        cut = " UNION ALL ".join(f"({part.sql} LIMIT {most:d})" for part in parts)
        statement = f"{cut} ORDER BY {_positions(order)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} LIMIT {window.limit:d} OFFSET {window.offset:d}",
            [param for part in parts for param in part.params],
        )
        return [Hit(tuple(keys), keys[-1], designated) for *keys, designated in cursor.fetchall()]


def _part(branch: Branch, order: dict[str, Fragment], condition: Fragment) -> Fragment:
    columns = [branch.ranked, *order.values(), Fragment("designated")]
    listed = ", ".join(column.sql for column in columns)
    params = tuple(param for column in columns for param in column.params) + condition.params
    where = f"FROM search_searchrow WHERE {condition.sql} ORDER BY {_positions(order)}"
    return Fragment(f"SELECT {listed} {where}", params)


def _positions(order: dict[str, Fragment]) -> str:
    """The rank first, then the order's columns."""
    return ", ".join(str(position) for position in range(1, len(order) + 2))


def _beyond(branch: Branch, order: dict[str, Fragment], after: Sequence | None) -> Fragment | None:
    """Rows of the branch beyond the last row seen; None where that lies beyond them all."""
    if after is None or after[0] < branch.best:
        return TRUE
    if after[0] > branch.rank:
        return None
    columns = [branch.ranked, *order.values()] if branch.better else [*order.values()]
    last = tuple(after) if branch.better else tuple(after[1:])
    mine = ", ".join(column.sql for column in columns)
    params = tuple(param for column in columns for param in column.params)
    return Fragment(f"({mine}) > ({', '.join(['%s'] * len(last))})", params + last)


def _unmet(terms: Sequence[Term]) -> list[Term]:
    """The terms that no facility at all answers to, asked in one go."""
    if not terms:
        return []
    asked = [term.anywhere() for term in terms]
    columns = ", ".join(f"EXISTS (SELECT FROM search_searchrow WHERE {one.sql})" for one in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [param for one in asked for param in one.params])
        met = cursor.fetchone()
    return [term for term, is_met in zip(terms, met, strict=True) if not is_met]
