"""The figures of the exchange for the machines that watch."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from sojourn.core.clock import now
from sojourn.sharing import metrics
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.states import FeedState
from tests.sharing.rows import followed, held, peer, stopped, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_vault(settings, tmp_path):
    settings.VAULT = str(tmp_path)


def figures(client) -> dict[tuple, float]:
    """Every figure of the exchange: (name, the values of its labels in the order of their names) and its value."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name.removeprefix("sojourn_sharing_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
        if sample.name.startswith("sojourn_sharing_")
    }


def test_states_lags_entries_alarms_and_heartbeats_are_told(client):
    stopped(head_no=7, confirmed_at=now() - timedelta(minutes=2))
    held(followed(owner="610000"))
    proved = written(resource="heartbeats", proved_at=now() - timedelta(hours=2))
    never = written(owner="450000", resource="heartbeats")
    raise_alarm(reason="heartbeat_failed", subject=str(never.feed))
    peer(failures=4)

    found = figures(client)

    feed = ("all", "500000", "facilities")
    assert found["known",] == 1
    assert found["feed_state", *feed, FeedState.INTEGRITY_STOP] == 1
    assert found["feed_state", *feed, FeedState.RUNNING] == 0
    assert found["feed_pages_behind", *feed] == 4
    assert found["feed_confirmed_seconds", *feed] == pytest.approx(120, abs=5)
    assert found["entries_set_aside", "610000", "facilities", "held"] == 1
    assert found["alarms_open", "heartbeat_failed"] == 1
    assert found["heartbeat_proved_timestamp_seconds", "440000"] == proved.proved_at.timestamp()
    assert ("heartbeat_proved_timestamp_seconds", "450000") not in found
    assert found["peer_failures", "50"] == 4


def test_a_feed_that_was_never_confirmed_says_so(client):
    followed(confirmed_at=None)

    assert figures(client)["feed_confirmed_seconds", "all", "500000", "facilities"] == -1


def test_without_the_database_the_page_stands_and_says_that_nothing_is_known(client, monkeypatch):
    def gone(_self):
        raise OperationalError

    monkeypatch.setattr(metrics.SharingFigures, "_figures", gone)

    assert figures(client) == {("known",): 0.0}


def test_a_node_that_shares_nothing_asks_the_database_nothing(client, settings, django_assert_num_queries):
    settings.VAULT = ""
    figures(client)

    with django_assert_num_queries(0):
        assert list(metrics.SharingFigures().collect())


def test_the_figures_cost_five_reads_however_many_feeds_there_are(django_assert_num_queries):
    for owner in ("500000", "610000", "210000"):
        held(followed(owner=owner))

    with django_assert_num_queries(5):
        list(metrics.SharingFigures().collect())


def test_freshness_tells_how_old_proofs_and_copies_are(client):
    followed(confirmed_at=now() - timedelta(seconds=90))
    followed(resource="operators", confirmed_at=now() - timedelta(seconds=300))
    followed(owner="610000", confirmed_at=None)
    written(resource="heartbeats", proved_at=now() - timedelta(hours=2))
    written(owner="450000", resource="heartbeats")

    told = client.get("/freshz").json()

    assert told.keys() == {"jobs_seen_seconds", "heartbeats_proved_seconds", "copies_complete_seconds"}
    assert told["heartbeats_proved_seconds"] == {"440000": pytest.approx(7200, abs=5), "450000": None}
    assert told["copies_complete_seconds"] == {"500000": pytest.approx(300, abs=5), "610000": None}


def test_without_the_database_nothing_is_said_to_be_fresh(client, monkeypatch):
    def gone():
        raise OperationalError

    monkeypatch.setattr(metrics, "freshness_of_copies", gone)

    answer = client.get("/freshz")

    assert (answer.status_code, answer.json(), answer["Retry-After"]) == (503, {"database": False}, "2")


def test_readiness_tells_nothing_of_it(client):
    stopped()

    assert client.get("/readyz").json().keys() == {"ready", "database", "jobs_seen_seconds"}
