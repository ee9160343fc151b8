"""How the rows of a model are read into bodies and bodies written into rows, each in one statement.

Whole numbers, words, yes and no and lists of words travel as they are; decimals, days and instants as words;
a reference to another shared entity as ``<owner>:<uuid>``, to a division or a member as its code. PostgreSQL
itself spells and reads them, so that no program touches a row field by field.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg.types.json import set_json_loads

from sojourn.core.models import Versioned
from sojourn.sharing.forms import Form, form_of

if TYPE_CHECKING:
    from sojourn.sharing.catalogue import Part, Resource

_INSTANT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_NOTHING = type(None)


@dataclass(frozen=True)
class Fact:
    """One fact of a body: its column, how it is spelt, which JSON kinds it may have and how it is read again.

    ``read`` is an expression over the fact's text in a row told (``_told``).
    """

    name: str
    column: str
    label: str
    spelt: str
    kinds: frozenset[type]
    read: str
    parent: type[Versioned] | None = None
    reference: type[models.Model] | None = None
    form: Form | None = None


class Shape:
    """The statements and checks of one resource, worked out once."""

    def __init__(self, resource: "Resource") -> None:
        self.resource = resource
        self.table = _quoted(resource.model._meta.db_table)
        self.facts = [_fact(resource.model, name) for name in resource.facts]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What a body holds, parts included."""
        return (*self.resource.facts, *(part.name for part in self.resource.parts))

    @cached_property
    def kinds(self) -> dict[str, frozenset[type]]:
        """The JSON kinds that each fact may have."""
        return {fact.name: fact.kinds for fact in self.facts} | {
            part.name: frozenset({list}) for part in self.resource.parts
        }

    @cached_property
    def forms(self) -> dict[str, Form]:
        """What facts, and the lists of parts, must look like beyond their kind."""
        forms = {fact.name: fact.form for fact in self.facts if fact.form}
        return forms | {part.part.name: part.holds for part in self.parts}

    @cached_property
    def parents(self) -> dict[str, type[Versioned]]:
        return {fact.name: fact.parent for fact in self.facts if fact.parent}

    @cached_property
    def references(self) -> dict[str, type[models.Model]]:
        return {fact.name: fact.reference for fact in self.facts if fact.reference}

    # --- rows to bodies ---------------------------------------------------------------------------
    @cached_property
    def reading(self) -> str:
        """id, version and the facts of a body in their order, of the entities whose ids are the parameter."""
        return f"{self._selecting} WHERE t.id = ANY(%s::uuid[])"

    @cached_property
    def marked(self) -> str:
        """The next markers of a feed (first parameter), so many at most (second), with what ``reading`` says of each.

        One statement has one view of the database: what is read is no newer than the markers (feeds.md, I4).
        """
        return (
            "WITH m AS MATERIALIZED (SELECT id, entity, version FROM sharing_marker"
            " WHERE feed_id = %s ORDER BY id LIMIT %s)"
            f" SELECT m.id, m.entity::text, m.version, {self._columns}"
            f" FROM m LEFT JOIN {self.table} AS t ON t.id = m.entity {self._joins} ORDER BY m.id"
        )

    @cached_property
    def walking(self) -> str:
        """The same of a feed's entities (``of_feed``) behind an id, so many at most: the parameters in this order."""
        return f"{self._selecting} WHERE {self.whose('t.')} AND t.id > %s::uuid ORDER BY t.id LIMIT %s"

    def whose(self, alias: str = "") -> str:
        """The condition of rows that one feed holds; its parameters are ``of_feed``."""
        owned = f"{alias}owner = %s"
        return f"{owned} AND {alias}{self._addressed} = %s" if self._addressed else owned

    def of_feed(self, owner: str, audience: str) -> list[str]:
        """Owner, and the member addressed where there is one."""
        return [owner, audience.removeprefix("member.")] if self._addressed else [owner]

    @cached_property
    def _addressed(self) -> str:
        name = self.resource.addressed_by
        return _column(self.resource.model, name) if name else ""

    @cached_property
    def _selecting(self) -> str:
        return f"SELECT {self._columns} FROM {self.table} AS t {self._joins}"

    @cached_property
    def _columns(self) -> str:
        parts = [_reading_of_part(part) for part in self.resource.parts]
        return ", ".join(["t.id::text", "t.version", *(fact.spelt for fact in self.facts), *parts])

    @cached_property
    def _joins(self) -> str:
        """The shared entities that facts name, for their owners."""
        joins = []
        for fact in self.facts:
            if fact.parent:
                other, alias = _quoted(fact.parent._meta.db_table), _quoted(f"of_{fact.name}")
                joins.append(f"LEFT JOIN {other} AS {alias} ON {alias}.id = t.{_quoted(fact.column)}")
        return " ".join(joins)

    def read_rows(self, statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
        """What one of these statements finds, lists and documents taken apart."""
        with connection.cursor() as cursor:
            set_json_loads(orjson.loads, cursor.cursor)
            cursor.execute(statement, params)
            return cursor.fetchall()

    # --- bodies to rows ---------------------------------------------------------------------------
    @cached_property
    def derived(self) -> list[Fact]:
        derived = self.resource.derived
        return [_fact(self.resource.model, name) for name in derived.columns] if derived else []

    @cached_property
    def writing(self) -> str:
        """Rows told (``_told``) of one owner (the last parameter): new ones, and newer ones over older.

        The ids of the rows written come back.
        """
        return self._writing("<")

    @cached_property
    def writing_back(self) -> str:
        """The same, also over rows of the same version: what was published stands."""
        return self._writing("<=")

    def _writing(self, older: str) -> str:
        facts = [*self.facts, *self.derived]
        columns = [_quoted(fact.column) for fact in facts]
        written = ["id", "epoch", "version", *columns, "changed_at", "owner"]
        values = ["r.id::uuid", "r.epoch::bigint", "r.version::bigint", *(fact.read for fact in facts)]
        anew = [f"{column} = excluded.{column}" for column in ("epoch", "version", "changed_at", *columns)]
        return (
            f"INSERT INTO {self.table} AS t ({', '.join(written)})"
            f" SELECT {', '.join(values)}, clock_timestamp(), o.owner"
            f" FROM {_told(self._written)}, (SELECT %s) AS o (owner)"
            f" ON CONFLICT (id) DO UPDATE SET {', '.join(anew)}"
            f" WHERE t.owner = excluded.owner"
            f" AND (t.epoch, t.version) {older} (excluded.epoch, excluded.version) RETURNING t.id::text"
        )

    @cached_property
    def _written(self) -> list[str]:
        """What a row tells that is written."""
        return ["id", "epoch", "version", *(fact.name for fact in (*self.facts, *self.derived))]

    @cached_property
    def parts(self) -> list["PartShape"]:
        return [PartShape(part) for part in self.resource.parts]

    def write_rows(self, statement: str, owner: str, rows: list[dict[str, Any]]) -> list[str]:
        """The rows stand with their parts, as far as the statement lets them; the ids of those written."""
        with connection.cursor() as cursor:
            cursor.execute(statement, [*_telling(self._written, rows), owner])
            written = [found for (found,) in cursor.fetchall()]
            stands = set(written) if self.parts else set()
            newer = [row for row in rows if row["id"] in stands]
            for part in self.parts:
                told = [{**each, "whole": row["id"]} for row in newer for each in row[part.part.name]]
                cursor.execute(part.clearing, [among(written), *_telling(part.keys, told)])
                cursor.execute(part.writing, _telling(part.written, told))
        return written


class PartShape:
    """The statements by which the parts of entities become those of their bodies."""

    def __init__(self, part: "Part") -> None:
        self.part = part
        self.table = _quoted(part.model._meta.db_table)
        self.whole = _column(part.model, part.belongs_to)
        self.facts = [_fact(part.model, name) for name in part.facts]

    @cached_property
    def names(self) -> set[str]:
        return {fact.name for fact in self.facts}

    def holds(self, parts: list[Any]) -> bool:
        """Whether these are parts of an entity: the facts of each sound, none told twice."""
        names = self.names
        if not all(type(each) is dict and each.keys() == names for each in parts):
            return False
        for fact in self.facts:
            name, form = fact.name, fact.form
            values = [each[name] for each in parts]
            if not fact.kinds.issuperset(map(type, values)):
                return False
            if form and not all(form(value) for value in values if value is not None):
                return False
        return len(set(map(itemgetter(*self.part.key), parts))) == len(parts)

    @cached_property
    def writing(self) -> str:
        """The parts told (``written``) stand; those that stand so already are left alone."""
        columns = [_quoted(fact.column) for fact in self.facts]
        key = [_column(self.part.model, name) for name in self.part.key]
        other = [column for column in columns if column not in key]
        values = ", ".join(fact.read for fact in self.facts)
        anew = ", ".join(f"{column} = excluded.{column}" for column in other)
        differs = " OR ".join(f"t.{column} IS DISTINCT FROM excluded.{column}" for column in other)
        return (
            f"INSERT INTO {self.table} AS t ({self.whole}, {', '.join(columns)})"
            f" SELECT r.whole::uuid, {values} FROM {_told(self.written)}"
            f" ON CONFLICT ({self.whole}, {', '.join(key)}) DO UPDATE SET {anew} WHERE {differs}"
        )

    @cached_property
    def clearing(self) -> str:
        """The parts of these entities (first parameter) that are not among those told (``keys``) are gone."""
        keys = [_fact(self.part.model, name) for name in self.part.key]
        same = " AND ".join(f"{fact.read} = t.{_quoted(fact.column)}" for fact in keys)
        return (
            f"DELETE FROM {self.table} AS t WHERE t.{self.whole} = ANY(%s::uuid[]) AND NOT EXISTS ("
            f"SELECT FROM {_told(self.keys)} WHERE r.whole::uuid = t.{self.whole} AND {same})"
        )

    @cached_property
    def written(self) -> list[str]:
        """What a part tells that is written."""
        return ["whole", *(fact.name for fact in self.facts)]

    @cached_property
    def keys(self) -> list[str]:
        """By what a part is known."""
        return ["whole", *self.part.key]


def _told(names: Iterable[str]) -> str:
    """Rows as a table ``r`` of texts; its parameters are what ``_telling`` makes of the same names.

    Column by column PostgreSQL reads them faster than as documents, whose every name it reads with every row.
    """
    columns = [_quoted(name) for name in names]
    read = ", ".join(["json_array_elements_text(%s::json)"] * len(columns))
    return f"ROWS FROM ({read}) AS r ({', '.join(columns)})"


def _telling(names: Iterable[str], rows: Sequence[dict[str, Any]]) -> list[str]:
    return [orjson.dumps([row[name] for row in rows]).decode() for name in names]


def _reading_of_part(part: "Part") -> str:
    facts = [_fact(part.model, name) for name in part.facts]
    spelt = ", ".join(f"'{fact.name}', {fact.spelt.replace('t.', 'p.', 1)}" for fact in facts)
    order = ", ".join(f"p.{_column(part.model, name)}" for name in part.key)
    whole = _column(part.model, part.belongs_to)
    return (
        f"(SELECT coalesce(json_agg(json_build_object({spelt}) ORDER BY {order}), '[]')"
        f" FROM {_quoted(part.model._meta.db_table)} AS p WHERE p.{whole} = t.id)"
    )


def _fact(model: type[models.Model], name: str) -> Fact:
    field: Any = model._meta.get_field(name)
    column = f"t.{_quoted(field.column)}"
    kinds, spelt, parent, reference = _spelling(field, column)
    if field.null:
        kinds |= {_NOTHING}
    return Fact(
        name,
        field.column,
        str(field.verbose_name),
        spelt,
        frozenset(kinds),
        _reading(field, f"r.{_quoted(name)}"),
        parent,
        reference,
        None if parent or reference else form_of(field),
    )


def _reading(field: Any, told: str) -> str:
    """The expression that makes a column's value of its text."""
    if isinstance(field, models.ForeignKey):
        return _reading(field.target_field, told)
    if isinstance(field, ArrayField):
        each = _reading(field.base_field, "e")
        return f"CASE WHEN {told} IS NOT NULL THEN ARRAY(SELECT {each} FROM json_array_elements_text({told}::json) AS e) END"
    # A cast to a length would cut a word that is too long; as it is, the column refuses it.
    is_text = isinstance(field, models.CharField | models.TextField)
    return told if is_text else f"{told}::{field.db_type(connection)}"


def _spelling(field: Any, column: str) -> tuple[set[type], str, Any, Any]:
    """The kinds of a field's JSON, the expression that spells it, and what it refers to."""
    if isinstance(field, models.ForeignKey):
        if issubclass(field.related_model, Versioned):
            other = _quoted(f"of_{field.name}")
            return {str}, f"{other}.owner || ':' || {column}", field.related_model, None
        return {str}, column, None, field.related_model
    if isinstance(field, models.BooleanField):
        return {bool}, column, None, None
    if isinstance(field, models.IntegerField):
        return {int}, column, None, None
    if isinstance(field, ArrayField):
        return {list}, column, None, None
    if isinstance(field, models.JSONField):
        return {list, dict}, f"{column}::json", None, None
    if isinstance(field, models.DateTimeField):
        return {str}, _INSTANT.format(column), None, None
    if isinstance(field, models.DecimalField | models.DateField | models.UUIDField):
        return {str}, f"{column}::text", None, None
    if isinstance(field, models.CharField | models.TextField):
        return {str}, column, None, None
    raise TypeError(f"{field} has no spelling between nodes")


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return _quoted(field.column)


def among(identities: Iterable[str]) -> str:
    """Ids as one parameter of a statement (``ANY(%s::uuid[])``): a list would be prepared id by id."""
    return "{" + ",".join(identities) + "}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
