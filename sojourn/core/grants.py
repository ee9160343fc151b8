"""What the app role may do: everything the platform needs, and nothing to the trail and history but add.

The owner role migrates, the app role serves (decision 0002). Grants follow from the models, so a new
append-only table is protected by the migrate that makes it. What the database derives by trigger it only reads.
"""

from django.apps import apps
from django.conf import settings
from django.db.backends.utils import CursorWrapper
from pghistory.models import Event
from psycopg import sql

from sojourn.core.models import AppendOnly, Derived

READ_ONLY = frozenset({"django_migrations"})


def append_only_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table for m in models if issubclass(m, AppendOnly | Event) and m._meta.managed}


def derived_tables() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table for m in models if issubclass(m, Derived) and m._meta.managed}


def rights_by_table() -> dict[str, frozenset[str]]:
    """The rights of the app role on every table of the platform."""
    tables = {m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed}
    rights = {table: frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}) for table in tables}
    rights |= {table: frozenset({"SELECT", "INSERT"}) for table in append_only_tables()}
    rights |= {table: frozenset({"SELECT"}) for table in READ_ONLY | derived_tables()}
    return rights


def apply_grants(cursor: CursorWrapper) -> None:
    """The app role holds exactly the rights of rights_by_table() on the tables that exist."""
    role = sql.Identifier(settings.DATABASE_APP_ROLE)
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    existing = {name for (name,) in cursor.fetchall()}
    cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    cursor.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
    for table, rights in sorted(rights_by_table().items()):
        if table in existing:
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, role))
            granted = sql.SQL(", ").join(sql.SQL(right) for right in sorted(rights))
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(granted, name, role))
