"""Ways to a person's telephone: a gateway over HTTPS, or, in the demo, a file or the terminal."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
import orjson
from django.conf import settings

from sojourn.core.clock import local, now
from sojourn.messages.services import Parcel
from sojourn.messages.states import Reason

CONSOLE, FILE = "console", "file:"
LONGEST = 10.0
_SPELT = re.compile(r"(?<!\d)\d(?:，\d){3,}(?!\d)")
MOST_BYTES = 4096
LONGEST_REFERENCE = 80
# What a gateway answers when it may take the same message later.
LATER = {408, 425, 429}


class DeliveryFailed(Exception):
    """A channel did not take a message; ``is_final`` says that it never will."""

    def __init__(self, reason: Reason, *, is_final: bool = False) -> None:
        super().__init__(reason.value)
        self.reason, self.is_final = reason, is_final


class Channel(Protocol):
    def deliver(self, parcel: Parcel) -> str:
        """The channel has taken the parcel; its receipt, where it gives one. Else DeliveryFailed."""
        ...


class NoChannel:
    def deliver(self, parcel: Parcel) -> str:
        raise DeliveryFailed(Reason.NO_CHANNEL)


class Console:
    """Whoever runs the job reads it in the terminal."""

    def deliver(self, parcel: Parcel) -> str:
        sys.stdout.write(line_of(parcel))
        sys.stdout.flush()
        return ""


@dataclass(frozen=True)
class File:
    """A line for each message, in a file that only its owner reads."""

    path: Path

    def deliver(self, parcel: Parcel) -> str:
        try:
            with open(
                os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
            ) as file:
                file.write(line_of(parcel))
        except OSError:
            raise DeliveryFailed(Reason.UNREACHABLE) from None
        return ""


@dataclass(frozen=True)
class Gateway:
    """A service that sends what it is posted; its address comes from the settings and from nowhere else.

    It is sent ``{"id", "kind", "to", "text"}``, the id also as ``Idempotency-Key``: the same one at every try.
    """

    address: str
    token: str = ""
    transport: httpx.BaseTransport | None = None

    def deliver(self, parcel: Parcel) -> str:
        content = orjson.dumps(
            {"id": str(parcel.id), "kind": parcel.kind.value, "to": parcel.recipient, "text": parcel.body}
        )
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(parcel.id)}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # Neither a redirect nor a proxy of the environment leads it elsewhere.
        client = httpx.Client(
            transport=self.transport, timeout=LONGEST, follow_redirects=False, trust_env=False
        )
        try:
            with client, client.stream("POST", self.address, headers=headers, content=content) as answer:
                _refuse_unless_taken(answer.status_code)
                return _reference(next(answer.iter_bytes(MOST_BYTES), b""))
        except httpx.TimeoutException:
            raise DeliveryFailed(Reason.TIMEOUT) from None
        except httpx.HTTPError:
            raise DeliveryFailed(Reason.UNREACHABLE) from None


def channel() -> Channel:
    """The way that this node's messages take."""
    match settings.MESSAGES:
        case "":
            return NoChannel()
        case "console":
            return Console()
        case place if place.startswith(FILE):
            return File(Path(place.removeprefix(FILE)))
    return Gateway(settings.MESSAGES, settings.MESSAGES_TOKEN)


def line_of(parcel: Parcel) -> str:
    """One line; a code that a call reads out digit by digit stands at its end in one piece, to be copied."""
    said = " ".join(parcel.body.split())
    spelt = _SPELT.search(said)
    code = f" [{spelt.group().replace('，', '')}]" if spelt else ""
    return f"{local(now()):%Y-%m-%d %H:%M:%S} {parcel.kind.label} {parcel.recipient} {said}{code}\n"


def _refuse_unless_taken(status: int) -> None:
    if 200 <= status < 300:
        return
    if status >= 500 or status in LATER:
        raise DeliveryFailed(Reason.BUSY)
    raise DeliveryFailed(Reason.DECLINED, is_final=True)


def _reference(content: bytes) -> str:
    """The receipt in an answer: ``{"reference": "…"}``, if it is short and plain; what else it says is left alone."""
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ""
    found = answer.get("reference") if isinstance(answer, dict) else None
    if not isinstance(found, str) or len(found) > LONGEST_REFERENCE:
        return ""
    return found if found.isascii() and found.isprintable() else ""
