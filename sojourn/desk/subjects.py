"""What a work item or a proposal is about, as far as the desk knows it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Subject:
    """A row of a room above, named by kind and id: the desk knows no room.

    ``title`` is what officers read and never holds personal data. ``division_code`` (six digits) is
    the division whose bureau handles it.
    """

    kind: str
    id: str
    title: str
    division_code: str


def resolved(part: Callable | str) -> Callable:
    """A function, or the one that a dotted name means.

    A room registers in its apps.py, before models are loaded, and so names its services.
    """
    if callable(part):
        return part
    module, _, name = part.rpartition(".")
    return getattr(import_module(module), name)
