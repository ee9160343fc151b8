"""Identities of rows that travel: UUIDv7 made in Python, named on the wire by their owner province."""

import re
import uuid
from typing import NamedTuple

import uuid6
from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid

_OWNER = re.compile(r"[1-9][0-9]0000")
_WIRE_ID = re.compile(rf"({_OWNER.pattern}):([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})")


class WireIdInvalid(Invalid):
    code = "wire_id_invalid"
    title = _("标识格式有误")


class WireId(NamedTuple):
    """One entity of the network: the six-digit code of the province that owns it, and its UUID."""

    owner: str
    uuid: uuid.UUID

    def __str__(self) -> str:
        return wire_id(self.owner, self.uuid)


def uuid7() -> uuid.UUID:
    """A new identity, later ones of one process sorting after earlier ones (RFC 9562, version 7).

    The plain standard class comes back, because serialisers look at the exact type. In a burst of more
    than one a millisecond the time part runs ahead of the clock, so it is an order and never a date.
    """
    return uuid.UUID(int=uuid6.uuid7().int)


def wire_id(owner: str, identity: uuid.UUID) -> str:
    """``440000:0190…``: how an entity is named in feeds and API answers (feeds.md, "One law")."""
    if not _OWNER.fullmatch(owner):
        raise ValueError("the owner of a row is a six-digit province code")
    return f"{owner}:{identity}"


def parse_wire_id(text: str) -> WireId:
    """Read back what ``wire_id`` wrote, in exactly that form: two spellings of one id would be two ids."""
    found = _WIRE_ID.fullmatch(text)
    if not found:
        raise WireIdInvalid
    return WireId(found[1], uuid.UUID(found[2]))
