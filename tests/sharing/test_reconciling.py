"""A comparison with the owner's figures: what it holds, what it lets pass, and what it may not undo."""

from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from sojourn.core.actors import SYSTEM
from sojourn.sharing.client import PeerFailed
from sojourn.sharing.models import Alarm, Heartbeat, Reconciliation
from sojourn.sharing.protocol import strict
from sojourn.sharing.services.holding import hold_feed, resume_feed
from sojourn.sharing.services.reconciling import reconcile_with
from tests.sharing.feeding import HEARTBEATS, Stub, begun, cursor_at, feed_page, page_of
from tests.sharing.resigning import resigned


@pytest.fixture(scope="module")
def reader_for_all(standing_nodes):
    return begun(standing_nodes)


@pytest.fixture
def reader(reader_for_all, standing):
    return reader_for_all


@dataclass
class OfHeartbeats(Stub):
    """A peer that tells the figures of its heartbeats only; ``meanwhile`` happens here before they arrive."""

    meanwhile: object = field(default=lambda: None)

    def digest(self, feed, epoch, no):
        if feed != HEARTBEATS:
            raise PeerFailed("feed_moved_on", 409)
        self.meanwhile()
        return super().digest(feed, epoch, no)


def figures(entities, buckets=()):
    return {"entities": entities, "buckets": dict(buckets), "moving": []}


def compared(reader, told, **other):
    """The alarms and the state of the heartbeats after their owner told these figures."""
    stub = OfHeartbeats({}, figures=told, rows={"rows": []}, **other)
    with reader:
        assert reconcile_with(node="44", reach=lambda _peer: stub) == 1
        alarms = list(Alarm.objects.open().filter(subject=HEARTBEATS).values_list("reason", flat=True))
        return sorted(alarms), str(cursor_at(HEARTBEATS).get().state)


def compared_before(reader, entities):
    with reader:
        cursor = cursor_at(HEARTBEATS).get()
        Reconciliation.objects.create(
            feed=cursor.feed, epoch=1, no=cursor.no, theirs=entities, ours=entities, set_aside=0
        )


RUNS, HELD = ([], "running"), (["volume_swing"], "quarantine_limit")


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (1, 2, RUNS),
        (4, 3, RUNS),
        (0, 50, RUNS),
        (0, 51, HELD),
        (60, 111, HELD),
        (120, 60, HELD),
        (1000, 1300, RUNS),
        (1000, 1301, HELD),
        (1000, 699, HELD),
    ],
)
def test_a_swing_beyond_both_rules_holds_the_feed(reader, before, after, outcome):
    with reader:
        row = Heartbeat.objects.get(owner="440000")
    same = {str(row.pk.bytes[-1]): sha256(f"{row.pk}:{row.version}\n".encode()).hexdigest()}
    compared_before(reader, before)

    assert compared(reader, figures(after, same)) == outcome


def without_a_fact(lines):
    entry = strict.read(lines[0])
    return [strict.spelt(entry | {"body": {}})]


def test_who_resumes_after_a_swing_lets_no_page_through(reader, standing):
    own = bytes.fromhex((standing["44"].vault / "keys" / "440000-1.key").read_text())
    bad = resigned(page_of(standing["44"], HEARTBEATS, 2), own, lines=without_a_fact)
    compared_before(reader, 1000)
    assert compared(reader, figures(1)) == HELD

    with reader:
        resume_feed(feed_id=cursor_at(HEARTBEATS).get().pk, actor=SYSTEM)
        assert not Alarm.objects.open().exists()
    fed = feed_page(reader, bad, HEARTBEATS)

    assert (fed.state, fed.no, fed.alarms) == ("quarantine_limit", 1, {"quarantine_limit": 1})
    with reader:
        resume_feed(feed_id=cursor_at(HEARTBEATS).get().pk, actor=SYSTEM)
    fed = feed_page(reader, bad, HEARTBEATS)
    assert (fed.state, fed.no, fed.alarms) == ("running", 2, {})


@pytest.mark.parametrize(("verb", "state"), [("stop", "integrity_stop"), ("pause", "paused")])
@pytest.mark.parametrize("before", [1, 1000])
def test_a_feed_that_is_stopped_while_its_owner_answers_stays_so(reader, verb, state, before):
    compared_before(reader, before)

    def meanwhile():
        hold_feed(feed_id=cursor_at(HEARTBEATS).get().pk, verb=verb, reason="test")

    assert compared(reader, figures(1), meanwhile=meanwhile) == ([], state)


def test_a_difference_begins_the_feed_anew(reader):
    assert compared(reader, figures(1)) == (["digest_differs", "rebootstrap"], "rebootstrap")
