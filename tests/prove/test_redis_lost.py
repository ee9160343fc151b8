"""Redis carries hints only: emptied again and again, and then gone, it costs time and no change."""

import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.prove.report import report
from tests.prove.two_nodes import (
    CHANGE_FACILITY,
    Demo,
    faults_of_feeds,
    running_demo,
    say_to_redis,
    seconds_from,
    settle,
)

pytestmark = pytest.mark.prove

LENGTH = seconds_from("SOJOURN_REDIS_SECONDS", 300)
FLUSH_EVERY = seconds_from("SOJOURN_REDIS_FLUSH_EVERY", 10)
DOWN = seconds_from("SOJOURN_REDIS_DOWN", 60)
# Peers ask each other every 60 s, more or less by a fifth, in a beat of 2 s; a worker that lost its Redis connects
# again within some seconds.
SWEEP = 60 * 1.2 + 2 + 15
A_CHANGE_EVERY = 0.5


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


@dataclass
class Watch:
    """Changes one facility of a node after the other, and notes when the other node shows each."""

    demo: Demo
    writer: str
    reader: str
    delays: list[float] = field(default_factory=list)
    waiting: dict[str, tuple[float, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        query = "SELECT id FROM facilities_facility JOIN core_hostedmember ON member = owner ORDER BY id"
        self.facilities = [str(row[0]) for row in self.demo.witness(self.writer).rows(query)]

    def run(self, seconds: float) -> None:
        """Change, each facility once it was seen; then wait for the last."""
        there, here = self.demo.witness(self.reader).as_app(), self.demo.witness(self.writer).as_app()
        end, at = time.monotonic() + seconds, 0
        with there, here:
            while time.monotonic() < end:
                facility = self.facilities[at % len(self.facilities)]
                if facility not in self.waiting:
                    self._change(here, facility, f"{self.writer} {time.monotonic_ns()}")
                at += 1
                time.sleep(A_CHANGE_EVERY)
                self._look(there)
            limit = time.monotonic() + DOWN + 2 * SWEEP
            while self.waiting and time.monotonic() < limit:
                time.sleep(0.1)
                self._look(there)

    def _change(self, here: psycopg.Connection, facility: str, word: str) -> None:
        here.execute(CHANGE_FACILITY, [word, facility])
        self.waiting[facility] = (time.monotonic(), word)

    def _look(self, there: psycopg.Connection) -> None:
        query = "SELECT id::text, telephone_hours FROM facilities_facility WHERE id = ANY(%s::uuid[])"
        for facility, word in there.execute(query, [list(self.waiting)]).fetchall():
            began, wanted = self.waiting[facility]
            if word == wanted:
                self.delays.append(time.monotonic() - began)
                del self.waiting[facility]


def watched(demo: Demo, seconds: float, trouble: Callable[[float], None]) -> list[Watch]:
    """Both nodes change and show what the other changed while the trouble lasts, and until all is seen."""
    watches = [Watch(demo, "44", "50"), Watch(demo, "50", "44")]
    threads = [threading.Thread(target=watch.run, args=[seconds], daemon=True) for watch in watches]
    for thread in threads:
        thread.start()
    trouble(seconds)
    for thread in threads:
        thread.join()
    assert [watch.waiting for watch in watches] == [{}, {}]
    return watches


def test_emptied_every_few_seconds_it_loses_nothing(demo):
    flushes = []

    def flush(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            flushes.extend(say_to_redis(demo, name, "FLUSHALL") for name in demo.nodes)
            time.sleep(FLUSH_EVERY)

    watches = watched(demo, LENGTH, flush)

    delays = [delay for watch in watches for delay in watch.delays]
    assert flushes.count(b"+OK\r\n") == len(flushes) >= 2 * int(LENGTH / FLUSH_EVERY)
    assert max(delays) <= SWEEP
    settle(demo, [], within=SWEEP)
    _tell(
        "Feeds while Redis is emptied", f"both emptied every {FLUSH_EVERY:.0f} s for {LENGTH:.0f} s", delays
    )


def test_gone_for_a_while_it_loses_nothing(demo):
    def keep_down(seconds: float) -> None:
        # One that is dead is started again at once; one that is held answers nobody, and nobody starts another.
        gone = [demo.process(f"{name}/redis") for name in demo.nodes]
        for process in gone:
            process.send(signal.SIGSTOP)
        time.sleep(seconds)
        for process in gone:
            process.send(signal.SIGKILL)

    watches = watched(demo, DOWN, keep_down)

    delays = [delay for watch in watches for delay in watch.delays]
    assert DOWN / 2 < max(delays) <= DOWN + SWEEP
    assert faults_of_feeds(demo) == []
    _tell(
        "Feeds while Redis is gone",
        f"both held for {DOWN:.0f} s and then killed",
        delays,
    )


def _tell(heading: str, trouble: str, delays: list[float]) -> None:
    p95 = statistics.quantiles(delays, n=20)[18]
    report(
        heading,
        [
            f"{trouble}; {len(delays)} changes at two nodes, each seen at the other",
            f"until it was seen: median {statistics.median(delays):.1f} s, 95 % {p95:.1f} s, longest {max(delays):.1f} s",
            "feed_fsck finds nothing at either node",
        ],
    )
