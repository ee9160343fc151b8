"""The demo serves again after a kill -9 of anything, and leaves nothing running when it is told to stop."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sojourn.local.paths import ROOT, Local
from sojourn.local.ports import HOST, answers_ready
from sojourn.local.processes import Process

pytestmark = pytest.mark.prove
KEPT = ("postgres", "redis", "web", "worker")


class Demo:
    """A demo of its own, as a person at a terminal has it."""

    def __init__(self, var: Path, port: int):
        self.local, self.port = Local(var), port
        self.environ = {**os.environ, "SOJOURN_VAR": str(var)}
        self.command = [sys.executable, "-m", "sojourn.local", "demo", "--port", str(port)]
        self.terminal = None

    def start(self) -> None:
        """The addresses are printed and the pages answer."""
        with (self.local.var / "terminal").open("w") as terminal:
            self.terminal = subprocess.Popen(
                self.command,
                env=self.environ,
                cwd=ROOT,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
        self.wait(lambda: "Ctrl-C stops everything" in self.told() and answers_ready(self.port))

    def told(self) -> str:
        return (self.local.var / "terminal").read_text()

    def wait(self, condition) -> None:
        deadline = time.monotonic() + 180
        while not condition():
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.1)

    def process(self, name: str) -> Process | None:
        return Process.recorded(self.local.run / f"{name}.pid")

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        if self.terminal is not None and self.terminal.poll() is None:
            os.killpg(self.terminal.pid, number)
            self.terminal.wait(60)

    def left(self) -> list[str]:
        """Live processes that belong to this demo, by their words, their folder or their environment."""
        mark, found = str(self.local.var).encode(), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words, environ = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
                folder = os.readlink(entry / "cwd").encode()
            except OSError:
                continue
            if any(mark in text for text in (words, environ, folder)) and Process.of(int(entry.name)):
                found.append(f"{entry.name} {words.replace(chr(0).encode(), b' ').decode()}")
        return found


@pytest.fixture(scope="module")
def demo():
    var = Path(tempfile.mkdtemp(prefix="sojourn-proof-"))
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    demo = Demo(var, port)
    demo.start()
    yield demo
    demo.stop()
    subprocess.run([*demo.command[:3], "stop"], env=demo.environ, cwd=ROOT, check=True)
    shutil.rmtree(var)


@pytest.mark.parametrize("name", KEPT)
def test_one_that_is_killed_comes_back_by_itself(demo, name):
    before = demo.process(name)

    before.send(signal.SIGKILL)

    demo.wait(lambda: demo.process(name) not in {None, before} and answers_ready(demo.port))
    again = subprocess.run(
        demo.command, env=demo.environ, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"http://{HOST}:{demo.port}/" in again.stdout


@pytest.mark.parametrize("also", [(), ("web",), ("worker",), ("postgres",), ("redis",), KEPT], ids=str)
def test_a_killed_supervisor_is_started_again_whatever_died_with_it(demo, also):
    # All are looked up first: some die by themselves with the supervisor.
    for process in [demo.process(name) for name in ("demo", *also)]:
        process.send(signal.SIGKILL)
    demo.terminal.wait(10)

    demo.start()

    assert all(demo.process(name) for name in KEPT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_leaves_nothing(demo, number):
    sockets = demo.local.known_sockets()

    demo.stop(number)

    assert demo.left() == []
    assert not sockets.exists()
    assert "database system is shut down" in (demo.local.log / "postgres.log").read_text()
    demo.start()


def test_demo_stop_ends_what_a_killed_terminal_left(demo):
    demo.process("demo").send(signal.SIGKILL)
    demo.terminal.wait(10)

    subprocess.run([*demo.command[:3], "stop"], env=demo.environ, cwd=ROOT, check=True)

    assert demo.left() == []
    demo.start()


def test_a_reset_begins_anew(demo):
    demo.stop()
    before = json.loads(demo.local.sign_ins.read_text())

    subprocess.run([*demo.command[:3], "reset"], env=demo.environ, cwd=ROOT, check=True)
    assert not demo.local.postgres.exists()

    demo.start()
    assert json.loads(demo.local.sign_ins.read_text()) != before
