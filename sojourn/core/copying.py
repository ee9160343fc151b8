"""Many rows at once, by PostgreSQL's COPY: triggers and constraints hold as for any other write."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import NOT_PROVIDED, Model, TextChoices


def blank(model: type[Model]) -> dict[str, object]:
    """What a new row holds in each column that nothing is said of, by the column's name.

    The primary key is always said, and what the database fills in itself is left to it.
    """
    return {
        field.attname: field.get_default()
        for field in model._meta.concrete_fields
        if not field.primary_key and field.db_default is NOT_PROVIDED
    }


def filled(columns: Mapping[str, object], said: Mapping[str, object]) -> list:
    """A row in the order of its blank columns, as COPY takes it: what is chosen from a list by its stored word.

    No model is made of it: for a row of many columns that takes as long as to write it.
    """
    values = {**columns, **said}.values()
    return [str(value) if isinstance(value, TextChoices) else value for value in values]


def copy_in(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    """All of these rows stand in the model's table; columns left out take the database's own defaults.

    A row is a sequence of plain values in the order of the columns: no model fields prepare them. It may be made
    while the rows before it are being written, as long as its making asks the database nothing.
    """
    quote = connection.ops.quote_name
    listed = ", ".join(quote(column) for column in columns)
    statement = f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN"
    # Django translates what its own cursors raise; this one is the driver's.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
