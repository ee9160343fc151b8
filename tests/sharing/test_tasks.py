"""Jobs of the exchange are hints: delivered twice, or lost, they change nothing but the moment."""

from datetime import timedelta

import pytest
from celery import Task, current_app
from django.conf import settings
from django.test import override_settings

from providers.facilities.models import Operator
from sojourn.core.clock import now
from sojourn.sharing import tasks
from sojourn.sharing.models import Heartbeat, Page, Peer, ServeRecord
from sojourn.sharing.services import pinging, pulling, sealing
from tests.factories.facilities import OperatorFactory
from tests.sharing.exchange import cursor_of, feed_of, seal_all

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
