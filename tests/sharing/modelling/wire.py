"""The wire between the nodes: what is asked and answered may be lost, doubled, late, spoilt or forged on it."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import httpx
import orjson

from sojourn.sharing.client import PeerClient
from sojourn.sharing.models import Peer
from sojourn.sharing.protocol import batches, pages
from sojourn.sharing.protocol.reasons import Refused
from sojourn.wsgi import application
from tests.sharing.modelling.world import World

Answer = tuple[int, bytes]
TOGETHER = "/v1/pages/"
SPOILT = ("flipped", "cut", "forged", "garbage")


@dataclass
class Wires:
    """All wires of the network; ``trouble`` is the share of requests that something happens to."""

    world: World
    random: Random
    trouble: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    headers: dict[tuple, set[str]] = field(default_factory=dict)
    _earlier: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)

    def reach(self, peer: Peer) -> PeerClient:
        return PeerClient(peer.node, peer.address, Wire(self, peer.node))

    def count(self, fault: str) -> None:
        self.counts[fault] = self.counts.get(fault, 0) + 1

    def fault(self) -> str:
        """What happens to a request; mostly nothing."""
        return self.random.choice(FAULTS) if self.random.random() < self.trouble else ""

    def late(self, to: str, path: str, answer: Answer) -> Answer:
        """An earlier answer to a question of this kind, if there was one; this one is kept for later."""
        earlier = self._earlier.setdefault((to, path.split("/")[3]), [])
        came = self.random.choice(earlier) if earlier else answer
        earlier.append(answer)
        del earlier[:-8]
        return came

    def seen(self, to: str, path: str, answer: Answer) -> None:
        """Which header each number stands for, as its own node serves it, is kept."""
        status, content = answer
        for page in _pages_in(path, content) if status == httpx.codes.OK else ():
            header = pages.unframed(page).header
            key = (header.feed, header.epoch, header.no)
            self.headers.setdefault(key, set()).add(pages.unframed(page).digest)
        earlier = self._earlier.setdefault((to, path.split("/")[3]), [])
        earlier.append(answer)
        del earlier[:-8]


@dataclass
class Wire(httpx.BaseTransport):
    """The way to one node."""

    wires: Wires
    to: str

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        fault = self.wires.fault()
        if fault:
            self.wires.count(fault)
        if fault == "request_lost":
            raise httpx.ConnectError("lost", request=request)
        if fault == "doubled":
            self._asked(request)
        status, content = self._asked(request)
        if fault == "answer_lost":
            raise httpx.ReadTimeout("lost", request=request)
        if fault == "late":
            status, content = self.wires.late(self.to, request.url.path, (status, content))
        if fault in SPOILT and status == httpx.codes.OK:
            content = SPOILING[fault](content, self.wires.random)
        if fault == "failed":
            status, content = 500, b"{}"
        return httpx.Response(status, stream=httpx.ByteStream(content))

    def _asked(self, request: httpx.Request) -> Answer:
        with self.wires.world.work(self.to):
            answer = httpx.WSGITransport(app=application).handle_request(request)
            content = answer.read()
        self.wires.seen(self.to, request.url.path, (answer.status_code, content))
        return answer.status_code, content


def flipped(content: bytes, random: Random) -> bytes:
    if not content:
        return content
    at, bit = random.randrange(len(content)), 1 << random.randrange(8)
    return content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]


def cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def garbage(content: bytes, random: Random) -> bytes:
    return random.randbytes(random.randrange(200))


def _pages_in(path: str, content: bytes) -> list[bytes]:
    """The pages that an answer holds: many, one or none."""
    if path.endswith(TOGETHER):
        return list(batches.parted(content))
    return [content] if "/pages/" in path else []


def forged(content: bytes, _random: Random) -> bytes:
    """An answer with every page of it forged."""
    try:
        return batches.joined(map(_forged, batches.parted(content)))
    except Refused:
        return _forged(content)


def _forged(content: bytes) -> bytes:
    """The page with another body in it, everything made to fit but the signature, which nobody can make."""
    try:
        page = pages.unframed(content)
    except Refused:
        return content
    lines = []
    for line in zlib.decompress(page.packed, 31)[:-1].split(b"\n"):
        entry = orjson.loads(line)
        if "body" in entry:
            entry["body"] = {name: _other(name, value) for name, value in entry["body"].items()}
        lines.append(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS))
    header = replace(
        page.header,
        digest=pages.digest_over(pages.line_digest(line) for line in lines),
        plain=pages.plain_size(lines),
    )
    return pages.framed(header.spelt(), page.signature, pages.packed(lines))


def _other(name: str, value: object) -> object:
    return f"{value}伪" if name in {"name", "listed_name", "address"} else value


SPOILING: dict[str, Callable[[bytes, Random], bytes]] = {
    "flipped": flipped,
    "cut": cut,
    "forged": forged,
    "garbage": garbage,
}
FAULTS = ("request_lost", "answer_lost", "doubled", "late", "failed", *SPOILT)
