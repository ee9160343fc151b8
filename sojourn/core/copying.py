"""Many rows at once, by PostgreSQL's COPY: triggers and constraints hold as for any other write."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model


def copy_in(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    """All of these rows stand in the model's table; columns left out take the database's own defaults.

    A row is a sequence of plain values in the order of the columns: no model fields prepare them.
    """
    quote = connection.ops.quote_name
    listed = ", ".join(quote(column) for column in columns)
    statement = f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN"
    # Django translates what its own cursors raise; this one is the driver's.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
