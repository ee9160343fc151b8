"""Whom a program may act for: each room above registers its kind of holder when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.module_loading import import_string

Label = str | Promise


@dataclass(frozen=True)
class Holder:
    """One facility or body: its id, the number it is known by, and the code of the division it stands in."""

    id: UUID
    number: str
    division_code: str


@dataclass(frozen=True)
class HolderKind:
    """A kind of holder. ``find`` names, by dotted path, what takes a number as it was typed and gives a Holder or None."""

    code: str
    label: Label
    find: str

    def numbered(self, typed: str) -> Holder | None:
        found: Callable[[str], Holder | None] = import_string(self.find)
        return found(typed)


_kinds: dict[str, HolderKind] = {}


def register(kind: HolderKind) -> None:
    """Let API accounts be opened for holders of this kind; said twice by one room it is the same kind."""
    _kinds[kind.code] = kind


def registered() -> list[HolderKind]:
    return list(_kinds.values())


def holder_numbered(kind: str, typed: str) -> Holder | None:
    """The holder of this kind that has this number; None where there is none, or no such kind."""
    return _kinds[kind].numbered(typed) if kind in _kinds else None


def label_of(code: str) -> Label:
    return _kinds[code].label if code in _kinds else code
