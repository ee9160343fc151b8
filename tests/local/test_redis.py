import os
import signal
import socket
import threading

import pytest
import redis

from sojourn.local import engines
from sojourn.local.errors import Trouble
from sojourn.local.redis import Redis


def start(local):
    return engines.start(Redis(local), environment=os.environ, dies_with_us=True)


def line_to(local):
    return redis.Redis.from_url(Redis(local).url())


def test_redis_listens_on_its_private_socket_only_and_never_evicts(standing):
    with line_to(standing) as line:
        assert line.config_get("port") == {"port": "0"}
        assert line.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert line.config_get("appendonly") == {"appendonly": "yes"}


def test_a_redis_killed_hard_is_started_again_with_what_it_held(local):
    first = start(local)
    with line_to(local) as line:
        line.set("kept", "yes")
        line.config_set("appendfsync", "always")
        line.set("kept too", "yes")

    first.send(signal.SIGKILL)
    again = start(local)

    assert again != first
    with line_to(local) as line:
        assert line.mget("kept", "kept too") == [b"yes", b"yes"]


def test_a_running_redis_is_found_without_our_record(local):
    first = start(local)
    Redis(local).record.unlink()

    assert start(local) == first


def test_a_redis_that_no_longer_answers_gives_way(local):
    first = start(local)
    (local.sockets() / "redis.sock").unlink()

    assert start(local) != first
    assert not first.is_alive()


def test_a_redis_that_still_loads_is_not_ready(local):
    loading = b"-LOADING Redis is loading the dataset in memory\r\n$18\r\nprocess_id:1234567\r\n+OK\r\n"

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(local.sockets() / "redis.sock"))
        server.listen()
        threading.Thread(target=answer_once, args=(server, loading)).start()

        assert not Redis(local).answers()


def answer_once(server, words):
    line, _address = server.accept()
    with line:
        line.recv(4096)
        line.sendall(words)


def test_why_it_did_not_start_is_told(local):
    start(local)
    engines.stop(local)
    for file in local.redis.rglob("*.aof"):
        file.write_bytes(b"nonsense" * 10)

    with pytest.raises(Trouble, match="Bad file format"):
        start(local)
