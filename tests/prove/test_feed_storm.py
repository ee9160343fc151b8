"""A storm over two nodes: changes at both while everything they run on is killed; afterwards both hold the same."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.prove.report import report
from tests.prove.two_nodes import (
    Account,
    Demo,
    Faults,
    Writer,
    running_demo,
    seconds_from,
    settle,
    writers,
)

pytestmark = pytest.mark.prove

STORM = seconds_from("SOJOURN_STORM_SECONDS", 300)
WRITES = seconds_from("SOJOURN_STORM_WRITES", 240)
WITHIN = seconds_from("SOJOURN_STORM_WITHIN", 600)
EVERY = 7.0
SHORT, SHORT_WITHIN = min(STORM, 15.0), 45.0
LOSE_SOME = """
    CREATE FUNCTION lose_some() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.id % 10 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
    CREATE TRIGGER lose_some BEFORE INSERT ON sharing_marker FOR EACH ROW EXECUTE FUNCTION lose_some()
"""


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running_demo() as demo:
        yield demo


def storm(demo: Demo, rage: Callable[[], None]) -> list[Writer]:
    """Changes at both nodes as long as it rages; every change begun is acknowledged."""
    every = writers(demo, a_second=WRITES)
    for writer in every:
        writer.begin()
    rage()
    for writer in every:
        writer.finish()
    return every


def test_after_a_storm_both_nodes_hold_the_same_and_lost_nothing(demo):
    faults = Faults(demo, every=EVERY)

    every = storm(demo, partial(faults.rage, STORM))

    account = settle(demo, every, within=WITHIN)
    assert sum(faults.done.values()) >= STORM / EVERY / 2
    _tell(every, faults, account)


def test_a_node_that_loses_every_tenth_mark_is_found_out(demo):
    demo.witness("44").alter(LOSE_SOME)

    every = storm(demo, partial(time.sleep, SHORT))

    with pytest.raises(AssertionError):
        settle(demo, every, within=SHORT_WITHIN)


def _tell(every: list[Writer], faults: Faults, account: Account) -> None:
    written, cut_off = sum(w.acknowledged for w in every), sum(w.cut_off for w in every)
    killed = ", ".join(f"{name} {times}" for name, times in sorted(faults.done.items()))
    alarms = ", ".join(f"{reason} {times}" for reason, times in sorted(account.alarms.items()))
    report(
        "Feeds in a storm",
        [
            f"{STORM:.0f} s; {written} changes acknowledged at two nodes ({written / STORM:.0f} a second)",
            f"{cut_off} attempts were cut off and made again",
            f"kill -9, or an immediate stop of PostgreSQL: {killed}",
            f"equal {account.seconds:.0f} s after it ended: {account.entities} entities by version and facts",
            f"every acknowledged change is there; {account.pages} pages",
            f"feed_fsck finds nothing at either node; no number signed twice; alarms in between: {alarms or 'none'}",
            f"sabotage: a node that loses every tenth mark for {SHORT:.0f} s does not pass",
        ],
    )
