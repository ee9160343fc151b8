"""The door of the node under test: one signed request at a time, every answer bounded in size and time."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from sojourn.core.clock import now
from sojourn.sharing.protocol import requests
from sojourn.sharing.protocol.pages import MOST_HEADER_BYTES, MOST_PACKED_BYTES, FeedName

PATH = "/sharing/v1"
LONGEST_SECONDS = 30.0
MOST_BYTES = MOST_PACKED_BYTES + 4 * MOST_HEADER_BYTES
NO_HEADS = b'{"heads":[]}'
PROBLEM, JSON, PAGE, PAGES, TEXT = (
    "application/problem+json",
    "application/json",
    "application/vnd.sojourn.page",
    "application/vnd.sojourn.pages",
    "text/plain",
)


class Failed(Exception):
    """The node under test broke the protocol; the words say where and how."""


@dataclass(frozen=True)
class Answer:
    """What came back; ``kind`` is the content type without its parameters."""

    asked: str
    status: int
    kind: str
    content: bytes

    @property
    def code(self) -> str:
        """The reason code of a problem document; empty where it is none."""
        try:
            facts = orjson.loads(self.content)
        except orjson.JSONDecodeError:
            return ""
        return str(facts.get("code", "")) if isinstance(facts, dict) else ""

    def expect_given(self, kind: str) -> bytes:
        """The content of an answer that gives what was asked for."""
        if self.status != httpx.codes.OK:
            raise Failed(f"{self.asked}: {self.status} {self.code}, not 200")
        if self.kind != kind:
            raise Failed(f"{self.asked}: content type {self.kind or 'none'}, not {kind}")
        return self.content

    def expect_object(self) -> dict:
        """The facts of an answer that gives a JSON object."""
        try:
            facts = orjson.loads(self.expect_given(JSON))
        except orjson.JSONDecodeError:
            facts = None
        if not isinstance(facts, dict):
            raise Failed(f"{self.asked}: no JSON object")
        return facts

    def expect_refused(self, status: int, code: str) -> None:
        """The request was refused, for this reason, in a problem document."""
        if (self.status, self.code) != (status, code):
            raise Failed(f"{self.asked}: {self.status} {self.code}, not {status} {code}")
        if self.kind != PROBLEM:
            raise Failed(f"{self.asked}: content type {self.kind or 'none'}, not {PROBLEM}")


@dataclass(frozen=True)
class Door:
    """A node's address, and the key with which the simulated member signs what it asks there.

    ``transport`` and ``clock`` stand in for the network and for the time it takes.
    """

    address: str
    target: str
    key: str
    private: bytes
    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic

    def plain(self, method: str, path: str, body: bytes = b"") -> requests.Request:
        """A request as it stands before it is signed."""
        headers = {"Accept-Encoding": "identity"} | ({"Content-Type": JSON} if body else {})
        return requests.Request(method, self.address.rstrip("/") + PATH + path, headers, body)

    def signed(self, method: str, path: str, body: bytes = b"", **other) -> requests.Request:
        """A request as it should be, save for what ``other`` says of target, key, private, nonce or at."""
        facts: dict[str, Any] = {
            "target": self.target,
            "key": self.key,
            "private": self.private,
            "nonce": secrets.token_hex(16),
            "at": now(),
        }
        return requests.signed(self.plain(method, path, body), **facts | other)

    def ask(self, method: str, path: str, body: bytes = b"", *, at_most: int = MOST_BYTES, **other) -> Answer:
        return self.send(self.signed(method, path, body, **other), at_most)

    def heads(self, body: bytes = NO_HEADS, **other) -> Answer:
        return self.ask("POST", "/heads/", body, **other)

    def page(self, feed: FeedName, epoch: int, no: int) -> Answer:
        return self.ask("GET", page_path(feed, epoch, no))

    def send(self, request: requests.Request, at_most: int = MOST_BYTES) -> Answer:
        """The answer to a request; Failed where none comes in time and size, or it leads elsewhere."""
        asked, started = f"{request.method} {request.url.partition(PATH)[2]}", self.clock()
        client = httpx.Client(
            transport=self.transport, timeout=LONGEST_SECONDS, follow_redirects=False, trust_env=False
        )
        try:
            with (
                client,
                client.stream(
                    request.method, request.url, headers=dict(request.headers), content=request.body
                ) as answer,
            ):
                content = self._bounded(answer, asked, started, at_most)
        except httpx.HTTPError as error:
            raise Failed(f"{asked}: no answer ({type(error).__name__})") from None
        if answer.is_redirect or answer.has_redirect_location:
            raise Failed(f"{asked}: redirects")
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(asked, answer.status_code, kind, content)

    def _bounded(self, answer: httpx.Response, asked: str, started: float, at_most: int) -> bytes:
        content = bytearray()
        for piece in answer.iter_raw():
            content += piece
            if len(content) > at_most:
                raise Failed(f"{asked}: more than {at_most} bytes")
            if self.clock() - started > LONGEST_SECONDS:
                break
        if self.clock() - started > LONGEST_SECONDS:
            raise Failed(f"{asked}: longer than {LONGEST_SECONDS:.0f} seconds")
        return bytes(content)


def page_path(feed: FeedName, epoch: int, no: int) -> str:
    return feed_path(feed, "pages", epoch, no)


def feed_path(feed: FeedName, *parts: object) -> str:
    """The address of something of a feed, below the door."""
    return "/".join(("/feeds", feed.owner, feed.resource, feed.audience, *map(str, parts), ""))
