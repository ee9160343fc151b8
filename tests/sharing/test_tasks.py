"""Jobs of the exchange are hints: delivered twice, or lost, they change nothing but the moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery import Task, current_app
from django.conf import settings
from django.db.backends.utils import CursorWrapper
from django.test import override_settings

from providers.facilities.models import Operator
from sojourn.core.clock import now
from sojourn.sharing import tasks
from sojourn.sharing.client import PeerClient, PeerFailed
from sojourn.sharing.models import (
    Alarm,
    Cursor,
    Heartbeat,
    Page,
    Peer,
    Reconciliation,
    ServeRecord,
    Snapshot,
)
from sojourn.sharing.services import pinging, pulling, reconciling, sealing
from sojourn.sharing.states import FeedState
from tests.factories.facilities import OperatorFactory
from tests.sharing.exchange import cursor_of, feed_of, pull_all, seal_all
from tests.sharing.network import Wire, connection_to

JOBS = [job for job in vars(tasks).values() if isinstance(job, Task)]


@pytest.fixture
def sent(monkeypatch):
    """Jobs that were queued, by name and arguments, instead of a broker."""
    queued = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args=(), **_words: queued.append((name, *args)), raising=False
    )
    for job in JOBS:
        monkeypatch.setattr(job, "delay", lambda *args, _name=job.name: queued.append((_name, *args)))
    return queued


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name.rpartition(".")[2])
def test_no_job_may_take_half_as_long_as_the_broker_waits(job):
    assert job.time_limit * 2 < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]


def test_sealing_twice_makes_one_page_and_one_ping(network, sent):
    with network["44"]:
        OperatorFactory(division_id="440106")
        feed = feed_of("operators")
        tasks.seal()
        tasks.seal()

        assert Page.objects.filter(feed=feed).count() == 1
    assert sent == [("sojourn.sharing.tasks.ping", [feed.pk])]


def test_pulling_twice_applies_a_page_once(network, sent, monkeypatch):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    monkeypatch.setattr(pulling, "connect", network["50"].reach)
    with network["50"]:
        for _ in range(2):
            Peer.objects.update(next_poll_at="2026-01-01T00:00:00Z")
            pulling.pull_from(node="44", reach=network["50"].reach)

        assert Operator.objects.count() == 1
        assert cursor_of("operators").no == 1


def test_a_node_that_is_being_asked_is_not_asked_by_another_worker(network):
    with network["50"]:
        Peer.objects.update(leased_until=now() + timedelta(minutes=1), next_poll_at="2026-01-01T00:00:00Z")

        assert pulling.peers_due() == []
        assert pulling.pull_from(node="44", reach=network["50"].reach) == 0
    with network["44"]:
        assert not ServeRecord.objects.exists()


def test_a_lease_that_ran_out_lets_the_next_worker_in(network):
    with network["50"]:
        Peer.objects.update(leased_until="2026-01-01T00:00:00Z", next_poll_at="2026-01-01T00:00:00Z")

        assert pulling.peers_due() == ["44"]


def test_a_ping_brings_the_next_question_forward_and_tells_the_newest_pages(network, sent):
    with network["50"]:
        Peer.objects.update(next_poll_at=now() + timedelta(minutes=30))
    with network["44"]:
        OperatorFactory(division_id="440106")
        [feed] = [feed for feed in sealing.unsealed_feeds() if sealing.seal_feed(feed_id=feed)]

        assert pinging.ping_peers(feeds=[feed], reach=network["44"].reach) == 1

    with network["50"]:
        assert pulling.peers_due() == ["44"]
        assert cursor_of("operators").head_no == 1


def test_a_node_that_failed_and_speaks_again_is_asked_within_seconds(network):
    with network["50"]:
        Peer.objects.update(failures=9, next_poll_at=now() + timedelta(minutes=5))

        pulling.poke("44")

        assert Peer.objects.get().next_poll_at <= now() + timedelta(seconds=pulling.SOON)


@pytest.fixture
def wired(network, monkeypatch):
    """The jobs of a node reach the others without a socket."""
    reach = {name: PeerClient(name, "http://127.0.0.1", Wire(node, whole)) for name, node in network.items()}
    monkeypatch.setattr(pulling, "PeerClient", lambda node, _address: reach[node])
    return network


def whole(_request, answer):
    return answer


@contextmanager
def another_worker(node) -> Iterator[CursorWrapper]:
    """The cursor of another connection to a node's database, in a transaction of its own."""
    connection = connection_to(node.database)
    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def copies_at(node) -> tuple:
    """What a node holds of the operators that it follows, and how the feed stands."""
    with node:
        cursor = cursor_of("operators")
        rows = sorted(Operator.objects.values_list("pk", "version"))
        return rows, cursor.state, cursor.no, cursor.head_no


