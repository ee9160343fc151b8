"""What another node may cost: one bound on the size of its answer, one instant at which the exchange is over."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from sojourn.core.clock import now
from sojourn.sharing import client
from sojourn.sharing.client import MOST_BYTES, PeerClient, PeerFailed
from sojourn.sharing.models import Peer
from sojourn.sharing.services import pulling

OK = b"HTTP/1.1 200 OK\r\n"
PUBLIC = "8.8.8.8"
AFTER_HALF_A_SECOND = 0.5
Script = Callable[[socket.socket, Event], None]


@contextmanager
def node_that(answers: Script) -> Iterator[str]:
    """The address of a node on a bare socket: it takes one request and does as it likes."""
    over = Event()

    def serve() -> None:
        with listening.accept()[0] as caller:
            caller.recv(65536)
            with suppress(OSError):  # the line was cut, as it should be
                answers(caller, over)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = Thread(target=serve)
        serving.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            with socket.socket() as caller:  # where nobody asked, nobody waits for a request
                caller.connect_ex(listening.getsockname())
            serving.join()


def drips(first: bytes, drop: bytes) -> Script:
    def answer(caller: socket.socket, over: Event) -> None:
        caller.sendall(first)
        while not over.wait(0.02):
            caller.sendall(drop)

    return answer


def says(whole: bytes) -> Script:
    return lambda caller, _over: caller.sendall(whole)


@pytest.fixture
def keys(settings, tmp_path):
    """This node has a key to sign its requests with."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / f"node-{settings.NODE}-1.key").write_text("5a" * 32)
    settings.VAULT = str(tmp_path)


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(client, "LONGEST_REQUEST", AFTER_HALF_A_SECOND)


def failure_of(address: str, ask: Callable[[PeerClient], object] = PeerClient.registry) -> PeerFailed:
    with pytest.raises(PeerFailed) as failure:
        ask(PeerClient("50", address))
    return failure.value


def test_an_answer_comes_as_it_was_sent(keys):
    with node_that(says(OK + b"Content-Length: 3\r\n\r\nabc")) as address:
        assert PeerClient("50", address).registry() == b"abc"


@pytest.mark.parametrize(
    "answers",
    [
        drips(b"", b"H"),
        drips(OK, b"x"),
        drips(OK + b"x: ", b"x"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(OK + b"Content-Length: 1000\r\n\r\n", b"x"),
        drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        lambda _caller, over: over.wait(),
    ],
    ids=["status", "header name", "header", "promises", "body", "chunks", "silence"],
)
def test_who_sends_a_byte_at_a_time_is_cut_off_at_the_same_instant(keys, hurried, answers):
    began = time.monotonic()
    with node_that(answers) as address:
        failure = failure_of(address)

    assert (failure.reason, failure.status) == ("timeout", 0)
    assert AFTER_HALF_A_SECOND <= time.monotonic() - began < AFTER_HALF_A_SECOND + 1


def test_who_does_not_read_what_it_is_told_is_cut_off_too(keys, hurried):
    def reads_nothing(_caller: socket.socket, over: Event) -> None:
        over.wait()

    began = time.monotonic()
    with node_that(reads_nothing) as address:
        failure = failure_of(address, lambda peer: peer.heads([{"header": "x" * 30_000_000}]))

    assert failure.reason == "timeout"
    assert time.monotonic() - began < AFTER_HALF_A_SECOND + 1


@pytest.mark.parametrize(
    "head", [b"", b"Content-Length: 9999999999\r\n"], ids=["without a length", "with a length"]
)
def test_an_answer_that_is_too_large_is_not_read_to_its_end(keys, head):
    with node_that(says(OK + head + b"\r\n" + b"x" * (MOST_BYTES + 1))) as address:
        assert failure_of(address).reason == "too_large"


def test_nobody_is_led_elsewhere(keys):
    with (
        node_that(says(OK + b"Content-Length: 3\r\n\r\nabc")) as elsewhere,
        node_that(
            says(f"HTTP/1.1 307 Go\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\n\r\n".encode())
        ) as here,
    ):
        failure = failure_of(here)

    assert (failure.reason, failure.status) == ("status_307", 307)


# --- where to -----------------------------------------------------------------------------------------
def answer(address: str) -> tuple:
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80))


def test_without_https_nobody_is_asked_in_production(keys, settings):
    settings.INSECURE_HTTP = False
    asked = Event()
    with node_that(lambda _caller, over: None if over.is_set() else asked.set()) as address:
        assert failure_of(address).reason == "no_https"

    assert not asked.is_set()


@pytest.mark.parametrize(
    "found", ["127.0.0.1", "10.1.2.3", "192.168.0.7", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"]
)
def test_a_name_that_leads_inside_is_not_followed(keys, monkeypatch, found):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_words: [answer(PUBLIC), answer(found)])

    assert failure_of("http://node-50.example").reason == "inner_address"


def test_only_the_address_that_was_looked_at_is_connected_to(keys, monkeypatch):
    looked_up, connected = [], []

    def refused(address, *_args, **_words):
        connected.append(address)
        raise ConnectionRefusedError

    def look_up(host, *_args, **_words):
        looked_up.append(host)
        return [answer(PUBLIC), answer("1.1.1.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", refused)

    assert failure_of("https://node-50.example").reason == "unreachable"

    assert looked_up == ["node-50.example"]
    assert connected == [(PUBLIC, 443), ("1.1.1.1", 443)]


def test_a_name_that_nobody_knows_is_told_as_such(keys, monkeypatch):
    def unknown(*_args, **_words):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert failure_of("https://node-50.example").reason == "unknown_host"


# --- what follows from it -----------------------------------------------------------------------------
def test_a_node_that_drips_its_headers_has_failed_and_is_asked_more_seldom(network, hurried):
    with node_that(drips(OK, b"x")) as address, network["50"]:
        Peer.objects.update(next_poll_at="2026-01-01T00:00:00Z", failures=2)

        assert pulling.pull_from(node="44", reach=lambda peer: PeerClient(peer.node, address)) == 0

        failed = Peer.objects.get()
        assert (failed.failures, failed.last_failure, failed.leased_until) == (3, "timeout", None)
        assert failed.next_poll_at > now()
