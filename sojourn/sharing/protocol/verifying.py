"""A page believed or refused: every check in one order, the cheap ones first, nothing applied before the last."""

import re
from dataclasses import dataclass
from uuid import UUID

from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import Entry, FeedName, Framed, Header
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry, verify_page_signature

_IDENTIFIER = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Place:
    """How far a feed has been followed: the last page applied and its header's digest; number 0 before the first."""

    feed: FeedName
    epoch: int = 1
    no: int = 0
    digest: str = pages.FIRST


@dataclass(frozen=True)
class Verified:
    """A page that holds all it claims."""

    framed: Framed
    entries: list[Entry]

    @property
    def header(self) -> Header:
        return self.framed.header

    @property
    def place(self) -> Place:
        """Where the feed stands once this page is applied."""
        header = self.header
        return Place(header.feed, header.epoch, header.no, self.framed.digest)


def verified(page: bytes, *, after: Place, registry: Registry) -> Verified:
    """The page that follows ``after``; Refused with the first reason found, before anything of it takes effect.

    In order: sizes, signature by the key for that page, feed, epoch, number, chain, unpacking within bounds,
    count, digests, strict reading, owner of each entity.
    """
    framed = pages.unframed(page)
    verify_page_signature(framed.header, framed.header_bytes, framed.signature, registry)
    _follows(framed.header, after)
    entries = pages.entries_of(framed)
    for entry in entries:
        if not entry.is_blanked:
            refuse_other_owner(entry.entity, framed.header.owner)
    named = [entry.entity for entry in entries if not entry.is_blanked]
    if len(set(named)) != len(named):
        raise Refused(Reason.BAD_ENTRY, "named twice")
    return Verified(framed, entries)


def entity_of(owner: str, identifier: UUID) -> str:
    """An entity's name on the wire."""
    return f"{owner}:{identifier}"


def _follows(header: Header, after: Place) -> None:
    if header.feed != after.feed:
        raise Refused(Reason.WRONG_FEED)
    if header.epoch != after.epoch:
        raise Refused(Reason.WRONG_EPOCH)
    if header.no != after.no + 1:
        raise Refused(Reason.WRONG_NUMBER)
    if header.previous != after.digest:
        raise Refused(Reason.BROKEN_CHAIN)


def refuse_other_owner(entity: str, owner: str) -> None:
    """An entity's name is spelt as it should be and begins with its owner, or Refused."""
    prefix, _, identifier = entity.partition(":")
    if not _IDENTIFIER.fullmatch(identifier):
        raise Refused(Reason.BAD_ENTRY, "entity")
    if prefix != owner:
        raise Refused(Reason.WRONG_OWNER)
