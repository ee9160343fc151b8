"""What was done to a row, and every state it had, in words for the staff."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Field, ForeignKey, Model
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.core.clock import local
from sojourn.core.models import AuditEntry
from sojourn.web.templatetags.shown import yuan

NOTHING = "—"
KEPT_BY_DATABASE = {"version", "changed_at"}
STATES = {
    "insert": gettext_lazy("新增"),
    "update": gettext_lazy("变更"),
    "delete": gettext_lazy("删除"),
}
Label = str | Promise
Teller = Callable[[Mapping[str, object], str], Label]
CODES = (str, UUID)

_actions: dict[str, Label] = {}
# What rooms call the facts they keep beside a row's own fields, and codes among such facts and in lists.
_words: dict[str, Label] = {
    "name": gettext_lazy("名称"),
    "number": gettext_lazy("编号"),
    "reason": gettext_lazy("原因"),
    "ground": gettext_lazy("依据"),
    "yes": gettext_lazy("是"),
    "no": gettext_lazy("否"),
    "unknown": gettext_lazy("未报告"),
}
# How the codes are read that stand in a field, or in a fact, without a closed list of its own.
_tellers: dict[tuple[str, str], Teller] = {}


@dataclass(frozen=True)
class Change:
    """One fact before and after; ``old`` is None where only what it is now was kept."""

    name: Label
    new: str
    old: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of the trail. Of the person it says her role and where it held, never who she is."""

    entry: AuditEntry
    action: Label | None
    subject: Label
    reach: str
    facts: list[Change]


@dataclass(frozen=True)
class State:
    """What a row became at an instant; where everything about it was new, ``is_first``."""

    at: datetime
    label: Label
    changes: list[Change]
    is_first: bool


def name_actions(actions: Mapping[str, Label], words: Mapping[str, Label] | None = None) -> None:
    """Say what the actions of a room are called in the admin, and its facts and codes."""
    _actions.update(actions)
    _words.update(words or {})


def tell_codes(model: str, name: str, tell: Teller) -> None:
    """Say how a code is read in this field, or in a fact of this name, of rows of this model (``app.model``).

    ``tell(beside, code)`` is given what stands beside the code: the other fields of the row, or facts of the line;
    of a list, each code in turn; of a foreign key, the id.
    """
    _tellers[model, name] = tell


def lines_of(entries: Iterable[AuditEntry]) -> list[Line]:
    """The trail as it is shown, with the places where the actors' roles held."""
    entries = list(entries)
    names = reach_names(
        {prefix for entry in entries for prefix in entry.actor_divisions.split(",") if prefix}
    )
    return [
        Line(
            entry=entry,
            action=action_label(entry),
            subject=subject_label(entry),
            reach="、".join(names[prefix] for prefix in entry.actor_divisions.split(",") if prefix),
            facts=list(_facts_of(entry)),
        )
        for entry in entries
    ]


def action_label(entry: AuditEntry) -> Label | None:
    """What the action is called; None where its room has not said."""
    return _actions.get(entry.action)


def reach_names(prefixes: Iterable[str]) -> dict[str, str]:
    """The divisions with these code prefixes by name; the rooms above know them."""
    return import_string(settings.SOJOURN_REACH_NAMES)(prefixes)


def states_of(row: Model, *, limit: int) -> list[State]:
    """The row's states, newest first, each with the fields that changed from the one before."""
    event_model = next(iter(getattr(row, "pgh_event_models", {}).values()), None)
    if event_model is None:
        return []
    events = list(event_model.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id")[: limit + 1])
    kept = {field.name for field in event_model._meta.concrete_fields} - KEPT_BY_DATABASE
    fields = [field for field in row._meta.concrete_fields if field.name in kept and not field.primary_key]
    related = _related(fields, events)
    # Rows that another node owns have no history here.
    pairs = zip(events, [*events[1:], None], strict=False)
    return [
        State(
            at=event.pgh_created_at,
            label=STATES.get(event.pgh_label, event.pgh_label),
            changes=list(_changes(fields, older, event, related, row._meta.label_lower)),
            is_first=older is None,
        )
        for event, older in pairs
    ][:limit]


def shown(field: Field | None, value: object) -> str:
    """A value as the admin writes it: by its label, in local time, in yuan; a dash where there is none."""
    if isinstance(value, str) and field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if field is not None and field.name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    match value:
        case None | "":
            return NOTHING
        case bool():
            return _("是") if value else _("否")
        case list() | tuple() | set():
            base = getattr(field, "base_field", None)
            described = base if base is not None and base.flatchoices else None
            return "、".join(_by_word(described, item) for item in value) or NOTHING
        case Mapping():
            pairs = (f"{_words.get(key, key)}：{_by_word(None, item)}" for key, item in value.items())
            return "；".join(pairs) or NOTHING
        case datetime():
            return local(value).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)


