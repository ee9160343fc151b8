"""A page of a feed as bytes: header, signature, entries; made by the sealer, taken apart by the verifier.

On the wire a page is three lines and a tail: the words ``sojourn-page 1``, the header, the signature, then
gzip over the entries, one a line. Header, signature and entries are strict JSON. The header is signed as
stored; it holds the digest over the entries' digests in order and the digest of the header before it. Every
entry carries a random salt, so that a blanked one (``{"blanked":"<digest>"}``) keeps the chain whole and
tells nothing of what it was.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sojourn.sharing.protocol import strict
from sojourn.sharing.protocol.reasons import Reason, Refused

FIRST_LINE = b"sojourn-page 1"
SIGNED_AS = b"sojourn-page 1\n"
FIRST = "0" * 64  # what stands for the header before the first
MOST_ENTRIES = 1000
MOST_ENTRY_BYTES = 64 * 1024
MOST_PACKED_BYTES = 1024 * 1024
MOST_PLAIN_BYTES = 8 * 1024 * 1024
MOST_HEADER_BYTES = 4096
PUT, TOMBSTONE = "put", "tombstone"
_HEX = frozenset("0123456789abcdef")
_CODE = re.compile("[a-z0-9_]{1,40}")
_SECOND = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True)
class FeedName:
    """Whose facts, which, and for whom: six digits, a resource of the catalogue, and an audience.

    The audience is ``all`` or ``member.<six digits>``; ``agreement.<code>`` is reserved, and refused today.
    """

    owner: str
    resource: str
    audience: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.resource}/{self.audience}"


@dataclass(frozen=True)
class Header:
    """What a page says of itself; ``plain`` is the most bytes its entries take unpacked."""

    owner: str
    resource: str
    audience: str
    epoch: int
    no: int
    previous: str
    schema: str
    entries: int
    plain: int
    digest: str
    sealed_at: str

    @property
    def feed(self) -> FeedName:
        return FeedName(self.owner, self.resource, self.audience)

    def spelt(self) -> bytes:
        return strict.spelt(asdict(self))


class Entry(NamedTuple):
    """One change: the entity, its (epoch, version), and its body, or None where it is withdrawn.

    A blanked entry has no entity; only its digest is left.
    """

    entity: str
    epoch: int
    version: int
    body: dict[str, Any] | None
    digest: bytes
    reason: str = ""

    @property
    def is_blanked(self) -> bool:
        return not self.entity

    @property
    def is_tombstone(self) -> bool:
        return bool(self.entity) and self.body is None


@dataclass(frozen=True)
class Signature:
    """Who signed the header and how."""

    suite: str
    key: str
    value: bytes

    def spelt(self) -> bytes:
        return strict.spelt({"suite": self.suite, "key": self.key, "value": self.value.hex()})


@dataclass(frozen=True)
class Framed:
    """A page split into its parts, nothing of it believed yet."""

    header: Header
    header_bytes: bytes
    signature: Signature
    packed: bytes

    @property
    def digest(self) -> str:
        """What the next header names as its previous one."""
        return digest_of(self.header_bytes)


# --- making -------------------------------------------------------------------------------------------
def put_line(*, entity: str, epoch: int, version: int, body: dict[str, Any], salt: str) -> bytes:
    """The line of an entity that is now so."""
    return strict.spelt({"id": entity, "op": PUT, "at": [epoch, version], "salt": salt, "body": body})


def tombstone_line(*, entity: str, epoch: int, version: int, reason: str, salt: str) -> bytes:
    """The line of an entity that is withdrawn, with the reason code."""
    return strict.spelt(
        {"id": entity, "op": TOMBSTONE, "at": [epoch, version], "salt": salt, "reason": reason}
    )


def blanked_line(line: bytes) -> bytes:
    """What stands in place of a line that must not be served any more."""
    return strict.spelt({"blanked": digest_of(line)})


def line_digest(line: bytes) -> bytes:
    """The digest of one entry, 32 raw bytes."""
    return hashlib.sha256(line).digest()


def digest_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def digest_over(digests: Iterable[bytes]) -> str:
    """The digest over entry digests in their order."""
    total = hashlib.sha256()
    for digest in digests:
        total.update(digest)
    return total.hexdigest()


def packed(lines: Iterable[bytes]) -> bytes:
    """The entries as gzip, the same bytes for the same lines."""
    squeeze = zlib.compressobj(3, zlib.DEFLATED, 31)  # half the time of 6, an eighth more bytes
    return squeeze.compress(b"".join(line + b"\n" for line in lines)) + squeeze.flush()


def plain_size(lines: Iterable[bytes]) -> int:
    return sum(len(line) + 1 for line in lines)


def framed(header: bytes, signature: Signature, tail: bytes) -> bytes:
    """The page as it goes over the wire."""
    return joined(header, signature.spelt(), tail)


def joined(header: bytes, signature: bytes, tail: bytes) -> bytes:
    """The same of parts that are spelt already."""
    return b"\n".join((FIRST_LINE, header, signature, tail))


def signed_text(header: bytes) -> bytes:
    """The bytes that the signature covers: the kind of thing first, so that no other can pass for a page."""
    return SIGNED_AS + header


# --- taking apart -------------------------------------------------------------------------------------
def unframed(page: bytes) -> Framed:
    """The parts of a page, sizes checked, nothing unpacked."""
    if len(page) > MOST_PACKED_BYTES + 3 * MOST_HEADER_BYTES:
        raise Refused(Reason.TOO_LARGE, "page")
    parts = page.split(b"\n", 3)
    if len(parts) != 4 or parts[0] != FIRST_LINE:
        raise Refused(Reason.BAD_FRAME)
    _first, header, signature, tail = parts
    if len(header) > MOST_HEADER_BYTES or len(signature) > MOST_HEADER_BYTES or len(tail) > MOST_PACKED_BYTES:
        raise Refused(Reason.TOO_LARGE, "part")
    return Framed(header_of(header), header, _signature_of(signature), tail)


def header_of(text: bytes) -> Header:
    """The header that these bytes spell."""
    facts = _object(text, Reason.BAD_HEADER)
    kinds = {name: field.type for name, field in Header.__dataclass_fields__.items()}
    if facts.keys() != kinds.keys() or any(type(facts[name]) is not kind for name, kind in kinds.items()):
        raise Refused(Reason.BAD_HEADER, "fields")
    header = Header(**facts)
    if not (is_digest(header.digest) and is_digest(header.previous)):
        raise Refused(Reason.BAD_HEADER, "digest")
    if header.epoch < 1 or header.no < 1 or not 1 <= header.entries <= MOST_ENTRIES:
        raise Refused(Reason.BAD_HEADER, "number")
    if not _is_second(header.sealed_at):
        raise Refused(Reason.BAD_HEADER, "sealed_at")
    if not 0 < header.plain <= MOST_PLAIN_BYTES:
        raise Refused(Reason.TOO_LARGE, "plain")
    return header


def entries_of(page: Framed) -> list[Entry]:
    """The entries of a page whose signature was verified; Refused unless every byte is accounted for."""
    lines = lines_of(page)
    if len(lines) != page.header.entries:
        raise Refused(Reason.WRONG_COUNT)
    entries = [entry_of(line) for line in lines]
    if digest_over(entry.digest for entry in entries) != page.header.digest:
        raise Refused(Reason.WRONG_DIGEST)
    return entries


def entry_of(line: bytes) -> Entry:
    """The entry that one line spells."""
    if len(line) > MOST_ENTRY_BYTES:
        raise Refused(Reason.TOO_LARGE, "entry")
    facts = strict.read(line)
    if facts.keys() == {"blanked"}:
        if not is_digest(facts["blanked"]):
            raise Refused(Reason.BAD_ENTRY, "blanked")
        return Entry("", 0, 0, None, bytes.fromhex(facts["blanked"]))
    operation, body, reason = facts.get("op"), facts.get("body"), facts.get("reason", "")
    if type(operation) is not str or facts.keys() != _FIELDS.get(operation):
        raise Refused(Reason.BAD_ENTRY, "fields")
    name, at = facts["id"], facts["at"]
    if type(name) is not str or not name or type(facts["salt"]) is not str:
        raise Refused(Reason.BAD_ENTRY, "kinds")
    if type(at) is not list or list(map(type, at)) != _TWO_NUMBERS or min(at) < 1:
        raise Refused(Reason.BAD_ENTRY, "version")
    if operation == PUT and type(body) is not dict:
        raise Refused(Reason.BAD_ENTRY, "body")
    if operation == TOMBSTONE and not (type(reason) is str and _CODE.fullmatch(reason)):
        raise Refused(Reason.BAD_ENTRY, "reason")
    return Entry(name, at[0], at[1], body, hashlib.sha256(line).digest(), reason)


_FIELDS = {PUT: {"id", "op", "at", "salt", "body"}, TOMBSTONE: {"id", "op", "at", "salt", "reason"}}
_TWO_NUMBERS = [int, int]


def lines_of(page: Framed) -> list[bytes]:
    """The lines of a page, unpacked no further than its header allows."""
    bound, inflate = page.header.plain, zlib.decompressobj(31)
    try:
        plain = inflate.decompress(page.packed, bound + 1)
    except zlib.error:
        raise Refused(Reason.BAD_PACKING) from None
    if len(plain) > bound:
        raise Refused(Reason.TOO_LARGE, "unpacked")
    if not inflate.eof or inflate.unused_data or not plain.endswith(b"\n"):
        raise Refused(Reason.BAD_PACKING)
    return plain[:-1].split(b"\n")


def _signature_of(text: bytes) -> Signature:
    facts = _object(text, Reason.BAD_FRAME)
    if facts.keys() != {"suite", "key", "value"} or {type(value) for value in facts.values()} != {str}:
        raise Refused(Reason.BAD_FRAME, "signature")
    value = facts["value"]
    if len(value) % 2 or not _HEX.issuperset(value):
        raise Refused(Reason.BAD_FRAME, "signature")
    return Signature(facts["suite"], facts["key"], bytes.fromhex(value))


def _object(text: bytes, reason: Reason) -> dict[str, Any]:
    try:
        return strict.read(text)
    except Refused as refusal:
        raise Refused(reason, refusal.detail) from None


def _is_second(text: str) -> bool:
    """Whether this is a second of UTC, spelt as RFC 3339 says, before the last year there is."""
    try:
        return bool(_SECOND.fullmatch(text)) and datetime.fromisoformat(text).year < 9999
    except ValueError:
        return False


def is_digest(text: object) -> bool:
    """Whether this is a SHA-256 digest, spelt in lower-case hex."""
    return type(text) is str and len(text) == 64 and _HEX.issuperset(text)
