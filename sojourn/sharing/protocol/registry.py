"""The member registry as a signed document: which nodes there are, whom they host, and which keys count.

Addresses and keys come from here and from nowhere else. An edition is signed by the registrars whose public
keys a node was set up with; it expires, and an edition older than the one held never takes effect.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sojourn.sharing.protocol import strict
from sojourn.sharing.protocol.pages import FeedName, Header, Signature
from sojourn.sharing.protocol.pages import signed_text as page_text
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.suites import SUITES

SIGNED_AS = b"sojourn-registry 1\n"
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Node:
    """A node: its name, the address of its sharing door, and the members it hosts."""

    name: str
    address: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """The pages of one feed that a key may sign: from (epoch, no) to (epoch, no), the last open while None."""

    feed: FeedName
    first: tuple[int, int]
    last: tuple[int, int] | None

    def covers(self, place: tuple[int, int]) -> bool:
        return self.first <= place and (self.last is None or place <= self.last)


@dataclass(frozen=True)
class MemberKey:
    """A key of a member for pages, or of a node for requests.

    Without a reach a page key signs every page of its member's feeds; a key that takes over or was taken over
    in the middle of a feed names, feed by feed, which pages are its own.
    """

    key: str
    holder: str
    suite: str
    public: bytes
    reaches: tuple[Reach, ...]

    def may_sign(self, feed: FeedName, place: tuple[int, int]) -> bool:
        """Whether the page (epoch, no) of this feed is one of the key's own."""
        if self.holder != feed.owner:
            return False
        named = [reach for reach in self.reaches if reach.feed == feed]
        return any(reach.covers(place) for reach in named) if named else True


@dataclass(frozen=True)
class Registry:
    """One edition of the registry."""

    edition: int
    issued_at: datetime
    expires_at: datetime
    nodes: tuple[Node, ...]
    keys: tuple[MemberKey, ...]

    def key(self, name: str) -> MemberKey | None:
        return next((key for key in self.keys if key.key == name), None)

    def node_of(self, member: str) -> Node | None:
        return next((node for node in self.nodes if member in node.members), None)

    def spelt(self) -> bytes:
        return strict.spelt(
            {
                "edition": self.edition,
                "issued_at": _told(self.issued_at),
                "expires_at": _told(self.expires_at),
                "nodes": [{**asdict(node), "members": list(node.members)} for node in self.nodes],
                "keys": [_spelt_key(key) for key in self.keys],
            }
        )


def signed_text(document: bytes) -> bytes:
    """The bytes that a registrar signs."""
    return SIGNED_AS + document


def verify_page_signature(
    header: Header, header_bytes: bytes, signature: Signature, registry: Registry
) -> None:
    """Refused unless the registry's key for this very page signed these header bytes."""
    key = registry.key(signature.key)
    if key is None:
        raise Refused(Reason.UNKNOWN_KEY)
    if key.suite != signature.suite or not key.may_sign(header.feed, (header.epoch, header.no)):
        raise Refused(Reason.KEY_NOT_VALID_HERE)
    message = page_text(header_bytes)
    if key.suite not in SUITES or not SUITES[key.suite].verify_bytes(key.public, signature.value, message):
        raise Refused(Reason.BAD_SIGNATURE)


def registry_of(
    document: bytes,
    signatures: list[Signature],
    *,
    registrars: Mapping[str, bytes],
    needed: int,
    at: datetime,
    held: int,
) -> Registry:
    """The registry that ``needed`` of the registrars signed, live at this moment and not older than ``held``."""
    if len(document) > MOST_BYTES:
        raise Refused(Reason.TOO_LARGE, "registry")
    valid = {
        each.key
        for each in signatures
        if each.suite in SUITES
        and each.key in registrars
        and SUITES[each.suite].verify_bytes(registrars[each.key], each.value, signed_text(document))
    }
    if len(valid) < needed or needed < 1:
        raise Refused(Reason.BAD_SIGNATURE, "registry")
    registry = read(document)
    if registry.edition < held:
        raise Refused(Reason.REGISTRY_OLDER)
    if not registry.issued_at <= at < registry.expires_at:
        raise Refused(Reason.REGISTRY_EXPIRED)
    return registry


def read(document: bytes) -> Registry:
    """The registry that a document spells, whoever signed it."""
    try:
        facts = strict.read(document)
        registry = Registry(
            edition=_whole(facts["edition"]),
            issued_at=_moment(facts["issued_at"]),
            expires_at=_moment(facts["expires_at"]),
            nodes=tuple(
                Node(str(node["name"]), str(node["address"]), tuple(node["members"]))
                for node in facts["nodes"]
            ),
            keys=tuple(_read_key(key) for key in facts["keys"]),
        )
    except Refused as refusal:
        raise Refused(Reason.BAD_REGISTRY, refusal.detail) from None
    except (KeyError, TypeError, ValueError):
        raise Refused(Reason.BAD_REGISTRY, "fields") from None
    hosted = [member for node in registry.nodes for member in node.members]
    names = [key.key for key in registry.keys]
    if len(set(hosted)) != len(hosted) or len(set(names)) != len(names):
        raise Refused(Reason.BAD_REGISTRY, "named twice")
    return registry


def _spelt_key(key: MemberKey) -> dict[str, Any]:
    reaches = [
        {
            "resource": reach.feed.resource,
            "audience": reach.feed.audience,
            "first": list(reach.first),
            "last": list(reach.last) if reach.last else None,
        }
        for reach in key.reaches
    ]
    return {
        "key": key.key,
        "holder": key.holder,
        "suite": key.suite,
        "public": key.public.hex(),
        "reaches": reaches,
    }


def _read_key(facts: dict[str, Any]) -> MemberKey:
    reaches = tuple(
        Reach(
            FeedName(facts["holder"], reach["resource"], reach["audience"]),
            _place(reach["first"]),
            None if reach["last"] is None else _place(reach["last"]),
        )
        for reach in facts["reaches"]
    )
    names = [facts["key"], facts["holder"], facts["suite"], facts["public"]]
    if any(type(name) is not str for name in names):
        raise TypeError("names of keys are words")
    return MemberKey(facts["key"], facts["holder"], facts["suite"], bytes.fromhex(facts["public"]), reaches)


def _place(value: list[int]) -> tuple[int, int]:
    epoch, no = value
    return _whole(epoch), _whole(no)


def _whole(value: object) -> int:
    if type(value) is not int or value < 1:
        raise ValueError("a number from 1 on")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment with its zone")
    return moment


def _told(moment: datetime) -> str:
    return moment.isoformat()
