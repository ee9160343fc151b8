"""As the app role, the trail and the history can be added to and nothing else."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection
from psycopg import errors, sql

from sojourn.core.actors import SYSTEM
from sojourn.core.grants import append_only_tables, rights_by_table
from sojourn.core.trail import record
from tests.factories.accounts import UserFactory

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def rights_in_the_database() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, r FROM pg_tables, unnest(%s::text[]) AS r WHERE schemaname = 'public'"
            " AND has_table_privilege('sojourn_app', quote_ident(tablename), r)",
            [list(RIGHTS)],
        )
        held: dict[str, set[str]] = {}
        for table, right in cursor.fetchall():
            held.setdefault(table, set()).add(right)
    return held


@pytest.mark.django_db
def test_the_app_role_holds_exactly_the_declared_rights():
    declared = {table: set(rights) for table, rights in rights_by_table().items()}
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))

    assert rights_in_the_database() == {
        table: rights for table, rights in declared.items() if table in existing
    }


@pytest.mark.django_db
def test_trail_seals_and_every_history_are_append_only():
    tables = append_only_tables()

    assert {
        "core_auditentry",
        "core_trailseal",
        "accounts_membershipevent",
        "facilities_facilityevent",
    } <= tables


ATTEMPTS = [
    "UPDATE {} SET {} = {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {}",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_tampering_as_the_app_role_is_refused(as_app, attempt):
    keys = {model._meta.db_table: model._meta.pk.column for model in apps.get_models()}
    for table in sorted(append_only_tables()):
        names = [sql.Identifier(table), *([sql.Identifier(keys[table])] * (attempt.count("{}") - 1))]

        with pytest.raises(errors.InsufficientPrivilege):
            as_app.execute(sql.SQL(attempt).format(*names))


@pytest.mark.django_db(transaction=True)
def test_the_app_role_may_add_to_the_trail(as_app):
    as_app.execute(
        "INSERT INTO core_auditentry (action, subject_kind, subject_id, facts, actor_role, actor_divisions,"
        " on_behalf_of, trace_id) VALUES ('a.b', 'k', '1', '{}', 'system', '', '', '')"
    )

    assert as_app.execute("SELECT count(*) FROM core_auditentry WHERE action = 'a.b'").fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["SET ROLE sojourn_owner", "SET SESSION AUTHORIZATION sojourn_owner"])
def test_the_app_role_cannot_become_the_owner(as_app, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        as_app.execute(statement)


@pytest.mark.django_db
def test_even_the_owner_is_stopped_by_the_trigger():
    record(action="a.b", actor=SYSTEM, subject=UserFactory())

    with (
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="Cannot update"),
    ):
        cursor.execute("UPDATE core_auditentry SET action = 'x'")
