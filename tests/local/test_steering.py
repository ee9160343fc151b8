import json
import os
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest

from sojourn.local import steering
from sojourn.local.errors import Trouble
from sojourn.local.nodes import nodes, note_of_port
from sojourn.local.processes import Process


@pytest.fixture
def said():
    return []


@pytest.fixture
def demo(local):
    """A demo that runs, as far as its files tell; both nodes serve."""
    note_of_port(local).write_text('{"port": 8123}')
    Process.of(os.getpid()).record(local.run / "demo.pid")
    every = nodes(local, 8123)
    for node in every:
        node.local.make()
        node.serves.touch()
    return every


def soon(do):
    threading.Timer(0.3, do).start()


def sign_ins(node, *names):
    node.local.sign_ins.write_text(
        json.dumps([{"username": name, "password": "p", "role": "r"} for name in names])
    )


@pytest.mark.parametrize("ask", [steering.pause, steering.resume])
def test_nothing_is_asked_where_no_demo_runs(local, said, ask):
    with pytest.raises(Trouble, match="The demo does not run"):
        ask("50", local, said.append)


def test_a_pause_lasts_until_all_of_the_node_is_gone(demo, said):
    node = demo[1]
    record = node.local.run / "web.pid"
    record.touch()
    soon(node.serves.unlink)
    threading.Timer(0.8, record.unlink).start()

    began = time.monotonic()
    assert steering.pause("50", node.root, said.append) == 0

    assert time.monotonic() - began > 0.7
    assert node.paused.read_text()
    assert said == ["Node 50 渝 is stopped: make demo-resume NODE=50 starts it again."]
    assert demo[0].serves.exists()


def test_a_node_is_back_when_it_serves(demo, said):
    node = demo[1]
    node.serves.unlink()
    node.paused.write_text("a drill")
    soon(node.serves.touch)

    assert steering.resume("50", node.root, said.append) == 0

    assert not node.paused.exists()
    assert "http://127.0.0.1:8124/" in "\n".join(said)


def test_a_node_that_does_not_come_back_says_why(demo, said):
    node = demo[1]
    node.serves.unlink()
    node.paused.write_text("a drill")
    soon(lambda: node.paused.write_text("its port is taken"))

    assert steering.resume("50", node.root, said.append) == 1
    assert "its port is taken" in "\n".join(said)


def test_a_node_that_does_not_answer_in_time_is_told(demo, said, monkeypatch):
    monkeypatch.setattr(steering, "PATIENCE", 0.1)

    with pytest.raises(Trouble, match="Node 50 渝 did not stop within"):
        steering.pause("50", demo[1].root, said.append)


def test_a_command_runs_as_a_node_that_serves_only(demo):
    demo[1].serves.unlink()

    assert steering.require_up("", demo[0].root) == demo[0]
    with pytest.raises(Trouble, match="Node 50 渝 does not serve now"):
        steering.require_up("50", demo[0].root)


@pytest.mark.parametrize(
    ("who", "node", "asked"),
    [
        ("both", "", ["44", "50"]),
        ("both", "50", ["50"]),
        ("second", "", ["50"]),
        ("nobody", "", ["44"]),
    ],
)
def test_a_code_is_asked_of_the_nodes_that_know_the_name(demo, said, monkeypatch, who, node, asked):
    sign_ins(demo[0], "both", "first")
    sign_ins(demo[1], "both", "second")
    ran = []

    def run(command, *, env, **_more):
        ran.append((command[-1], env["SOJOURN_NODE"]))
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    steering.tell_codes(who, node, demo[0].root, said.append)

    assert ran == [(who, name) for name in asked]
    assert len(said) == (2 if len(asked) > 1 else 0)
