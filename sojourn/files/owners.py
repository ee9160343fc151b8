"""Whose files there are: each room above registers its kind of owner, and who may read and change its files."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from sojourn.core.actors import Actor

Label = str | Promise
Permitted = Callable[[Actor, UUID], bool]


@dataclass(frozen=True)
class OwnerKind:
    """One kind of row that has files.

    ``can_read`` and ``can_change`` take the actor and the row's id, and say whether she may download its files,
    and keep, replace and erase them; each may be a dotted name.
    """

    code: str
    label: Label
    can_read: Permitted | str
    can_change: Permitted | str


@dataclass(frozen=True)
class Owner:
    """The row of a room that has a file, by kind and id."""

    kind: str
    id: UUID


_kinds: dict[str, OwnerKind] = {}


def register(kind: OwnerKind) -> None:
    """Let files be kept for rows of this kind; said twice by one room it is the same kind."""
    _kinds[kind.code] = kind


def label_of(code: str) -> Label:
    return _kinds[code].label if code in _kinds else code


def registered() -> list[OwnerKind]:
    return list(_kinds.values())


def may_read(actor: Actor, owner: Owner) -> bool:
    """What the owner's room says; nobody, where no room speaks for it."""
    kind = _kinds.get(owner.kind)
    return kind is not None and _asked(kind.can_read)(actor, owner.id)


def may_change(actor: Actor, owner: Owner) -> bool:
    kind = _kinds.get(owner.kind)
    return kind is not None and _asked(kind.can_change)(actor, owner.id)


def _asked(permitted: Permitted | str) -> Permitted:
    return import_string(permitted) if isinstance(permitted, str) else permitted
