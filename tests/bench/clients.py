"""Eight clients that ask one after another's answer, in one thread, so that asking costs little."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

from sojourn.local.ports import HOST

CLIENTS = 8
# A connection is opened anew now and then: two workers share the clients by chance, and chance evens out.
REQUESTS_A_CONNECTION = 20
HEAD_ENDS, CHUNKS_END = b"\r\n\r\n", b"0\r\n\r\n"


@dataclass
class Client:
    """One connection with one question under way."""

    port: int
    addresses: Iterator[str]
    connection: socket.socket | None = None
    asked_at: float = 0.0
    received: bytes = b""
    left: int = 0

    def ask(self, watched: selectors.BaseSelector) -> None:
        if self.left == 0:
            self.hang_up(watched)
            self.connection = socket.create_connection((HOST, self.port))
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            watched.register(self.connection, selectors.EVENT_READ, self)
            self.left = REQUESTS_A_CONNECTION
        self.left -= 1
        self.received = b""
        self.asked_at = time.perf_counter()
        address = next(self.addresses)
        self.connection.sendall(f"GET {address} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    def hear(self) -> bool:
        """Whether the answer is there; anything but a 200 ends the measurement."""
        heard = self.connection.recv(1 << 16)
        assert heard, "the server hung up"
        self.received += heard
        head, separator, body = self.received.partition(HEAD_ENDS)
        if not separator:
            return False
        assert head.startswith(b"HTTP/1.1 200"), self.received[:2000].decode(errors="replace")
        length = _length(head)
        return body.endswith(CHUNKS_END) if length is None else len(body) >= length

    def hang_up(self, watched: selectors.BaseSelector) -> None:
        if self.connection is not None:
            watched.unregister(self.connection)
            self.connection.close()
            self.connection = None


@dataclass
class Burst:
    """What the clients saw in one stretch: seconds of each answer, and the seconds it lasted."""

    answers: list[float] = field(default_factory=list)
    seconds: float = 0.0
    own_seconds: float = 0.0  # of processor, spent on asking

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds


def burst(port: int, addresses: list[str], *, seconds: float) -> Burst:
    """Let all clients ask for so long; each goes through the addresses from another one on."""
    watched, told = selectors.DefaultSelector(), Burst()
    clients = [
        Client(port, cycle(addresses[start:] + addresses[:start]))
        for start in (index * len(addresses) // CLIENTS for index in range(CLIENTS))
    ]
    own, started = time.process_time(), time.perf_counter()
    for client in clients:
        client.ask(watched)
    while time.perf_counter() - started < seconds:
        for key, _ in watched.select(timeout=1):
            if key.data.hear():
                told.answers.append(time.perf_counter() - key.data.asked_at)
                key.data.ask(watched)
    told.seconds, told.own_seconds = time.perf_counter() - started, time.process_time() - own
    for client in clients:
        client.hang_up(watched)
    watched.close()
    return told


def _length(head: bytes) -> int | None:
    """The length an answer announces; None for one in chunks."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None
