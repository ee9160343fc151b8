"""What the machines that watch a node are told, and nobody else."""

import json

import pytest
from django.core.cache import cache
from django.db import OperationalError

from sojourn.web import health
from sojourn.web.tasks import BEAT_KEY, beat_seen

DOORS = ("/livez", "/readyz", "/freshz", "/metrics")


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("door", DOORS)
def test_from_outside_there_is_no_such_door(client, db, door):
    assert client.get(door, REMOTE_ADDR="192.0.2.1").status_code == 404
    assert client.get(door, headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_doors_are_for_reading(client, db, door, method):
    assert getattr(client, method)(door).status_code == 405


def test_a_living_process_says_so_without_a_database(client):
    assert client.get("/livez").json() == {"alive": True}


def test_a_node_is_ready_when_its_database_answers(client, db):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": True, "jobs_seen_seconds": None}


def test_without_its_database_it_is_not_ready_and_says_when_to_ask_again(client, db, monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError

    monkeypatch.setattr(health, "connection", Gone())

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": False}
    assert answer["Retry-After"] == "2"


def test_it_tells_when_a_job_was_last_run(client, db, monkeypatch):
    beat_seen()
    seen = cache.get(BEAT_KEY)
    monkeypatch.setattr(health.time, "time", lambda: seen + 90)

    assert client.get("/readyz").json()["jobs_seen_seconds"] == 90


def test_the_figures_count_by_pattern_and_never_by_address(client, db):
    client.get("/bases/FC44-000001-F/?q=11010519491231002X")

    figures = client.get("/metrics").content.decode()

    assert 'sojourn_requests_total{method="GET",route="/bases/<' in figures
    assert "sojourn_request_seconds_bucket" in figures
    assert "11010519491231002X" not in figures
    assert "FC44-000001-F" not in figures


def test_health_answers_are_small_json(client, db):
    assert json.loads(client.get("/readyz").content)
    assert len(client.get("/readyz").content) < 200
