"""The catalogue: which facts of which rooms travel, to whom, on what ground (feeds.md, "What may be shared").

A room declares its resources in its ``feeds.py`` and registers them in its ``apps.py``; sharing knows bytes and
signatures, the rooms know kinds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from sojourn.core.models import Versioned
from sojourn.sharing.protocol.pages import Entry
from sojourn.sharing.shapes import Shape
from sojourn.sharing.states import Sensitivity, ShareClass

EVERYBODY = "all"
ONE_MEMBER = "member."
Label = str | Promise


@dataclass(frozen=True)
class Part:
    """Rows that travel inside the entry of the entity they belong to: the list ``name`` of its body.

    ``belongs_to`` names the foreign key to the entity, ``key`` the facts that tell its rows apart.
    """

    name: str
    model: type[Model]
    belongs_to: str
    key: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Key:
    """What stands under one key of a fact that is an object, or a list of them; ``form`` says what it looks like."""

    name: str
    label: Label
    sensitivity: Sensitivity
    form: str = "string"


@dataclass(frozen=True)
class Derived:
    """Columns that each node works out for itself from the body, so that they need not be believed."""

    columns: tuple[str, ...]
    of: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Resource:
    """One line of the catalogue: the facts of a model, by the names of its fields.

    ``version`` is the form of the body and rises when a fact is added or changes its form or meaning; ``ground`` is
    the legal ground of sharing, ``reason`` why its share class is this one, ``schedule`` how soon a change is
    published; ``counter`` the sequence behind the fact ``number``, where its entities bear one. ``sensitivity`` is
    that of every fact but those that ``otherwise`` names and those that are objects, whose keys ``inside`` tells.
    ``addressed_by`` names the fact that holds the one member for whom an entity is: its feeds have that member alone
    as their audience, and what was withdrawn is blanked in older pages.
    """

    name: str
    label: Label
    model: type[Versioned]
    facts: tuple[str, ...]
    ground: Label
    reason: Label
    schedule: Label
    sensitivity: Sensitivity
    share_class: ShareClass = ShareClass.UNCONDITIONAL
    version: int = 1
    parts: tuple[Part, ...] = ()
    derived: Derived | None = None
    counter: str = ""
    audiences: tuple[str, ...] = (EVERYBODY,)
    addressed_by: str = ""
    otherwise: Mapping[str, Sensitivity] = field(default_factory=dict)
    inside: Mapping[str, Callable[[], Iterable[Key]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.addressed_by:
            object.__setattr__(
                self, "audiences", ()
            )  # they follow from the members, not from the declaration

    @property
    def schema(self) -> str:
        return f"{self.name}/{self.version}"

    @cached_property
    def shape(self) -> Shape:
        return Shape(self)

    @cached_property
    def parents(self) -> dict[str, str]:
        """The resource that each fact naming another shared entity points to."""
        return {name: _of_model(model).name for name, model in self.shape.parents.items()}

    def row(self, entry: Entry) -> dict[str, Any]:
        """What stands in the table for an entry with a sound body, by the names of its facts."""
        body = entry.body or {}
        row = {**body, "id": entry.entity.partition(":")[2], "epoch": entry.epoch, "version": entry.version}
        for name in self.shape.parents:
            if body[name] is not None:
                row[name] = body[name].partition(":")[2]
        return row | self.derived.of(body) if self.derived else row


_resources: dict[str, Resource] = {}


def register(resource: Resource) -> None:
    """A resource stands in the catalogue; those it points to were registered before it."""
    _resources[resource.name] = resource


def resources() -> Iterator[Resource]:
    """All resources, each after those that its entities belong to."""
    return iter(_resources.values())


def known(name: str) -> Resource | None:
    return _resources.get(name)


def audience_of(member: str) -> str:
    """The audience of a feed that is for one member alone."""
    return f"{ONE_MEMBER}{member}"


def children_of(name: str) -> list[Resource]:
    """The resources whose entities belong to entities of this one."""
    return [resource for resource in resources() if name in resource.parents.values()]


def _of_model(model: type[Model]) -> Resource:
    return next(resource for resource in resources() if resource.model is model)
