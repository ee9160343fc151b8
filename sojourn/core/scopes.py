"""What a program may be let do by the API: one scope for each kind of action, named by the room that offers it."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise

Label = str | Promise
_CODE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
_scopes: dict[str, Label] = {}


def register(code: str, label: Label) -> None:
    """Let programs be given this scope, ``facilities.read``; said twice by one room it is the same scope."""
    if not _CODE.fullmatch(code):
        raise ValueError("a scope is written room.action in small letters")
    _scopes[code] = label


def registered() -> Mapping[str, Label]:
    """Every scope that a room offers, and what it is called."""
    return dict(sorted(_scopes.items()))


def label_of(code: str) -> Label:
    """What a scope is called; its code where its room is no more."""
    return _scopes.get(code, code)
