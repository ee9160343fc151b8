"""The demo: one command from an empty var/ to nodes that serve, and back."""

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Sequence
from typing import IO

from sojourn.core.clock import now
from sojourn.local import doors, engines, environment, keyrings, membership
from sojourn.local.doors import Say
from sojourn.local.errors import SETBACKS, Trouble
from sojourn.local.nodes import Node, nodes, note_of_port, running_port
from sojourn.local.paths import DEMO, Local, forget_elsewhere, require_space
from sojourn.local.ports import require_free
from sojourn.local.processes import Process
from sojourn.local.running import Running
from sojourn.local.supervisor import Supervisor, clear_leftovers

PATIENCE = 90.0
# The kernel tells engines to stop when their supervisor is killed; they take a moment.
LAST_WORDS = 3.0
# How often the supervisor looks after everything, and those who wait for it look.
BEAT = 0.5


def demo(root: Local, port: int, say: Say, world: str = "") -> int:
    """Run the demo until told to stop; say where it is if it already runs.

    ``world`` names the sample world; without a name it is the one that stands, else the small one.
    """
    root.make()
    with (root.run / "demo.lock").open("a") as lock:
        if not _taken(lock):
            return _tell_about_running(root, say)
        every = nodes(root, port)
        _forget_standing(root, every)
        before, ours = Process.noted(root.run / "demo.pid"), Process.of(os.getpid())
        assert ours is not None
        ours.record(root.run / "demo.pid")
        supervisor = Supervisor(environment.inherited(), say)
        supervisor.listen()
        try:
            _clear_after_killed(root, before)
            _serve(root, every, supervisor, world)
        except KeyboardInterrupt:
            say("\nStopping …")
        finally:
            supervisor.stop_all()
            _forget_standing(root, every)
            (root.run / "demo.pid").unlink(missing_ok=True)
            for node in every:
                forget_elsewhere(node.local.run / "sockets")
        say("Everything is stopped; make demo starts it again where it was.")
        return 0


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_standing(root: Local, every: tuple[Node, ...]) -> None:
    note_of_port(root).unlink(missing_ok=True)
    for node in every:
        node.forget_standing()


def _tell_about_running(root: Local, say: Say) -> int:
    """Wait until the nodes of the demo that runs already are ready, and say where they are."""
    deadline = time.monotonic() + PATIENCE
    while Process.recorded(root.run / "demo.pid") and time.monotonic() < deadline:
        port = running_port(root)
        every = () if port is None else nodes(root, port)
        if every and all(node.serves.exists() or node.paused.exists() for node in every):
            say("The demo already runs; make demo-stop stops it.")
            for node in every:
                doors.announce(node, say)
            return 0
        time.sleep(BEAT)
    raise Trouble("Another make demo is at work on this tree and did not get ready; make demo-stop stops it.")


def _clear_after_killed(root: Local, supervisor_before: Process | None) -> None:
    """End what an earlier demo left; engines that were told to die with it are not taken for running ones."""
    for local in _places(root):
        clear_leftovers(local)
    if supervisor_before is not None and not supervisor_before.is_alive():
        for engine in (engine for local in _places(root) for engine in engines.engines(local)):
            process = engine.process()
            if process is not None:
                process.is_gone_within(LAST_WORDS)


def _places(root: Local) -> tuple[Local, ...]:
    """Where servers of a demo can be: at each node, and where demos of one node had them."""
    return (*(node.local for node in nodes(root)), root)


def _serve(root: Local, every: tuple[Node, ...], supervisor: Supervisor, world: str) -> None:
    """The first node is up, then the others, and all are looked after until somebody says stop."""
    say = supervisor.say
    require_space(root.var)
    require_free(*(node.port for node in every))
    membership.keep(root, every, at=now())
    for node in every:
        keyrings.keep(node.keyring, node.plan.members)
    keyrings.keep_between([(node.keyring, node.plan.members) for node in every])
    note_of_port(root).write_text(json.dumps({"port": every[0].port}))
    demonstration = Demonstration([Running(node, supervisor, world) for node in every], say)
    supervisor.drive(work=demonstration.go_on)


class Demonstration:
    """The nodes of a demo coming up: the first alone until it answers, then the others beside it."""

    def __init__(self, running: Sequence[Running], say: Say) -> None:
        self.first, *self.others = self.running = running
        self.say = say
        self.has_told = False
        self.waiting = list(self.others)
        self.first.heirs = [other.node for other in self.others]
        self.first.begin()

    def go_on(self) -> bool:
        """Every node does its next step; whether there are more."""
        if self.waiting and self.first.answers:
            self._begin_others()
        busy = [self._step(one) for one in self.running if one not in self.waiting]
        if not self.has_told and not self.waiting and not any(busy):
            self._conclude()
        return any(busy)

    def _conclude(self) -> None:
        """The start is over, and what is asked for one node alone is done from now on."""
        if not any(one.is_up for one in self.running):
            raise Trouble("No node of the demo came up: the lines above say why.")
        self.say("Ctrl-C stops everything.")
        self.has_told = True

    def _begin_others(self) -> None:
        for other in self.waiting:
            other.world = self.first.world
            other.begin()
        self.waiting = []

    def _step(self, one: Running) -> bool:
        """One node does its next step; what is in its way ends the demo only while nobody was served yet."""
        try:
            if self.has_told:
                one.follow()
            return one.go_on()
        except SETBACKS as setback:
            if self.waiting:
                raise
            one.fail(setback)
            return False


def stop(local: Local, say: Say) -> int:
    """Stop whatever of the demo runs, also what a killed terminal left."""
    running = Process.recorded(local.run / "demo.pid")
    if running is not None:
        say("Stopping the demo …")
        running.end(signal.SIGTERM, grace=75)
    places = _places(local) if local.purpose == DEMO else (local,)
    ran = [name for place in places for name in clear_leftovers(place) + engines.stop(place)]
    say("Stopped." if running or ran else "Nothing was running.")
    return 0


def reset(root: Local, say: Say) -> int:
    """Remove the demo's data; the tests' services and the installed packages stay."""
    stop(root, say)
    for local in _places(root):
        for engine in engines.engines(local):
            engine.remove()
        forget_elsewhere(local.run / "sockets")
    for folder in (root.run, root.log, root.static, root.var / "nodes", membership.registrar(root).folder):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (root.secret_key, root.sign_ins, root.var / "static.fingerprint"):
        file.unlink(missing_ok=True)
    say("The demo's data is removed; make demo begins anew.")
    return 0
