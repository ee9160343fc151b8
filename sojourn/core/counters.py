"""Our own readable numbers, counted by the database so that no two rows ever share one."""

from collections.abc import Sequence

from django.db import connection

from sojourn.core import numbers


def next_numbers(*, prefix: str, counter: str, province_codes: Sequence[str]) -> list[str]:
    """The next number for each of these provinces, in order; a number once drawn is never drawn again.

    ``counter`` is the PostgreSQL sequence that counts the prefix.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [counter, len(province_codes)])
        drawn = sorted(value for (value,) in cursor.fetchall())
    return [numbers.make(prefix, code, value) for code, value in zip(province_codes, drawn, strict=True)]


def count_past(*, counter: str, value: int) -> None:
    """No number up to this value will be drawn again: a restored database had forgotten that it drew them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value FROM {connection.ops.quote_name(counter)}")  # noqa: S608 - a counter of ours
        behind = value - cursor.fetchone()[0]
        if behind > 0:
            cursor.execute("SELECT count(nextval(%s)) FROM generate_series(1, %s)", [counter, behind])
