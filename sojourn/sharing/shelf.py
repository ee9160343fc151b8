"""The catalogue as it is read: each resource with its terms, its fields and a sample."""

from dataclasses import dataclass

import orjson
from django.conf import settings

from sojourn.core.actors import PUBLIC
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.services.sealing import rows_of
from sojourn.sharing.states import ShareClass


@dataclass(frozen=True)
class FieldLine:
    """One fact of a body: the name on the wire, what it is called, what it points to, whether it may be empty."""

    name: str
    label: str
    points_to: str
    may_be_empty: bool


@dataclass(frozen=True)
class PartLine:
    name: str
    fields: list[FieldLine]


@dataclass(frozen=True)
class Shelf:
    """One resource of the catalogue."""

    resource: Resource
    fields: list[FieldLine]
    parts: list[PartLine]
    sample: str

    @property
    def share_class(self) -> str:
        return str(self.resource.share_class.label)

    @property
    def older_forms(self) -> list[str]:
        return sorted(self.resource.schemas - {self.resource.schema})


def shelves() -> list[Shelf]:
    """The whole catalogue, each resource after those it points to."""
    return [
        Shelf(
            resource=resource,
            fields=_fields_of(resource),
            parts=[
                PartLine(part.name, [_field_of(part.model, name) for name in part.facts])
                for part in resource.parts
            ],
            sample=_sample_of(resource),
        )
        for resource in catalogue.resources()
    ]


def _fields_of(resource: Resource) -> list[FieldLine]:
    return [_field_of(resource.model, fact.name) for fact in resource.shape.facts]


def _field_of(model, name: str) -> FieldLine:
    field = model._meta.get_field(name)
    related = field.related_model._meta.verbose_name if field.is_relation else ""
    return FieldLine(name, str(field.verbose_name), str(related), field.null)


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
