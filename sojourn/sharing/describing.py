"""The catalogue as other makers read it: a page of docs/protocol, and a digest by which each form is known again."""

import hashlib
from collections.abc import Iterable

import orjson
from django.conf import settings
from django.utils.translation import override

from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.shelf import FieldLine, fields_of

INTRODUCTION = """# The resources

Written by `manage.py describe_resources`; a test compares. What a body of each resource holds; `docs/protocol.md` says
how bodies travel. A resource stands behind those that it points to. In all of them:

- a body holds every field named here and no other; only inside an object (`sealed.phone`, `stages[].code`) a key may be
  missing, or one come that is not named;
- `null` and `""` stand only where they are named under "may be empty";
- `<owner>:<uuid>` names an entity of the resource in brackets: an entry waits until that is here;
- the codes of divisions and members are those of the national list (GB/T 2260), six digits; an entry with one that is
  not known here, or that is not as this page says, is set aside by itself with the name of what is wrong;
- whatever changes of names, values and empty ones, a new code of a closed list too, is a new form (`facilities/2`). A
  node reads the one form it knows and holds the feed of another (`unknown_schema`).

What a field is called, ground, reason and schedule are those of the catalogue, in Chinese. Sensitivity is that of the
Personal Information Protection Law: `impersonal`, `personal` (article 4), `sensitive` (article 28).
"""
HEADS = ("field", "called", "value", "may be empty", "sensitivity")


def resources_page() -> str:
    """docs/protocol/resources.md, whatever language is being spoken."""
    with override(settings.LANGUAGE_CODE):
        return "\n".join([INTRODUCTION, *(_section(each) for each in catalogue.resources())])


def form_digest(resource: Resource) -> str:
    """The digest of all that a reader of its bodies relies on: names, forms, what may be empty, and for whom it is."""
    # What is inside an object no node looks at when it takes a body in: new keys there stop nobody.
    stored = [line for line in fields_of(resource) if not line.is_inside]
    lines = [(line.name, _value(resource, line), _empty(line)) for line in stored]
    keys = [(part.name, *part.key) for part in resource.parts]
    return hashlib.sha256(orjson.dumps([resource.addressed_by, sorted(lines), sorted(keys)])).hexdigest()


def _section(resource: Resource) -> str:
    audience = f"the member in `{resource.addressed_by}`" if resource.addressed_by else "`all`"
    told = [
        f"form `{resource.schema}` · for {audience} · {resource.share_class.value} {resource.share_class.label}",
        f"ground: {resource.ground}",
        f"reason of the share class: {resource.reason}",
        f"published: {resource.schedule}",
    ]
    told += [
        f"`{part.name}` is a list of objects, each " + ", ".join(f"`{name}`" for name in part.key) + " once"
        for part in resource.parts
    ]
    rows = [
        _row((f"`{line.name}`", line.label, _value(resource, line), _empty(line), line.sensitivity.value))
        for line in fields_of(resource)
    ]
    listed = "\n".join(f"- {each}" for each in told)
    table = "\n".join([_row(HEADS), _row(["---"] * len(HEADS)), *rows])
    return f"## `{resource.name}` {resource.label}\n\n{listed}\n\n{table}\n"


def _value(resource: Resource, line: FieldLine) -> str:
    parent = resource.parents.get(line.name)
    return f"{line.form} (`{parent}`)" if parent else line.form


def _empty(line: FieldLine) -> str:
    ways = ["`null`"] * line.may_be_null + ['`""`'] * line.may_be_blank
    return " or ".join(ways) or "no"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
