"""From a commit at one node until the other shows it, both real processes, under a steady load of changes."""

import statistics
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.bench.measure import machine, p95, table, write_section
from tests.prove.two_nodes import CHANGE_FACILITY, Demo, Writer, running_demo, seconds_from, writers

pytestmark = pytest.mark.bench

LENGTH = seconds_from("SOJOURN_LATENCY_SECONDS", 60)
WRITES = seconds_from("SOJOURN_LATENCY_WRITES", 50)
QUIET = "quiet"
GOAL = 3.0
GIVEN_UP = 90.0
LOOK_EVERY = 0.02
SHOWN = "SELECT telephone_hours FROM facilities_facility WHERE id = %s"
UNSEALED = "SELECT count(*) FROM sharing_marker WHERE entity = %s"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


class Probe:
    """One facility of a node, changed again and again; when each change was sealed, and seen at the other node."""

    def __init__(self, demo: Demo, writer: str, reader: str) -> None:
        self.here, self.there = demo.witness(writer).as_app(), demo.witness(reader).as_app()
        query = (
            "SELECT id FROM facilities_facility JOIN core_hostedmember ON member = owner ORDER BY id LIMIT 1"
        )
        [(self.facility,)] = demo.witness(writer).rows(query)
        self.sealed: list[float] = []
        self.seen: list[float] = []

    def change(self) -> None:
        """A change is seen there; noted with what it took."""
        word, sealed = f"{time.monotonic():.6f}", None
        self.here.execute(CHANGE_FACILITY, [word, self.facility])
        began = time.monotonic()
        while not self._shows(self.there, word):
            took = time.monotonic() - began
            assert took < GIVEN_UP, "a change is not seen"
            if sealed is None and self.here.execute(UNSEALED, [self.facility]).fetchone() == (0,):
                sealed = took
            time.sleep(LOOK_EVERY)
        self.seen.append(time.monotonic() - began)
        self.sealed.append(self.seen[-1] if sealed is None else sealed)

    def close(self) -> None:
        self.here.close()
        self.there.close()

    def _shows(self, connection: psycopg.Connection, word: str) -> bool:
        return connection.execute(SHOWN, [self.facility]).fetchone() == (word,)


def probed(demo: Demo, load: list[Writer]) -> Probe:
    """So long of probing, while the load writes."""
    with closing(Probe(demo, "44", "50")) as probe:
        for writer in load:
            writer.facilities = [each for each in writer.facilities if each != probe.facility]
            writer.begin()
        end = time.monotonic() + LENGTH
        while time.monotonic() < end:
            probe.change()
            # Not in step with the beat of the sealer.
            time.sleep(0.37)
        for writer in load:
            writer.finish()
        return probe


def test_what_is_committed_at_one_node_is_seen_at_the_other_within_seconds(demo):
    quiet = probed(demo, [])
    load = writers(demo, a_second=WRITES)
    busy = probed(demo, load)

    a_second = sum(writer.acknowledged for writer in load) / LENGTH
    names = {QUIET: quiet, f"{a_second:.0f} changes a second": busy}
    rows = [
        (
            name,
            f"{statistics.median(probe.sealed):.2f}",
            f"{p95(probe.sealed):.2f}",
            f"{statistics.median(probe.seen):.2f}",
            f"{p95(probe.seen):.2f}",
            f"{GOAL:.0f}",
            str(len(probe.seen)),
        )
        for name, probe in names.items()
    ]
    heads = ("load", "sealed, median s", "95 %", "seen, median s", "95 %", "goal", "changes probed")
    how = f"Two nodes of the demo as real processes on one machine, {LENGTH:.0f} s each; from the commit at 44 until"
    write_section(
        "Feeds between two nodes",
        [f"{how} 50 shows it. {machine()}", "", *table(heads, rows)],
        {name: {"sealed": probe.sealed, "seen": probe.seen} for name, probe in names.items()},
    )
