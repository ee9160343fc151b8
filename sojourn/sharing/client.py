"""Asking another node: signed requests to the address the registry names, bounded in size and time."""

import ipaddress
import secrets
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import httpx
import orjson
from django.conf import settings

from sojourn.core.clock import now
from sojourn.sharing.line import Line
from sojourn.sharing.protocol import batches, requests
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.pages import MOST_HEADER_BYTES, MOST_PACKED_BYTES, Signature
from sojourn.sharing.services.membership import request_key, vault

DOOR = "/sharing/v1"
LONGEST_REQUEST = 30.0
LONGEST_STEP = 10.0
MOST_BYTES = MOST_PACKED_BYTES + 4 * MOST_HEADER_BYTES
MOST_SNAPSHOT = 8 * 1024 * 1024


class PeerFailed(Exception):
    """Another node did not answer as it should; ``reason`` is a code that may stand in a log."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class PeerClient:
    """The door of one node; ``transport`` stands in for the network in tests."""

    node: str
    address: str
    transport: httpx.BaseTransport | None = None

    def page(self, feed: str, epoch: int, no: int) -> bytes:
        """A page's bytes as they were signed."""
        return self._ask("GET", f"/feeds/{feed}/pages/{epoch}/{no}/")

    def pages(self, after: Sequence[Asked]) -> list[bytes]:
        """What follows these places, as many pages as one answer holds, each as it was signed.

        Refused where the answer falls into no pages.
        """
        return list(batches.parted(self._ask("POST", "/pages/", batches.spelt(after))))

    def snapshot(self, feed: str) -> tuple[bytes, Signature]:
        """The contents of a snapshot of the whole feed, with their signature."""
        document, _, signature = self._ask(
            "GET", f"/feeds/{feed}/snapshot/", at_most=MOST_SNAPSHOT
        ).partition(b"\n")
        facts = _object(signature)
        try:
            return document, Signature(facts["suite"], facts["key"], bytes.fromhex(facts["value"]))
        except (KeyError, TypeError, ValueError):
            raise PeerFailed("bad_frame") from None

    def snapshot_piece(self, feed: str, epoch: int, no: int, piece: int) -> bytes:
        """One pack of entries of the snapshot as of a page."""
        return self._ask("GET", f"/feeds/{feed}/snapshot/{epoch}/{no}/{piece}/")

    def digest(self, feed: str, epoch: int, no: int) -> dict:
        """The feed's content as of a page, as digests of its buckets; PeerFailed where the feed has moved on."""
        return _object(self._ask("GET", f"/feeds/{feed}/digest/{epoch}/{no}/"))

    def bucket(self, feed: str, epoch: int, no: int, bucket: int) -> dict:
        """Ids and versions in one bucket, as of a page."""
        return _object(
            self._ask("GET", f"/feeds/{feed}/digest/{epoch}/{no}/{bucket}/", at_most=MOST_SNAPSHOT)
        )

    def heads(self, ours: list[dict]) -> dict:
        """The heads that the node writes and those it has seen, in exchange for ours."""
        return _object(self._ask("POST", "/heads/", orjson.dumps({"heads": ours})))

    def ping(self, heads: list[dict]) -> None:
        """The node knows that something changed here."""
        self._ask("POST", "/ping/", orjson.dumps({"heads": heads}))

    def registry(self) -> bytes:
        """The member registry as the node holds it."""
        return self._ask("GET", "/keys/")

    def _ask(self, method: str, path: str, body: bytes = b"", *, at_most: int = MOST_BYTES) -> bytes:
        url = self.address.rstrip("/") + DOOR + path
        if urlsplit(url).scheme != "https" and not settings.INSECURE_HTTP:
            raise PeerFailed("no_https")
        key = request_key()
        message = requests.signed(
            requests.Request(
                method,
                url,
                {"Accept-Encoding": "identity"} | ({"Content-Type": "application/json"} if body else {}),
                body,
            ),
            target=self.node,
            key=key,
            private=vault().key(key),
            nonce=secrets.token_hex(16),
            at=now(),
        )
        line = self.transport or Line(seconds=LONGEST_REQUEST, trust=_trust(), look_up=_addresses)
        client = httpx.Client(transport=line, timeout=LONGEST_STEP, follow_redirects=False)
        try:
            with client, client.stream(method, url, headers=dict(message.headers), content=body) as answer:
                content = _bounded(answer, at_most)
                if answer.status_code != httpx.codes.OK:
                    raise PeerFailed(_code_of(content, answer.status_code), answer.status_code)
                return content
        except httpx.TimeoutException:
            raise PeerFailed("timeout") from None
        except httpx.HTTPError:
            raise PeerFailed("unreachable") from None


@cache
def _trust() -> ssl.SSLContext:
    """The authorities whose certificates count; reading them takes longer than asking for a small page."""
    return httpx.create_ssl_context()


def _bounded(answer: httpx.Response, at_most: int) -> bytes:
    """The whole answer, if it is not too large; how long it may take is the line's to say."""
    content = bytearray()
    for piece in answer.iter_raw():
        content += piece
        if len(content) > at_most:
            raise PeerFailed("too_large")
    return bytes(content)


def _object(content: bytes) -> dict:
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise PeerFailed("no_json") from None
    if not isinstance(answer, dict):
        raise PeerFailed("no_json")
    return answer


def _code_of(content: bytes, status: int) -> str:
    """The reason code of a problem document, as far as it is one of ours."""
    try:
        code = _object(content).get("code")
    except PeerFailed:
        code = None
    plain = isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum()
    return str(code)[:40] if plain else f"status_{status}"


def _addresses(host: str, port: int) -> list[str]:
    """Where a host of the registry is: none of it private or loopback, unless the registry names the address itself."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        answers = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except OSError:
        raise PeerFailed("unknown_host") from None
    found = [str(answer[4][0]) for answer in answers]
    if not all(ipaddress.ip_address(address).is_global for address in found):
        raise PeerFailed("inner_address")
    return found
