"""The catalogue as it is read: each resource with its terms, its fields and a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import models

from sojourn.core.actors import PUBLIC
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Key, Resource
from sojourn.sharing.forms import in_words
from sojourn.sharing.services.sealing import rows_of
from sojourn.sharing.states import Sensitivity, ShareClass


@dataclass(frozen=True)
class FieldLine:
    """One fact of a body: the name on the wire, what it is called and looks like, what it points to."""

    name: str
    label: str
    sensitivity: Sensitivity
    form: str
    points_to: str = ""
    may_be_null: bool = False
    may_be_blank: bool = False
    is_inside: bool = False


@dataclass(frozen=True)
class Shelf:
    """One resource of the catalogue."""

    resource: Resource
    fields: list[FieldLine]
    sample: str = ""

    @property
    def share_class(self) -> str:
        return str(self.resource.share_class.label)


def shelves() -> list[Shelf]:
    """The whole catalogue, each resource after those it points to, with a sample."""
    return [Shelf(resource, fields_of(resource), _sample_of(resource)) for resource in catalogue.resources()]


def fields_of(resource: Resource) -> list[FieldLine]:
    """The facts of a body in their order, each followed by the keys inside it, then those of its parts."""
    lines = []
    for fact in resource.shape.facts:
        field = resource.model._meta.get_field(fact.name)
        own = resource.otherwise.get(fact.name, resource.sensitivity)
        path = next((each for each in resource.inside if each.removesuffix("[]") == fact.name), "")
        if path:
            lines += _object_lines(path, field, own, list(resource.inside[path]()))
        else:
            lines.append(_field_line(fact.name, field, own, in_words(field)))
    for part in resource.parts:
        for name in part.facts:
            path, field = f"{part.name}[].{name}", part.model._meta.get_field(name)
            own = resource.otherwise.get(path, resource.sensitivity)
            lines.append(_field_line(path, field, own, in_words(field)))
    return lines


def _object_lines(path: str, field: Any, own: Sensitivity, keys: Sequence[Key]) -> list[FieldLine]:
    """A fact that is an object, as sensitive as the most sensitive of its keys, and these."""
    highest = max((own, *(key.sensitivity for key in keys)), key=list(Sensitivity).index)
    form = "list of objects" if path.endswith("[]") else "object"
    inside = [
        FieldLine(f"{path}.{key.name}", str(key.label), key.sensitivity, key.form, is_inside=True)
        for key in keys
    ]
    return [_field_line(path.removesuffix("[]"), field, highest, form), *inside]


def _field_line(path: str, field: Any, sensitivity: Sensitivity, form: str) -> FieldLine:
    related = str(field.related_model._meta.verbose_name) if field.is_relation else ""
    is_text = isinstance(field, models.CharField | models.TextField)
    return FieldLine(
        path,
        str(field.verbose_name),
        sensitivity,
        form,
        points_to=related,
        may_be_null=field.null,
        may_be_blank=is_text and field.blank and not field.null,
    )


def _sample_of(resource: Resource) -> str:
    """An entry of our own as it travels; only of what everyone sees, and none of what is shared on conditions."""
    for_everybody = catalogue.EVERYBODY in resource.audiences
    if resource.share_class != ShareClass.UNCONDITIONAL or not for_everybody:
        return ""
    visible = resource.model._default_manager.visible_to(PUBLIC)  # type: ignore[attr-defined]
    public = visible.filter(owner__in=settings.HOSTED_PROVINCES)
    owner, entity = public.order_by("pk").values_list("owner", "pk").first() or ("", None)
    for name, (version, body) in rows_of(resource, [str(entity)] if entity else []).items():
        entry = {"id": f"{owner}:{name}", "at": [1, version], "op": "put", "body": body}
        return orjson.dumps(entry, option=orjson.OPT_INDENT_2).decode()
    return ""
