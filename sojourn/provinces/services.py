"""Reference data is loaded, edition by edition."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Field, Model
from psycopg import sql

from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now, today
from sojourn.core.trail import record
from sojourn.provinces import policy, reference, seasons
from sojourn.provinces.errors import NotYourReference
from sojourn.provinces.models import (
    AgreedItem,
    Agreement,
    CalendarYear,
    ClimateNormal,
    ClimatePlace,
    Division,
    DivisionSuccession,
    Holiday,
    Member,
    Party,
    ReferenceEdition,
    Rule,
    SeasonMonth,
)

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Table:
    """One table of a data set: how its rows are read, what tells them apart, whether old rows stay."""

    model: type[Model]
    rows: Callable[[reference.Texts], list[reference.Row]]
    key: tuple[str, ...]
    old_rows_stay: bool = False


@dataclass(frozen=True)
class Dataset:
    name: str
    files: tuple[str, ...]
    tables: tuple[Table, ...]


DATASETS = (
    Dataset(
        "divisions",
        ("divisions.csv", "division_former.csv", "division_since.csv"),
        (
            Table(Division, reference.divisions, ("code",), old_rows_stay=True),
            Table(DivisionSuccession, reference.successions, ("code", "valid_to")),
        ),
    ),
    Dataset(
        "members",
        ("members.json", "divisions.csv"),
        (Table(Member, reference.members, ("code",), old_rows_stay=True),),
    ),
    Dataset(
        "agreements",
        ("agreements.json", "agreed_items.json"),
        (
            Table(Agreement, reference.agreements, ("id",), old_rows_stay=True),
            Table(Party, reference.parties, ("agreement_id", "division_id", "kind", "body")),
            Table(AgreedItem, reference.agreed_items, ("code",)),
        ),
    ),
    Dataset(
        "holidays",
        ("holidays_cn_years.csv", "holidays_cn_2019_2026.csv", "holidays_cn_2027_statutory.csv"),
        (
            Table(CalendarYear, reference.calendar_years, ("year",), old_rows_stay=True),
            Table(Holiday, reference.holidays, ("day",)),
        ),
    ),
    Dataset(
        "climate",
        ("climate_city.csv", "climate_city_monthly.csv"),
        (
            Table(ClimatePlace, reference.climate_places, ("city_id",), old_rows_stay=True),
            Table(ClimateNormal, reference.climate_normals, ("place_id", "month")),
        ),
    ),
    Dataset(
        "rules",
        ("rules.json", "agreements.json"),
        (Table(Rule, reference.rules, ("key", "member_id", "agreement_id", "valid_from")),),
    ),
)


def load_reference(*, actor: Actor = SYSTEM) -> int:
    """Every list under data/ stands in the database in its present edition.

    Returns how many rows the lists hold whose files changed: 0 when run again. Of those only the rows
    that differ are written, the others are not even touched.
    """
    if not policy.can_load_reference(actor):
        raise NotYourReference
    editions = json.loads(_text("editions.json"))
    rows = sum(_load(dataset, editions[dataset.name], actor=actor) for dataset in DATASETS)
    judge_seasons(actor=actor)
    return rows


@transaction.atomic
def judge_seasons(*, actor: Actor = SYSTEM) -> int:
    """Every month of every city is judged by the season rule of today.

    Returns how many months were judged: 0 where neither climate nor rule changed since the last time.
    """
    if not policy.can_load_reference(actor):
        raise NotYourReference
    climate = ReferenceEdition.objects.locked().get(pk="climate")
    rows = seasons.season_rows(today())
    digest = seasons.digest_of_rule(rows, climate.digest)
    if set(SeasonMonth.objects.values_list("digest", flat=True).distinct()) == {digest}:
        return 0
    judged = seasons.judged_rows(seasons.rule_from(rows), digest)
    _hold(SeasonMonth, ("place_id", "month"), judged)
    record(action="seasons.judged", actor=actor, subject=climate, rows=len(judged), digest=digest)
    return len(judged)


@transaction.atomic
def _load(dataset: Dataset, edition: dict[str, str], *, actor: Actor) -> int:
    texts = {name: _text(name) for name in dataset.files}
    digest = reference.digest_of(texts)
    ReferenceEdition.objects.get_or_create(dataset=dataset.name, defaults={"rows": 0})
    held = ReferenceEdition.objects.locked().get(pk=dataset.name)
    facts = edition | {"digest": digest}
    if all(getattr(held, name) == value for name, value in facts.items()):
        return 0
    rows = sum(_write(table, table.rows(texts)) for table in dataset.tables)
    for name, value in facts.items():
        setattr(held, name, value)
    held.rows, held.loaded_at = rows, now()
    held.save()
    record(action="reference.loaded", actor=actor, subject=held, rows=rows, **facts)
    return rows


def _write(table: Table, rows: list[reference.Row]) -> int:
    """The table holds these rows."""
    _hold(table.model, table.key, rows, old_rows_stay=table.old_rows_stay)
    return len(rows)


def _hold(
    model: type[Model], key: tuple[str, ...], rows: list[reference.Row], *, old_rows_stay: bool = False
) -> None:
    """The table holds these rows, told apart by the key; one that stands as it should is left alone."""
    wanted = {tuple(row[name] for name in key): row for row in rows}
    standing = {
        tuple(row[name] for name in key): row for row in model._default_manager.values("pk", *rows[0])
    }
    if not old_rows_stay:
        gone = [row["pk"] for found, row in standing.items() if found not in wanted]
        model._default_manager.filter(pk__in=gone).delete()
    changed = [
        row
        for found, row in wanted.items()
        if found in standing and not row.items() <= standing[found].items()
    ]
    _rewrite(model, key, changed)
    _copy(model, [row for found, row in wanted.items() if found not in standing])


def _rewrite(model: type[Model], key: tuple[str, ...], rows: list[reference.Row]) -> None:
    """Rows that stand otherwise than their file says now say what it says."""
    if rows:
        model._default_manager.bulk_create(
            [model(**row) for row in rows],
            update_conflicts=True,
            unique_fields=[_field(model, name).name for name in key],
            update_fields=[_field(model, name).name for name in rows[0] if name not in key],
        )


def _copy(model: type[Model], rows: list[reference.Row]) -> None:
    """Rows that were not there are there; COPY takes a tenth of the time of INSERT."""
    if not rows:
        return
    fields = [_field(model, name) for name in rows[0]]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([sql.Identifier(field.column or field.attname) for field in fields]),
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        prepare = [partial(field.get_db_prep_save, connection=cursor.db) for field in fields]
        for row in rows:
            copy.write_row([ready(value) for ready, value in zip(prepare, row.values(), strict=True)])


def _field(model: type[Model], column: str) -> Field:
    return next(field for field in model._meta.concrete_fields if field.attname == column)


def _text(name: str) -> str:
    return (DATA / name).read_text("utf-8")