def model_of(kind: str) -> type[Model] | None:
    """The model of this name (``app.model``); None for one that is no more."""
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def kind_label(kind: str) -> Label:
    """What rows of this model are called; its name, where there is no such model."""
    model = model_of(kind)
    return (model and model._meta.verbose_name) or kind


def field_label(model: type[Model], name: str) -> Label:
    """What this field of a model is called; its name, where there is no such field."""
    return next((field.verbose_name for field in model._meta.concrete_fields if field.name == name), name)


def subject_label(entry: AuditEntry) -> Label:
    """What kind of thing an entry speaks of."""
    return kind_label(entry.subject_kind)


def _facts_of(entry: AuditEntry) -> Iterable[Change]:
    model = model_of(entry.subject_kind)
    fields = {field.name: field for field in model._meta.concrete_fields} if model else {}
    facts = dict(entry.facts)
    before, after = dict(facts.pop("before", {})), facts.pop("after", {})

    def told(name: str, value: object) -> str:
        said = _told(entry.subject_kind, name, value, entry.facts)
        return said or _by_word(fields.get(name), value)

    for name, value in after.items():
        yield Change(_called(fields.get(name), name), told(name, value), told(name, before.pop(name, None)))
    for name, value in before.items():
        called = _("原{name}").format(name=_called(fields.get(name), name))
        yield Change(called, told(name, value))
    for name, value in facts.items():
        yield Change(_called(fields.get(name), name), told(name, value))


def _called(field: Field | None, name: str) -> Label:
    return field.verbose_name if field is not None else _words.get(name, name)


def _told(model: str, name: str, value: object, beside: Mapping[str, object]) -> str:
    """A code as its room reads it; empty where no room does."""
    tell = _tellers.get((model, name))
    codes = value if isinstance(value, list) else [value]
    if tell is None or not all(code and isinstance(code, CODES) for code in codes):
        return ""
    return "、".join(str(tell(beside, str(code))) for code in codes)


def _by_word(field: Field | None, value: object) -> str:
    """A value; where no field describes it, it may be a code that its room has a word for."""
    if field is None and isinstance(value, str) and value in _words:
        return str(_words[value])
    return shown(field, value)


def _changes(fields: Sequence[Field], older, event, related: Mapping, model: str) -> Iterable[Change]:
    def told(field: Field, state) -> str:
        beside = {each.name: getattr(state, each.attname) for each in fields}
        value = beside[field.name]
        return _told(model, field.name, value, beside) or _value(field, value, related)

    for field in fields:
        new, old = getattr(event, field.attname), getattr(older, field.attname, None)
        if older is None and new not in (None, "", []):
            yield Change(field.verbose_name, told(field, event))
        elif older is not None and old != new:
            yield Change(field.verbose_name, told(field, event), told(field, older))


def _value(field: Field, value: object, related: Mapping) -> str:
    row = related.get((field.name, value)) if isinstance(field, ForeignKey) else None
    return str(row) if row is not None else shown(field, value)


def _related(fields: Sequence[Field], events: Sequence) -> dict:
    """The rows that foreign keys of these states name, one query a key."""
    found: dict = {}
    for field in fields:
        if isinstance(field, ForeignKey):
            keys = {getattr(event, field.attname) for event in events} - {None}
            rows = field.related_model._default_manager.in_bulk(keys)
            found |= {(field.name, key): row for key, row in rows.items()}
    return found
