"""More golden vectors, a folder each: requests, snapshots with their pieces, batches of pages, and figures.

``python -m tests.sharing.wire_vectors`` writes the whole folder docs/protocol/vectors.
"""

import base64
import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from sojourn.sharing.protocol import batches, pages, requests, snapshots
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.reasons import Reason
from sojourn.sharing.protocol.snapshots import Contents, Piece
from tests.sharing import vectors
from tests.sharing.vectors import FEED, FOLDER, KEYS, SECOND, SUITE, entity, put

# --- requests ---------------------------------------------------------------------------------------------
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOST, TARGET, KEY, NONCE = "https://one.example", "44", "node-50-1", "0123456789abcdef"
HEADS, PAGE = "/sharing/v1/heads/", "/sharing/v1/feeds/440000/facilities/all/pages/1/1/"
BODY = b'{"heads":[]}'


def _message(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: one.example", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _signed(method: str = "POST", path: str = HEADS, body: bytes = BODY, **other) -> bytes:
    """A request as our own code signs it, save for what is said otherwise."""
    facts = {"target": TARGET, "key": KEY, "private": KEYS[KEY], "nonce": NONCE, "at": AT} | other
    found = requests.signed(requests.Request(method, HOST + path, {}, body), **facts)
    return _message(method, path, dict(found.headers), body)


def _by_hand(*lines: str) -> bytes:
    """A request whose signatures are made as RFC 9421 says, one for each label and rest of the parameters."""
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    values = {
        "@method": "POST",
        "@path": HEADS,
        "@query": "?",
        "sojourn-target": TARGET,
        "content-digest": f"sha-256=:{digest}:",
    }
    inputs, made = [], []
    for line in lines:
        label, _, told = line.partition("=")
        covered = [name for name in values if f'"{name}"' in told]
        base = "\n".join([*(f'"{name}": {values[name]}' for name in covered), f'"@signature-params": {told}'])
        value = base64.b64encode(SUITE.sign_bytes(KEYS[KEY], base.encode())).decode()
        inputs.append(line)
        made.append(f"{label}=:{value}:")
    headers = {
        "Sojourn-Target": TARGET,
        "Content-Digest": values["content-digest"],
        "Signature-Input": ", ".join(inputs),
        "Signature": ", ".join(made),
    }
    return _message("POST", HEADS, headers, BODY)


def _input(label: str = "sojourn", covered=requests.COVERED, tag: str = requests.TAG) -> str:
    names = " ".join(f'"{name}"' for name in covered)
    return f'{label}=({names});created={int(AT.timestamp())};keyid="{KEY}";alg="ed25519";nonce="{NONCE}";tag="{tag}"'


def all_requests() -> dict[str, tuple[str, bytes]]:
    """Requests that arrive at node 44 at AT, each with what is to come out."""
    honest, page = _signed(), _signed("GET", PAGE, b"")
    off = timedelta(seconds=121)
    less = [name for name in requests.COVERED if name != "sojourn-target"]
    return {
        "good-post": ("accepted", honest),
        "good-get": ("accepted", page),
        "good-by-hand": ("accepted", _by_hand(_input())),
        "good-in-time": ("accepted", _signed(at=AT - timedelta(seconds=120))),
        "bad-unsigned": (Reason.NOT_SIGNED, _message("POST", HEADS, {"Sojourn-Target": TARGET}, BODY)),
        "bad-nonce": (Reason.NOT_SIGNED, _signed(nonce="n" * 65)),
        "bad-unknown-key": (Reason.UNKNOWN_KEY, _signed(key="node-50-9", private=KEYS[KEY])),
        "bad-key-of-a-member": (Reason.UNKNOWN_KEY, _signed(key="500000-1", private=KEYS["500000-1"])),
        "bad-signature": (Reason.BAD_SIGNATURE, _signed(private=b"\7" * 32)),
        "bad-method": (Reason.BAD_SIGNATURE, page.replace(b"GET ", b"POST ", 1)),
        "bad-path": (Reason.BAD_SIGNATURE, honest.replace(b"/heads/", b"/ping/", 1)),
        "bad-query": (Reason.BAD_SIGNATURE, honest.replace(b"/heads/", b"/heads/?a=1", 1)),
        "bad-renamed-target": (
            Reason.BAD_SIGNATURE,
            _signed(target="45").replace(b"Target: 45", b"Target: 44"),
        ),
        "bad-covers-less": (Reason.BAD_SIGNATURE, _by_hand(_input(covered=less))),
        "bad-tag": (Reason.BAD_SIGNATURE, _by_hand(_input(tag="another"))),
        "bad-two-signatures": (Reason.BAD_SIGNATURE, _by_hand(_input(), _input("second"))),
        "bad-body": (Reason.WRONG_BODY, honest + b" "),
        "bad-too-late": (Reason.WRONG_TIME, _signed(at=AT - off)),
        "bad-too-early": (Reason.WRONG_TIME, _signed(at=AT + off)),
        "bad-target": (Reason.WRONG_TARGET, _signed(target="45")),
    }


def _request_files() -> dict[str, bytes]:
    found = {f"{name}.http": content for name, (_, content) in all_requests().items()}
    index = [
        {"request": name, "target": TARGET, "at": int(AT.timestamp()), "expect": expect}
        for name, (expect, _) in all_requests().items()
    ]
    return found | {"index.json": _json(index)}


# --- snapshots --------------------------------------------------------------------------------------------
FIRST_PIECE, LAST_PIECE = [put(1), put(2)], [put(3)]


def _piece(lines: list[bytes], last: int, **other) -> Piece:
    digest = pages.digest_over(map(pages.line_digest, lines))
    told = Piece(len(lines), pages.plain_size(lines), digest, entity(last).partition(":")[2])
    return replace(told, **other)


PIECES = (_piece(FIRST_PIECE, 2), _piece(LAST_PIECE, 3))
# The first page that the key of the snapshot may not sign any more.
FOLLOWED = 3
CONTENTS = Contents(FEED, 1, 2, pages.digest_of(SECOND.spelt()), "facilities/1", PIECES)


def _snapshot(contents: Contents = CONTENTS, key: str = "440000-1", **other) -> bytes:
    document = other.get("document", contents.spelt())
    private = other.get("private", KEYS.get(key, b"\7" * 32))
    value = SUITE.sign_bytes(private, snapshots.signed_text(document))
    return document + b"\n" + Signature("ed25519", key, value).spelt()


def _of(*told: tuple[Piece, list[bytes]]) -> tuple[bytes, list[bytes]]:
    listed = replace(CONTENTS, pieces=tuple(piece for piece, _ in told))
    return _snapshot(listed), [pages.packed(lines) for _, lines in told]


def all_snapshots() -> dict[str, tuple[str, bytes, dict[str, bytes]]]:
    """Snapshots of FEED as they are served, each with what is to come out and its pieces by their names."""
    packs = [pages.packed(FIRST_PIECE), pages.packed(LAST_PIECE)]
    good = _named("good", packs)
    whole = {
        "good": ("accepted", _snapshot()),
        "good-empty": ("accepted", _snapshot(replace(CONTENTS, pieces=()))),
        "bad-unknown-key": (Reason.UNKNOWN_KEY, _snapshot(key="440000-9")),
        "bad-key-of-another-member": (Reason.KEY_NOT_VALID_HERE, _snapshot(key="500000-1")),
        "bad-key-followed": (Reason.KEY_NOT_VALID_HERE, _snapshot()),
        "bad-key-of-later-pages": (Reason.KEY_NOT_VALID_HERE, _snapshot(key="440000-2")),
        "bad-signature": (Reason.BAD_SIGNATURE, _snapshot(private=b"\7" * 32)),
        "bad-spelling": (Reason.NOT_STRICT, _snapshot(document=CONTENTS.spelt() + b" ")),
        "bad-other-feed": (
            Reason.WRONG_FEED,
            _snapshot(replace(CONTENTS, feed=replace(FEED, resource="operators"))),
        ),
        "bad-piece-of-none": (Reason.BAD_HEADER, _snapshot(replace(CONTENTS, pieces=(_piece([], 2),)))),
    }
    found = {name: (*told, {} if name == "good-empty" else good) for name, told in whole.items()}
    gone = [pages.tombstone_line(entity=entity(2), epoch=1, version=2, reason="gone", salt="2" * 32)]
    foreign = [put(2, owner="500000")]
    first, last = (PIECES[0], FIRST_PIECE), (PIECES[1], LAST_PIECE)
    pieces = {
        "bad-order": (Reason.BAD_ENTRY, _of((_piece(FIRST_PIECE[::-1], 1), FIRST_PIECE[::-1]))),
        "bad-overlap": (Reason.BAD_ENTRY, _of(first, (_piece([put(2)], 2), [put(2)]), last)),
        "bad-last": (Reason.BAD_ENTRY, _of((_piece(FIRST_PIECE, 3), FIRST_PIECE))),
        "bad-tombstone": (Reason.BAD_ENTRY, _of((_piece(gone, 2), gone))),
        "bad-owner": (Reason.WRONG_OWNER, _of((_piece(foreign, 2), foreign))),
        "bad-count": (Reason.WRONG_COUNT, _of((replace(PIECES[0], entries=1), FIRST_PIECE))),
        "bad-digest": (Reason.WRONG_DIGEST, _of((replace(PIECES[0], digest="0" * 64), FIRST_PIECE))),
        "bad-bound": (Reason.TOO_LARGE, _of((replace(PIECES[0], plain=9), FIRST_PIECE))),
        "bad-trailing": (Reason.BAD_PACKING, (_snapshot(), [packs[0] + b"\0", packs[1]])),
    }
    return found | {
        name: (expect, served, _named(name, packs)) for name, (expect, (served, packs)) in pieces.items()
    }


def _named(name: str, packs: list[bytes]) -> dict[str, bytes]:
    return {f"{name}-{no}.piece": pack for no, pack in enumerate(packs)}


def _snapshot_files() -> dict[str, bytes]:
    found, index = {}, []
    for name, (expect, served, pieces) in all_snapshots().items():
        found |= {f"{name}.snapshot": served} | pieces
        newest = {"epoch": 1, "no": FOLLOWED if name == "bad-key-followed" else CONTENTS.no}
        facts = {"feed": asdict(FEED), "newest": newest, "pieces": list(pieces)}
        index.append({"snapshot": name, **facts, "expect": expect})
    return found | {"index.json": _json(index)}


# --- batches ----------------------------------------------------------------------------------------------
def all_batches() -> dict[str, tuple[str, list[str], bytes]]:
    """Answers to ``pages/``: what is to come out, and the pages that they fall into."""
    served = vectors.good()
    both = batches.joined([served["good-1"], served["good-2"]])
    alone = batches.joined([served["good-1"]])
    return {
        "good": ("accepted", ["good-1", "good-2"], both),
        "good-empty": ("accepted", [], b""),
        "bad-cut-off": (Reason.BAD_FRAME, [], both[:-1]),
        "bad-no-length": (Reason.BAD_FRAME, [], alone + served["good-2"]),
        "bad-no-page": (Reason.BAD_FRAME, [], alone + b"0\n"),
        "bad-no-line-feed": (Reason.BAD_FRAME, [], b"%d" % len(served["good-1"])),
    }


def all_asked() -> dict[str, tuple[str, bytes]]:
    """Bodies of requests for pages, each with what is to come out."""
    place = Asked(FEED, 1, 2)
    return {
        "good-asked": ("accepted", batches.spelt([place, Asked(replace(FEED, resource="operators"), 1, 0)])),
        "bad-feed-twice": (Reason.BAD_HEADER, batches.spelt([place, place._replace(no=3)])),
        "bad-epoch": (Reason.BAD_HEADER, batches.spelt([place._replace(epoch=0)])),
        "bad-list": (Reason.BAD_HEADER, b'{"after":{}}'),
    }


def _batch_files() -> dict[str, bytes]:
    found = {f"{name}.pages": content for name, (_, _, content) in all_batches().items()}
    found |= {f"{name}.json": content for name, (_, content) in all_asked().items()}
    index = [
        {"answer": name, "pages": whole, "expect": expect}
        for name, (expect, whole, _) in all_batches().items()
    ]
    index += [{"asked": name, "expect": expect} for name, (expect, _) in all_asked().items()]
    return found | {"index.json": _json(index)}


# --- figures ----------------------------------------------------------------------------------------------
ROWS = [["00000000-0000-7000-8000-000000000101", 1], ["00000000-0000-7000-8000-000000000201", 3]]
ROWS += [["00000000-0000-7000-8000-0000000001ff", 2], ["00000000-0000-7000-8000-0000000002ff", 1]]
MOVING = [ROWS[3][0]]


def _figure_files() -> dict[str, bytes]:
    """What a feed holds, and what its owner answers: the figures, and the rows of each bucket."""
    buckets: dict[str, list] = {}
    for entity_id, version in sorted(row for row in ROWS if row[0] not in MOVING):
        buckets.setdefault(str(int(entity_id[-2:], 16)), []).append([entity_id, version])
    digests = {
        bucket: hashlib.sha256("".join(f"{one}:{version}\n" for one, version in rows).encode()).hexdigest()
        for bucket, rows in buckets.items()
    }
    answer = {"entities": sum(map(len, buckets.values())), "buckets": digests, "moving": MOVING}
    told = {"stands": ROWS, "answer": answer, "rows": buckets}
    return {"index.json": _json([told])}


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


def files() -> dict[str, bytes]:
    """Every file below docs/protocol/vectors by its path there."""
    folders = {
        "requests": _request_files(),
        "snapshots": _snapshot_files(),
        "batches": _batch_files(),
        "figures": _figure_files(),
    }
    below = {f"{folder}/{name}": each for folder, found in folders.items() for name, each in found.items()}
    return vectors.files() | below


if __name__ == "__main__":
    for name, content in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
