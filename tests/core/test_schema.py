"""Migrations that add at once make what Django's own would make, and take it away again."""

from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from sojourn.core import schema
from tests.architecture.house import WINGS

REFUSES = Trigger(
    name="keeps",
    sql=UpsertTriggerSql(
        func="RAISE EXCEPTION 'kept';",
        hash="0",
        operation="DELETE",
        pgid="pgtrigger_keeps_00000",
        table="accounts_leaf",
        when="BEFORE",
    ),
)


def the_key():
    return ("id", models.AutoField(primary_key=True, serialize=False))


# A trunk that stands already gets a column and a constraint; leaves are made, which point to it and it to them.
OPERATIONS = [
    migrations.CreateModel("Leaf", [the_key(), ("size", models.IntegerField())]),
    migrations.AddField("Leaf", "trunk", models.ForeignKey("accounts.trunk", on_delete=models.CASCADE)),
    migrations.AddField(
        "Trunk", "first", models.ForeignKey("accounts.leaf", null=True, on_delete=models.SET_NULL)
    ),
    migrations.AddIndex("Leaf", models.Index("size", name="leaf_size")),
    migrations.AddConstraint(
        "Leaf", models.CheckConstraint(condition=models.Q(size__gt=0), name="leaf_grows")
    ),
    migrations.AddConstraint("Trunk", models.UniqueConstraint("first", name="trunk_first")),
    AddTrigger("leaf", REFUSES),
    migrations.RunSQL("SELECT 1", migrations.RunSQL.noop),
    migrations.AlterField("Leaf", "size", models.BigIntegerField()),
]


class Grown(schema.Migration):
    operations = OPERATIONS


class GrownByDjango(migrations.Migration):
    operations = OPERATIONS


class Pruned(schema.Migration):
    operations = [
        RemoveTrigger("leaf", "keeps"),
        migrations.AddField("Leaf", "colour", models.TextField(null=True)),
    ]


def standing() -> ProjectState:
    state = ProjectState()
    migrations.CreateModel("Trunk", [the_key()]).state_forwards("accounts", state)
    return state


def in_the_database() -> list[str]:
    """Columns, constraints, indexes and triggers of both tables, as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable) FROM information_schema.columns"
            " WHERE table_name IN ('accounts_leaf', 'accounts_trunk')"
            " UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text IN ('accounts_leaf', 'accounts_trunk')"
            " UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename IN ('accounts_leaf', 'accounts_trunk')"
            " UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid::regclass::text IN ('accounts_leaf', 'accounts_trunk') ORDER BY 1"
        )
        return [line for (line,) in cursor]


def applied(migration: migrations.Migration, state: ProjectState) -> ProjectState:
    with connection.schema_editor() as editor:
        return migration.apply(state.clone(), editor)


def unapplied(migration: migrations.Migration, state: ProjectState) -> None:
    with connection.schema_editor() as editor:
        migration.unapply(state.clone(), editor)


def test_a_migration_makes_at_once_what_django_makes_step_by_step(db):
    before = standing()
    with connection.schema_editor() as editor:
        editor.create_model(before.apps.get_model("accounts", "trunk"))
    bare = in_the_database()

    by_django = applied(GrownByDjango("grown", "accounts"), before)
    made_by_django = in_the_database()
    unapplied(GrownByDjango("grown", "accounts"), before)
    ours = applied(Grown("grown", "accounts"), before)

    assert in_the_database() == made_by_django
    assert len(made_by_django) > len(bare) + 8
    assert ours == by_django
    assert fields_drawn(ours) == fields_drawn(by_django)
    unapplied(Grown("grown", "accounts"), before)
    assert in_the_database() == bare


def test_a_trigger_that_was_taken_away_at_once_with_additions_comes_back(db):
    before = standing()
    with connection.schema_editor() as editor:
        editor.create_model(before.apps.get_model("accounts", "trunk"))
    grown = applied(Grown("grown", "accounts"), before)
    whole = in_the_database()

    applied(Pruned("pruned", "accounts"), grown)

    assert not any("TRIGGER" in line for line in in_the_database())
    unapplied(Pruned("pruned", "accounts"), grown)
    assert in_the_database() == whole


def fields_drawn(state: ProjectState) -> dict[str, list[str]]:
    """What later operations see of the models, the ways back included."""
    return {
        model._meta.label: [field.name for field in model._meta.get_fields()]
        for model in state.apps.get_models()
    }


def test_every_migration_of_ours_that_adds_much_adds_it_at_once():
    slow = [
        str(migration)
        for migration in MigrationLoader(None).disk_migrations.values()
        if type(migration).__module__.startswith(tuple(f"{wing}." for wing in WINGS))
        and sum(isinstance(operation, schema.GROUPED) for operation in type(migration).operations) > 1
        and not isinstance(migration, schema.Migration)
    ]

    assert slow == [], "let these derive from sojourn.core.schema.Migration (decision 0041)"
