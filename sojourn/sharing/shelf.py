"""The catalogue as it is read: each resource with its terms, its fields and a sample."""

from dataclasses import dataclass

import orjson
from django.conf import settings

from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.services.sealing import rows_between
from sojourn.sharing.states import ShareClass

FIRST_ID = "00000000-0000-0000-0000-000000000000"


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
    """An entry of our own as it travels; none of what is shared on conditions, or before there is one."""
    if resource.share_class != ShareClass.UNCONDITIONAL:
        return ""
    for member in settings.HOSTED_PROVINCES:
        for entity, (version, body) in rows_between(
            resource, _feed_of(resource, member), FIRST_ID, 1
        ).items():
            entry = {"id": f"{member}:{entity}", "at": [1, version], "op": "put", "body": body}
            return orjson.dumps(entry, option=orjson.OPT_INDENT_2).decode()
    return ""


def _feed_of(resource: Resource, member: str) -> FeedName:
    return FeedName(member, resource.name, catalogue.EVERYBODY)
