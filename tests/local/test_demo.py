import fcntl
import json
import os
import socket
import subprocess
import sys

import pytest

from sojourn.core.clock import now
from sojourn.local import demo, membership
from sojourn.local.errors import Trouble
from sojourn.local.nodes import nodes
from sojourn.local.paths import ROOT, TESTS, Local
from sojourn.local.ports import HOST
from sojourn.local.postgres import Cluster
from sojourn.local.processes import Process
from sojourn.local.sample.callers import CALLERS

SIGN_INS = {
    "44": [{"role": "民政干部", "username": "officer", "password": "a-random-word"}],
    "50": [{"role": "民政干部", "username": "officer", "password": "another-word"}],
}


@pytest.fixture
def said():
    return []


def command(local, *words, **more):
    environ = {**os.environ, "SOJOURN_VAR": str(local.var)}
    words = [sys.executable, "-m", "sojourn.local", *words]
    return subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=False, **more)


def test_a_second_demo_says_where_the_first_is_and_ends_well(local, said):
    (local.run / "demo.json").write_text('{"port": 8123}')
    for node in nodes(local):
        node.local.make()
        node.serves.touch()
        node.local.sign_ins.write_text(json.dumps(SIGN_INS[node.name]))
    Process.of(os.getpid()).record(local.run / "demo.pid")

    with (local.run / "demo.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code = demo.demo(local, 8000, said.append)

    told = "\n".join(said)
    assert code == 0
    assert "already runs" in told
    assert "http://127.0.0.1:8123/" in told
    assert "http://127.0.0.1:8124/" in told
    assert told.index("a-random-word") < told.index("another-word")
    assert "http://127.0.0.1:8123/sign-in/ by telephone" in told
    assert all(caller.phone in told for caller in CALLERS)
    assert "make demo-messages NODE=50" in told


@pytest.mark.parametrize("place", [0, 1])
def test_a_port_in_use_ends_the_demo_with_one_sentence_and_nothing_running(local, place):
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        ended = command(local, "demo", "--port", str(port - place), timeout=60)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} is in use by another program: make demo PORT=")
    assert ended.stderr.count("\n") == 1
    assert not any(Cluster(node.local).process() for node in nodes(local))


def test_stopping_spares_a_program_that_took_over_the_number(local, said, bystander):
    Process(bystander.pid, "another life").record(local.run / "demo.pid")

    demo.stop(local, said.append)

    assert bystander.is_alive()
    assert said == ["Nothing was running."]


def test_a_reset_removes_the_demos_data_and_leaves_the_tests(local, said):
    tests = Local(local.var, TESTS)
    tests.make()
    homes = [node.local for node in nodes(local)]
    # Before there were two nodes, the only one had its data where the root is.
    for kept in (tests.postgres, local.static, *(home.postgres for home in (*homes, local))):
        (kept / "data").mkdir(parents=True)
    for home in (*homes, local):
        home.sign_ins.write_text("[]")
        home.secret_key.write_text("secret")
    membership.keep(local, nodes(local), at=now())

    demo.reset(local, said.append)

    assert sorted(path.name for path in local.var.iterdir()) == ["test-log", "test-pg", "test-run"]


class Pretended:
    """A node that comes up in three steps, or fails at one of them."""

    def __init__(self, name, fails_at=None):
        self.node, self.fails_at, self.world = name, fails_at, f"the world of {name}"
        self.answers = self.is_up = False
        self.done, self.failed_with, self.followed = [], None, 0

    def begin(self):
        self.done.append("begun")

    def go_on(self):
        step = len(self.done)
        if self.is_up or self.failed_with or step > 3:
            return False
        if step == self.fails_at:
            raise Trouble(f"{self.node} failed")
        self.done.append(step)
        self.answers = step >= 1
        self.is_up = step == 3
        return not self.is_up

    def follow(self):
        self.followed += 1

    def fail(self, setback):
        self.failed_with = str(setback)


def driven(said, *running):
    """A demonstration that has gone on until nothing remained to be done."""
    demonstration = demo.Demonstration(list(running), said.append)
    for _ in range(10):
        if not demonstration.go_on():
            break
    return demonstration


def test_the_first_node_answers_before_another_begins(said):
    first, second = Pretended("44"), Pretended("50")
    demonstration = demo.Demonstration([first, second], said.append)

    assert (first.done, second.done) == (["begun"], [])
    demonstration.go_on()
    assert (first.done, second.done) == (["begun", 1], [])
    demonstration.go_on()
    assert (first.done, second.done) == (["begun", 1, 2], ["begun", 1])


def test_all_nodes_come_up_with_the_world_of_the_first(said):
    first, second = Pretended("44"), Pretended("50")

    driven(said, first, second)

    assert first.is_up
    assert second.is_up
    assert second.world == "the world of 44"
    assert said == ["Ctrl-C stops everything."]


@pytest.mark.parametrize("step", [1, 3])
def test_a_second_node_that_fails_takes_nobody_with_it(said, step):
    first, second = Pretended("44"), Pretended("50", fails_at=step)

    driven(said, first, second)

    assert first.is_up
    assert second.failed_with == "50 failed"
    assert said == ["Ctrl-C stops everything."]


def test_a_first_node_that_never_answers_ends_the_demo(said):
    with pytest.raises(Trouble, match="44 failed"):
        driven(said, Pretended("44", fails_at=1), Pretended("50"))


def test_a_demo_of_which_no_node_came_up_ends(said):
    with pytest.raises(Trouble, match="No node"):
        driven(said, Pretended("44", fails_at=2), Pretended("50", fails_at=1))


def test_wishes_for_one_node_are_followed_once_all_have_come_up(said):
    first, second = Pretended("44"), Pretended("50")
    demonstration = driven(said, first, second)
    assert first.followed == 0

    demonstration.go_on()

    assert first.followed == second.followed == 1
