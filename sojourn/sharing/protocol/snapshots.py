"""A snapshot of a feed as bytes: a signed list of pieces, each a pack of entries in the order of their ids.

Who begins anew takes the pieces one after the other: each holds every entity between the last id of the piece
before it and its own last id, so that what it does not name in that range is gone.
"""

from dataclasses import dataclass
from typing import Any

from sojourn.sharing.protocol import pages, strict
from sojourn.sharing.protocol.pages import Entry, FeedName, Framed, Header, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.protocol.verifying import refuse_other_owner

SIGNED_AS = b"sojourn-snapshot 1\n"
MOST_PIECES = 20_000
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """One pack: its entries, the most bytes they take unpacked, the digest over them and the last id in it."""

    entries: int
    plain: int
    digest: str
    last: str


@dataclass(frozen=True)
class Contents:
    """What a snapshot says of itself: the feed as of the page (epoch, no) with this header digest."""

    feed: FeedName
    epoch: int
    no: int
    head: str
    schema: str
    pieces: tuple[Piece, ...]

    @property
    def page(self) -> tuple[int, int]:
        """The page whose key signs: the last one included, or the first where none is yet."""
        return self.epoch, max(self.no, 1)

    def spelt(self) -> bytes:
        return strict.spelt(
            {
                "owner": self.feed.owner,
                "resource": self.feed.resource,
                "audience": self.feed.audience,
                "epoch": self.epoch,
                "no": self.no,
                "head": self.head,
                "schema": self.schema,
                "pieces": [[each.entries, each.plain, each.digest, each.last] for each in self.pieces],
            }
        )


def signed_text(document: bytes) -> bytes:
    """The bytes that the signature covers."""
    return SIGNED_AS + document


def contents_of(
    document: bytes, signature: Signature, *, feed: FeedName, registry: Registry, newest: tuple[int, int]
) -> Contents:
    """The contents that these bytes spell; Refused unless the key of that page of the feed signed them.

    The key must also be that of the ``newest`` page known: one that was followed by another signs no whole feed
    any more, although pages of old stay its own.
    """
    if len(document) > MOST_BYTES:
        raise Refused(Reason.TOO_LARGE, "snapshot")
    key = registry.key(signature.key)
    if key is None:
        raise Refused(Reason.UNKNOWN_KEY)
    if key.holder != feed.owner or key.suite != signature.suite or key.suite not in SUITES:
        raise Refused(Reason.KEY_NOT_VALID_HERE)
    if not SUITES[key.suite].verify_bytes(key.public, signature.value, signed_text(document)):
        raise Refused(Reason.BAD_SIGNATURE)
    contents = _read(strict.read(document))
    if contents.feed != feed:
        raise Refused(Reason.WRONG_FEED)
    if not all(key.may_sign(feed, page) for page in (contents.page, max(contents.page, newest))):
        raise Refused(Reason.KEY_NOT_VALID_HERE)
    return contents


def entries_of(piece: Piece, packed: bytes, *, after: str, owner: str) -> list[Entry]:
    """The entries of a piece, in the order of their ids behind ``after``; Refused unless all of it is so."""
    header = Header(owner, "", "", 1, 1, pages.FIRST, "", piece.entries, piece.plain, piece.digest, "")
    entries = pages.entries_of(Framed(header, b"", Signature("", "", b""), packed))
    before = after
    for entry in entries:
        if entry.body is None:
            raise Refused(Reason.BAD_ENTRY, "not standing")
        refuse_other_owner(entry.entity, owner)
        identity = entry.entity.partition(":")[2]
        if identity <= before:
            raise Refused(Reason.BAD_ENTRY, "order")
        before = identity
    if before != piece.last:
        raise Refused(Reason.BAD_ENTRY, "last")
    return entries


def _read(facts: dict[str, Any]) -> Contents:
    try:
        pieces = tuple(Piece(*each) for each in facts["pieces"])
        contents = Contents(
            FeedName(facts["owner"], facts["resource"], facts["audience"]),
            facts["epoch"],
            facts["no"],
            facts["head"],
            facts["schema"],
            pieces,
        )
        sound = type(contents.epoch) is type(contents.no) is int and contents.epoch >= 1 and contents.no >= 0
        sound = sound and type(contents.schema) is str and pages.is_digest(contents.head)
        sound = sound and len(pieces) <= MOST_PIECES
        sound = sound and all(
            1 <= each.entries <= pages.MOST_ENTRIES and 0 < each.plain <= pages.MOST_PLAIN_BYTES
            for each in pieces
        )
        sound = sound and all(type(each.last) is str and type(each.digest) is str for each in pieces)
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise Refused(Reason.BAD_HEADER, "snapshot")
    return contents