def test_a_ping_delivered_twice_tells_the_same_once_more(wired, sent):
    with wired["44"]:
        OperatorFactory(division_id="440106")
        [feed] = [feed for feed in sealing.unsealed_feeds() if sealing.seal_feed(feed_id=feed)]
        tasks.ping([feed])
        once = copies_at(wired["50"])
        tasks.ping([feed])

    assert copies_at(wired["50"]) == once == ([], FeedState.RUNNING, 0, 1)


@pytest.mark.parametrize(("job", "queued"), [(tasks.poll, "pull"), (tasks.reconcile_all, "reconcile")])
def test_a_round_delivered_twice_writes_nothing_and_queues_the_same(network, sent, job, queued):
    with network["50"]:
        Peer.objects.update(next_poll_at="2026-01-01T00:00:00Z")
        before = list(Peer.objects.values())
        job()
        job()

        assert list(Peer.objects.values()) == before
    assert sent == [(f"sojourn.sharing.tasks.{queued}", "44")] * 2


def test_a_snapshot_is_made_once_while_it_is_fresh(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        feed = feed_of("operators").pk
        tasks.make_snapshot(feed)
        once = list(Snapshot.objects.values("pk", "document", "made_at"))
        tasks.make_snapshot(feed)

        assert list(Snapshot.objects.values("pk", "document", "made_at")) == once
        assert len(once) == 1


def test_a_snapshot_that_another_worker_is_making_is_left_to_it(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        feed = feed_of("operators").pk
        with another_worker(network["44"]) as cursor:
            cursor.execute("SELECT 1 FROM sharing_feed WHERE id = %s FOR NO KEY UPDATE", [feed])
            tasks.make_snapshot(feed)
            assert not Snapshot.objects.exists()

        tasks.make_snapshot(feed)
        assert Snapshot.objects.count() == 1


def test_comparing_twice_finds_the_same_and_changes_nothing(wired, sent):
    with wired["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(wired["50"], "44")
    before = copies_at(wired["50"])
    with wired["50"]:
        tasks.reconcile("44")
        tasks.reconcile("44")

        found = Reconciliation.objects.filter(feed=feed_of("operators"))
        assert list(found.values_list("theirs", "ours", "differing")) == [(1, 1, [])] * 2
        assert not Alarm.objects.open().exists()
        assert Peer.objects.get().comparing_until is None
    assert copies_at(wired["50"]) == before


def test_a_node_with_whom_another_worker_compares_is_left_to_it_until_that_lease_is_over(wired, sent):
    with wired["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(wired["50"], "44")
    with wired["50"]:
        Peer.objects.update(comparing_until=now() + timedelta(minutes=2))
        tasks.reconcile("44")
        assert not Reconciliation.objects.exists()

        Peer.objects.update(comparing_until=now() - timedelta(seconds=1))
        tasks.reconcile("44")
        assert Reconciliation.objects.exists()


def test_a_node_that_does_not_answer_is_not_asked_for_its_other_feeds(network):
    asked = []

    class Silent:
        def digest(self, feed, *_place):
            asked.append(feed)
            raise PeerFailed("timeout")

    with network["50"]:
        Cursor.objects.update(no=1, head_no=1)

        assert reconciling.reconcile_with(node="44", reach=lambda _peer: Silent()) == 0

        assert Peer.objects.get().comparing_until is None
    assert len(asked) == 1


def test_looking_after_twice_opens_nothing_twice(network):
    with network["44"]:
        tasks.look_after()
        before = feed_of("operators").pk
        tasks.look_after()

        assert feed_of("operators").pk == before


def test_a_heartbeat_is_beaten_sealed_and_proven_each_time(network):
    with network["44"]:
        tasks.beat_hearts()
        tasks.beat_hearts()

        assert Heartbeat.objects.count() == len(settings.HOSTED_PROVINCES)
        assert Page.objects.filter(feed=feed_of("heartbeats")).count() == 2


def test_a_node_without_a_vault_shares_nothing_and_complains_of_nothing(network, sent):
    with network["44"], override_settings(VAULT=""):
        OperatorFactory(division_id="440106")

        for job in (tasks.seal, tasks.look_after, tasks.beat_hearts):
            job()

        assert not Page.objects.exists()
