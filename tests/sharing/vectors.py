"""The golden vectors of docs/protocol/vectors: pages and a registry, good and bad, made anew from fixed keys.

``python -m tests.sharing.wire_vectors`` writes them with those of requests, snapshots, batches and figures; a test
says when they no longer are what is written.
"""

import json
import zlib
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sojourn.sharing.protocol import pages, registry, strict
from sojourn.sharing.protocol.pages import FeedName, Header, Signature
from sojourn.sharing.protocol.reasons import Reason
from sojourn.sharing.protocol.registry import MemberKey, Node, Reach, Registry
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.protocol.verifying import Place, entity_of

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "vectors"
SUITE = SUITES["ed25519"]
# Keys of these files alone: anyone can read them, so nothing may ever trust them.
KEYS = {
    name: bytes([place] * 32)
    for place, name in enumerate(("440000-1", "440000-2", "500000-1", "440000-3", "node-50-1"), start=1)
}
REGISTRARS = {
    name: bytes([place] * 32) for place, name in enumerate(("registrar-1", "registrar-2"), start=101)
}
FEED = FeedName("440000", "facilities", "all")
ISSUED, EXPIRES = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
REGISTRY = Registry(
    edition=3,
    issued_at=ISSUED,
    expires_at=EXPIRES,
    nodes=(
        Node("44", "https://one.example/", ("440000",)),
        Node("50", "https://two.example/", ("500000",)),
    ),
    keys=(
        MemberKey(
            "440000-1", "440000", "ed25519", SUITE.public_of(KEYS["440000-1"]), (Reach(FEED, (1, 1), (1, 2)),)
        ),
        MemberKey(
            "440000-2", "440000", "ed25519", SUITE.public_of(KEYS["440000-2"]), (Reach(FEED, (1, 3), None),)
        ),
        MemberKey("440000-3", "440000", "ed25519", SUITE.public_of(KEYS["440000-3"]), ()),
        MemberKey("500000-1", "500000", "ed25519", SUITE.public_of(KEYS["500000-1"]), ()),
        MemberKey("node-50-1", "50", "ed25519", SUITE.public_of(KEYS["node-50-1"]), ()),
    ),
)


def entity(number: int, owner: str = "440000") -> str:
    return entity_of(owner, UUID(int=(7 << 76) | (2 << 62) | number))


def put(number: int, version: int = 1, owner: str = "440000", **body) -> bytes:
    facts = {"name": f"样例机构{number}", "beds": 10 * number, "lng": "113.264"} | body
    return pages.put_line(
        entity=entity(number, owner),
        epoch=1,
        version=version,
        body=facts,
        salt=f"{number:016x}{version:016x}",
    )


def _header(no: int, lines: list[bytes], previous: str, **other) -> Header:
    facts = {
        "epoch": 1,
        "no": no,
        "previous": previous,
        "schema": "facilities/1",
        "entries": len(lines),
        "plain": pages.plain_size(lines),
        "digest": pages.digest_over(bytes.fromhex(pages.digest_of(line)) for line in lines),
        "sealed_at": f"2026-11-22T02:00:{no:02d}Z",
    }
    return Header(**asdict(FEED) | facts | other)


def _page(header: Header, lines: list[bytes], key: str = "440000-1", **other) -> bytes:
    text = other.get("header", header.spelt())
    value = SUITE.sign_bytes(other.get("private", KEYS.get(key, b"\7" * 32)), pages.signed_text(text))
    signature = Signature(other.get("suite", "ed25519"), key, value)
    return pages.framed(text, signature, other.get("tail", pages.packed(lines)))


FIRST_LINES = [put(1), put(2), put(3)]
FIRST = _header(1, FIRST_LINES, pages.FIRST)
SECOND_LINES = [
    put(1, 2, name="样例机构一", closed=None, features=[["lift", True]]),
    pages.tombstone_line(entity=entity(2), epoch=1, version=2, reason="withdrawn", salt="2" * 32),
]
SECOND = _header(2, SECOND_LINES, pages.digest_of(FIRST.spelt()))
THIRD_LINES = [put(4)]
THIRD = _header(3, THIRD_LINES, pages.digest_of(SECOND.spelt()))


def good() -> dict[str, bytes]:
    """Three pages in a row, the second served whole and with an entry blanked, the third under the next key."""
    blanked = [pages.blanked_line(SECOND_LINES[0]), SECOND_LINES[1]]
    return {
        "good-1": _page(FIRST, FIRST_LINES),
        "good-2": _page(SECOND, SECOND_LINES),
        "good-2-blanked": _page(SECOND, blanked),
        "good-3": _page(THIRD, THIRD_LINES, "440000-2"),
    }


