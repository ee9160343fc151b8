"""Whether a body that travelled says what a row said, each read by its own way."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def says_the_same(body: dict[str, Any] | None, row: dict[str, Any] | None) -> bool:
    """The body of an entry, None for a tombstone, and the row as JSON, None where it is gone."""
    if body is None or row is None:
        return body is row
    return all(_same(value, _value(row, name)) for name, value in body.items())


def _value(row: dict[str, Any], name: str) -> Any:
    return row[name] if name in row else row[f"{name}_id"]


def _same(told: Any, stands: Any) -> bool:
    if isinstance(told, list) and told and isinstance(told[0], dict):
        return len(told) == len(stands) and all(map(says_the_same, told, stands))
    if isinstance(told, str) and isinstance(stands, float | int):
        return Decimal(told) == Decimal(str(stands))
    if isinstance(told, str) and told.endswith("Z") and "T" in told:
        return datetime.fromisoformat(told) == datetime.fromisoformat(stands).astimezone(UTC)
    if isinstance(told, str) and isinstance(stands, str) and told[6:7] == ":":
        return told[7:] == stands
    return told == stands
