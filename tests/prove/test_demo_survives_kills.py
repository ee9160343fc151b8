"""The demo serves again after a kill -9 of anything, and leaves nothing running when it is told to stop."""

import json
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from sojourn.local.paths import ROOT
from sojourn.local.ports import answers_ready
from tests.prove.report import report
from tests.prove.two_nodes import Demo, free_ports

pytestmark = pytest.mark.prove
KEPT = ("postgres", "redis", "web", "worker")
NODES = ("44", "50")
EVERYTHING = tuple(f"{node}/{name}" for node in NODES for name in KEPT)
WITH_SUPERVISOR = (
    (),
    ("44/web",),
    ("50/web",),
    ("44/worker",),
    ("50/postgres",),
    ("44/redis", "50/redis"),
    EVERYTHING,
)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What passed: of a kill, the seconds until both nodes served again.
back_alone: dict[str, float] = {}
back_with_supervisor: dict[tuple[str, ...], float] = {}
passed: list[str] = []


@pytest.fixture(scope="module")
def demo():
    var = Path(tempfile.mkdtemp(prefix="sojourn-proof-"))
    demo = Demo(var, free_ports())
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()
        demo.ask("stop")
        shutil.rmtree(var)


@pytest.mark.parametrize("name", EVERYTHING)
def test_one_that_is_killed_comes_back_by_itself(demo, name):
    before = demo.process(name)

    since = time.monotonic()
    before.send(signal.SIGKILL)

    demo.wait(lambda: demo.process(name) not in {None, before} and demo.answer())
    seconds = time.monotonic() - since
    again = subprocess.run(
        demo.command, env=demo.environ, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert all(node.address in again.stdout for node in demo.nodes.values())
    back_alone[name] = seconds


@pytest.mark.parametrize("also", WITH_SUPERVISOR, ids=str)
def test_a_killed_supervisor_is_started_again_whatever_died_with_it(demo, also):
    # All are looked up first: some die by themselves with the supervisor.
    for process in [demo.process(name) for name in ("demo", *also)]:
        process.send(signal.SIGKILL)
    demo.terminal.wait(10)

    since = time.monotonic()
    demo.start()

    assert all(demo.process(name) for name in EVERYTHING)
    back_with_supervisor[also] = time.monotonic() - since


@pytest.mark.parametrize("number", SIGNALS)
def test_told_to_stop_it_leaves_nothing(demo, number):
    sockets = [node.local.known_sockets() for node in demo.nodes.values()]

    demo.stop(number)

    assert demo.left() == []
    assert not any(folder.exists() for folder in sockets)
    for node in demo.nodes.values():
        assert "database system is shut down" in (node.local.log / "postgres.log").read_text()
    demo.start()
    passed.append(f"told to stop by {number.name}: nothing runs, no socket is left, PostgreSQL was shut down")


def test_demo_stop_ends_what_a_killed_terminal_left(demo):
    demo.process("demo").send(signal.SIGKILL)
    demo.terminal.wait(10)

    demo.ask("stop")

    assert demo.left() == []
    demo.start()
    passed.append("make demo-stop ended what a killed terminal had left")


@pytest.mark.parametrize("name", NODES)
def test_one_node_is_stopped_alone_and_comes_back(demo, name):
    (other,) = set(NODES) - {name}
    untouched = [demo.process(f"{other}/{server}") for server in KEPT]

    demo.ask("node", name, "stop")

    assert not any(demo.process(f"{name}/{server}") for server in KEPT)
    assert not answers_ready(demo.nodes[name].port)
    assert answers_ready(demo.nodes[other].port)

    demo.ask("node", name, "start")

    assert demo.answer()
    assert [demo.process(f"{other}/{server}") for server in KEPT] == untouched
    passed.append(f"node {name} was stopped alone and came back; no process of node {other} was touched")


def test_stopped_while_one_node_is_paused_it_leaves_nothing(demo):
    demo.ask("node", "50", "stop")

    demo.stop()

    assert demo.left() == []
    demo.start()
    passed.append("told to stop while one node was paused: nothing runs")


def test_a_second_node_that_cannot_start_leaves_the_first_alone(demo):
    demo.stop()
    broken = demo.nodes["50"].local.postgres / "data" / "PG_VERSION"
    version = broken.read_text()
    broken.write_text("1\n")

    demo.start(also=lambda: answers_ready(demo.port))

    assert "Node 50 渝 does not serve" in demo.told()
    broken.write_text(version)
    demo.ask("node", "50", "start")
    assert demo.answer()
    passed.append("a second node that could not start left the first alone, and came back once it was mended")


def test_a_reset_begins_anew(demo):
    demo.stop()
    first, second = demo.nodes.values()
    before = [json.loads(node.local.sign_ins.read_text()) for node in (first, second)]
    registry = first.registry.read_text()

    demo.ask("reset")
    assert not first.local.var.exists()
    assert not second.local.var.exists()

    demo.start()
    after = [json.loads(node.local.sign_ins.read_text()) for node in (first, second)]
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert first.registry.read_text() != registry
    passed.append("make demo-reset: a new world with new sign-ins and a new registry")


def test_the_figures_are_reported():
    assert back_alone.keys() == set(EVERYTHING), "a proof did not pass"
    assert back_with_supervisor.keys() == set(WITH_SUPERVISOR), "a proof did not pass"
    assert len(passed) == len(SIGNALS) + len(NODES) + 4, "a proof did not pass"

    alone, both = back_alone.values(), back_with_supervisor.values()
    report(
        "Demo: killed and told to stop",
        [
            (
                f"kill -9 of each of {len(alone)} processes alone ({', '.join(back_alone)}): it came back by itself,"
                f" both nodes served again after {min(alone):.1f} to {max(alone):.1f} s"
            ),
            (
                f"kill -9 of the supervisor, alone and together with others, {len(both)} times: make demo served again"
                f" after {min(both):.1f} to {max(both):.1f} s"
            ),
            *passed,
        ],
    )
