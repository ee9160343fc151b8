"""A cache that may be lost at any moment."""

import socket
import time

import pytest
from django.core.cache import CacheHandler
from redis.exceptions import ConnectionError as RedisIsAway

from sojourn.web import cache as module
from sojourn.web.cache import ForgivingRedisCache


@pytest.fixture
def lost(monkeypatch, tmp_path):
    """A cache whose server died and left its socket behind."""
    path = tmp_path / "redis.sock"
    left_behind = socket.socket(socket.AF_UNIX)
    left_behind.bind(str(path))
    left_behind.close()
    monkeypatch.setattr(ForgivingRedisCache, "_resting_until", 0.0)
    backend = {"BACKEND": "sojourn.web.cache.ForgivingRedisCache", "LOCATION": f"unix://{path}?db=0"}
    return CacheHandler({"default": backend})["default"]


def test_every_question_is_answered_as_if_nothing_were_there(lost):
    assert lost.get("a") is None
    assert lost.get("a", 7) == 7
    assert lost.get_many(["a", "b"]) == {}
    assert lost.set("a", 1) is None
    assert lost.set_many({"a": 1}) == ["a"]
    assert lost.add("a", 1) is True
    assert lost.incr("a") == 1
    assert lost.incr("a", 3) == 3
    assert lost.touch("a") is False
    assert lost.delete("a") is False
    assert lost.has_key("a") is False
    assert ("a" in lost) is False
    assert lost.get_or_set("a", lambda: 5) == 5
    assert lost.delete_many(["a"]) is None
    assert lost.clear() is False


def test_after_a_failure_it_rests_and_asks_nobody(lost, monkeypatch):
    asked = []

    def away(self, *args, **kwargs):
        asked.append(args)
        raise RedisIsAway

    monkeypatch.setattr("redis.connection.AbstractConnection.connect", away)

    for _ in range(10):
        lost.get("a")

    assert len(asked) == 1


def test_after_the_rest_it_asks_again(lost, monkeypatch):
    lost.get("a")
    ended = module.time.monotonic() + module.REST_SECONDS + 1
    asked = []

    def away(self, *args, **kwargs):
        asked.append(args)
        raise RedisIsAway

    monkeypatch.setattr("redis.connection.AbstractConnection.connect", away)
    lost.get("a")
    monkeypatch.setattr(module.time, "monotonic", lambda: ended)
    lost.get("a")

    assert len(asked) == 1


def test_a_dead_server_costs_one_request_less_than_half_a_second(lost):
    started = time.perf_counter()
    lost.get("a")

    assert time.perf_counter() - started < 0.5


def test_a_mistake_of_ours_is_not_forgiven(lost, monkeypatch):
    monkeypatch.setattr("redis.connection.AbstractConnection.connect", lambda self: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        lost.get("a")
