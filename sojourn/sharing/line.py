"""A line to another node that is cut at one instant, however little at a time comes over it."""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

MOST_AT_ONCE = 16 * 1024


class Line(httpx.HTTPTransport):
    """Connecting, asking, headers and body: all of it within ``seconds`` from now.

    A timeout of httpx is for one read, and who sends a byte before each is over is never late. Only the addresses
    that ``look_up`` finds are connected to.
    """

    def __init__(
        self, *, seconds: float, trust: ssl.SSLContext, look_up: Callable[[str, int], list[str]]
    ) -> None:
        super().__init__(verify=trust)
        network = _Network(_Deadline(time.monotonic() + seconds), look_up)
        self._pool = httpcore.ConnectionPool(ssl_context=trust, network_backend=network)


class _Deadline:
    def __init__(self, at: float) -> None:
        self._at = at

    def cap(self, timeout: float | None) -> float:
        """How long the next step may take."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left if timeout is None else min(left, timeout)


class _Network(httpcore.NetworkBackend):
    def __init__(self, deadline: _Deadline, look_up: Callable[[str, int], list[str]]) -> None:
        self._deadline, self._look_up, self._backend = deadline, look_up, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError()
        for address in self._look_up(host, port):
            within = self._deadline.cap(timeout)
            try:
                stream = self._backend.connect_tcp(address, port, within, local_address, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), MOST_AT_ONCE):
            self._stream.write(buffer[at : at + MOST_AT_ONCE], self._deadline.cap(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        within = self._deadline.cap(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, within), self._deadline)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
