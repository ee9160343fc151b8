"""Conditions on the rows of the search as pieces of SQL with their parameters.

The hot list is one statement over one table. Put together from these pieces it costs a tenth of what the ORM
takes to compile it; everywhere else a piece stands in a filter like any Q.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Self

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL


@dataclass(frozen=True)
class Fragment:
    """A condition or a column of search_searchrow; what people typed is only ever a parameter."""

    sql: str
    params: tuple = ()

    def __and__(self, other: Self) -> Self:
        if TRUE in (self, other):
            return other if self == TRUE else self
        return type(self)(f"({self.sql} AND {other.sql})", self.params + other.params)

    def __or__(self, other: Self) -> Self:
        if FALSE in (self, other):
            return other if self == FALSE else self
        return type(self)(f"({self.sql} OR {other.sql})", self.params + other.params)

    def __invert__(self) -> Self:
        return type(self)(f"(NOT {self.sql})", self.params)

    @property
    def q(self) -> Q:
        """The same for a filter of the ORM."""
        return Q(RawSQL(self.sql, self.params, BooleanField()))  # noqa: S611 -- no piece holds typed text


TRUE, FALSE = Fragment("TRUE"), Fragment("FALSE")


def all_of(conditions: Iterable[Fragment]) -> Fragment:
    return reduce(and_, conditions, TRUE)


def any_of(conditions: Iterable[Fragment]) -> Fragment:
    return reduce(or_, conditions, FALSE)