def bad() -> dict[str, tuple[Reason, bytes]]:
    """Pages that must be refused after good-1, each with the reason to give."""
    honest = _page(SECOND, SECOND_LINES)
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    tail = bomb.compress(b"0" * 9_000_000) + bomb.flush()
    spaced = [line.replace(b'"at":', b'"at": ') for line in SECOND_LINES]
    foreign = [put(9, owner="500000")]
    eaten = [put(1).replace(b'"op":"put"', b'"op":"eat"')]
    wordy = [SECOND_LINES[0], SECOND_LINES[1].replace(b'"withdrawn"', b'"it was wrong"')]
    twice = [SECOND_LINES[0], put(1, 3)]
    floating = [put(1).replace(b'"beds":10', b'"beds":1.5')]
    return {
        "bad-frame": (Reason.BAD_FRAME, b"sojourn-page 2" + honest[14:]),
        "bad-header": (Reason.BAD_HEADER, _page(replace(SECOND, no=0), SECOND_LINES)),
        "bad-unknown-key": (Reason.UNKNOWN_KEY, _page(SECOND, SECOND_LINES, "440000-9")),
        "bad-key-of-later-pages": (Reason.KEY_NOT_VALID_HERE, _page(SECOND, SECOND_LINES, "440000-2")),
        "bad-key-of-another-member": (Reason.KEY_NOT_VALID_HERE, _page(SECOND, SECOND_LINES, "500000-1")),
        "bad-suite": (Reason.KEY_NOT_VALID_HERE, _page(SECOND, SECOND_LINES, suite="none")),
        "bad-signature": (Reason.BAD_SIGNATURE, _page(SECOND, SECOND_LINES, private=b"\7" * 32)),
        "bad-other-feed": (
            Reason.WRONG_FEED,
            _page(
                _header(2, SECOND_LINES, SECOND.previous, audience="member.500000"), SECOND_LINES, "440000-3"
            ),
        ),
        "bad-epoch": (Reason.WRONG_EPOCH, _page(replace(SECOND, epoch=2), SECOND_LINES, "440000-3")),
        "bad-replayed": (Reason.WRONG_NUMBER, _page(FIRST, FIRST_LINES)),
        "bad-gap": (Reason.WRONG_NUMBER, _page(THIRD, THIRD_LINES, "440000-2")),
        "bad-chain": (Reason.BROKEN_CHAIN, _page(replace(SECOND, previous="0" * 64), SECOND_LINES)),
        "bad-truncated": (Reason.BAD_PACKING, honest[:-8]),
        "bad-trailing": (Reason.BAD_PACKING, honest + b"\0"),
        "bad-bomb": (Reason.TOO_LARGE, _page(SECOND, [], tail=tail)),
        "bad-count": (Reason.WRONG_COUNT, _page(SECOND, SECOND_LINES[:1])),
        "bad-digest": (Reason.WRONG_DIGEST, _page(SECOND, SECOND_LINES[::-1])),
        "bad-spelling": (Reason.NOT_STRICT, _page(_header(2, spaced, SECOND.previous), spaced)),
        "bad-fraction": (Reason.NOT_STRICT, _page(_header(2, floating, SECOND.previous), floating)),
        "bad-entry": (Reason.BAD_ENTRY, _page(_header(2, eaten, SECOND.previous), eaten)),
        "bad-reason": (Reason.BAD_ENTRY, _page(_header(2, wordy, SECOND.previous), wordy)),
        "bad-entity-twice": (Reason.BAD_ENTRY, _page(_header(2, twice, SECOND.previous), twice)),
        "bad-second": (
            Reason.BAD_HEADER,
            _page(replace(SECOND, sealed_at="2026-02-30T02:00:00Z"), SECOND_LINES),
        ),
        "bad-owner": (Reason.WRONG_OWNER, _page(_header(2, foreign, SECOND.previous), foreign)),
    }


def after(name: str) -> Place:
    """Where the feed stands when a vector's page arrives."""
    if name == "good-1":
        return Place(FEED)
    last = SECOND if name == "good-3" else FIRST
    return Place(FEED, 1, last.no, pages.digest_of(last.spelt()))


def files() -> dict[str, bytes]:
    """The files of pages and registry by their names."""
    document = REGISTRY.spelt()
    signatures = [
        Signature("ed25519", name, SUITE.sign_bytes(private, registry.signed_text(document)))
        for name, private in REGISTRARS.items()
    ]
    index = [{"page": name, "after": asdict(after(name)), "expect": "accepted"} for name in good()]
    index += [
        {"page": name, "after": asdict(after(name)), "expect": reason} for name, (reason, _) in bad().items()
    ]
    found = {f"{name}.page": page for name, page in good().items()}
    found |= {f"{name}.page": page for name, (_, page) in bad().items()}
    found["registry.json"] = document
    found["registry.signatures"] = b"\n".join(each.spelt() for each in signatures)
    found["registrars.json"] = strict.spelt(
        {name.replace("-", "_"): SUITE.public_of(private).hex() for name, private in REGISTRARS.items()}
    )
    found["index.json"] = json.dumps(index, indent=1).encode()
    return found
