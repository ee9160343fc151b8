"""Everything that a copy of the database would hold."""

from django.db import connection
from psycopg import sql

from sojourn.accounts.models import Session


def dump() -> str:
    """Every row of every table of ours as COPY writes it, and what the sessions among them hold, which is packed."""
    pieces = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
                pieces += [bytes(piece).decode() for piece in rows]
    pieces += [str(session.get_decoded()) for session in Session.objects.all()]
    return "".join(pieces)
