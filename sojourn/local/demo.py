"""The demo: one command from an empty var/ to a node that serves, and back."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple

from sojourn.local import environment, fingerprints
from sojourn.local.engines import engines
from sojourn.local.engines import stop as stop_engines
from sojourn.local.errors import Trouble, explained
from sojourn.local.paths import ROOT, Local, forget_elsewhere, require_space, rotate
from sojourn.local.ports import HOST, answers_ready, require_free
from sojourn.local.postgres import Cluster
from sojourn.local.processes import Process, last_lines, spawn
from sojourn.local.sample.sizes import SMALL
from sojourn.local.supervisor import Server, Supervisor, clear_leftovers

Say = Callable[[str], None]
DOORS = (("/", "public pages"), ("/admin/", "staff"), ("/api/v1/docs/", "API"))
PATIENCE = 90.0
# The kernel tells engines to stop when their supervisor is killed; they take a moment.
LAST_WORDS = 3.0


def demo(local: Local, port: int, say: Say, world: str = "") -> int:
    """Run the demo until told to stop; say where it is if it already runs.

    ``world`` names the sample world; without a name it is the one that stands, else the small one.
    """
    local.make()
    with (local.run / "demo.lock").open("a") as lock:
        if not _taken(lock):
            return _tell_about_running(local, say)
        (local.run / "demo.json").unlink(missing_ok=True)
        before, ours = Process.noted(local.run / "demo.pid"), Process.of(os.getpid())
        assert ours is not None
        ours.record(local.run / "demo.pid")
        supervisor = Supervisor(environment.inherited(), say)
        supervisor.listen()
        try:
            _clear_after_killed(local, before)
            _serve(local, port, supervisor, world)
        except KeyboardInterrupt:
            say("\nStopping …")
        finally:
            supervisor.stop_all()
            for file in ("demo.json", "demo.pid"):
                (local.run / file).unlink(missing_ok=True)
            forget_elsewhere(local.run / "sockets")
        say("Everything is stopped; make demo starts it again where it was.")
        return 0


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tell_about_running(local: Local, say: Say) -> int:
    """Wait until the demo that runs already is ready, and say where it is."""
    deadline = time.monotonic() + PATIENCE
    while Process.recorded(local.run / "demo.pid") and time.monotonic() < deadline:
        if (local.run / "demo.json").exists():
            say("The demo already runs; make demo-stop stops it.")
            _announce(local, json.loads((local.run / "demo.json").read_text())["port"], say)
            return 0
        time.sleep(0.2)
    raise Trouble("Another make demo is at work on this tree and did not get ready; make demo-stop stops it.")


def require_running(local: Local) -> None:
    """Refuse what needs a demo while none runs."""
    if not (local.run / "demo.json").exists() or Process.recorded(local.run / "demo.pid") is None:
        raise Trouble("The demo does not run: make demo starts it.")


def _clear_after_killed(local: Local, supervisor_before: Process | None) -> None:
    """End what an earlier demo left; engines that were told to die with it are not taken for running ones."""
    clear_leftovers(local)
    if supervisor_before is not None and not supervisor_before.is_alive():
        for engine in engines(local):
            process = engine.process()
            if process is not None:
                process.is_gone_within(LAST_WORDS)


def _serve(local: Local, port: int, supervisor: Supervisor, world: str) -> None:
    say = supervisor.say
    require_space(local.var)
    require_free(port)
    variables = environment.for_demo(local)
    preparation = Preparation(local, variables, supervisor, say, world)
    # Static files need no engine and the web server's imports no schema: each waits for what it needs only.
    static_files = preparation.static_files()
    for engine in engines(local):
        say(f"Starting {engine.name} …" if not engine.answers() else f"Found {engine.name} running.")
        supervisor.keep(engine)
    preparation.require_world()
    schema = preparation.schema()
    static_files()
    say("Starting the web server …")
    gate = local.run / "schema-is-current"
    gate.unlink(missing_ok=True)
    web = supervisor.keep(_web(local, port, {**variables, "SOJOURN_SERVES_AFTER": str(gate)}))
    schema()
    gate.touch()
    preparation.content()
    supervisor.wait_until(lambda: answers_ready(port), web, seconds=PATIENCE)
    supervisor.keep(_worker(local, variables))
    (local.run / "demo.json").write_text(json.dumps({"port": port}))
    _announce(local, port, say)
    say("Ctrl-C stops everything.")
    supervisor.watch()


class Job(NamedTuple):
    """A command of manage.py at work."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


class Preparation:
    """What has to be made before the node can serve, each only when what it is made from changed."""

    def __init__(
        self,
        local: Local,
        variables: Mapping[str, str],
        supervisor: Supervisor,
        say: Say,
        world: str = "",
    ) -> None:
        self.local, self.variables, self.supervisor, self.say = local, variables, supervisor, say
        self.cluster = Cluster(local)
        self.wanted = world

    @cached_property
    def made(self) -> dict[str, str]:
        """What the database's content was made from."""
        return json.loads(self.cluster.note() or "{}")

    def static_files(self) -> Callable[[], None]:
        """Begin to gather the static files, if they changed; what is returned waits until they are there."""
        stamp, current = self.local.var / "static.fingerprint", fingerprints.static_files()
        if stamp.exists() and stamp.read_text() == current:
            return _nothing
        self.say("Gathering the static files …")
        job = self._begin("collectstatic", "--noinput", "--clear", variables=self.variables)

        def finish() -> None:
            self._finish(job)
            stamp.write_text(current)

        return finish

    def schema(self) -> Callable[[], None]:
        """Begin to migrate, if a migration changed; what is returned waits until the schema is current."""
        current = fingerprints.migrations()
        if self.made.get("migrations") == current:
            return _nothing
        self.say("Migrating the database …")
        # The checks are for developers, and make check runs them.
        owner = environment.as_owner(self.variables)
        job = self._begin("migrate", "--noinput", "--skip-checks", variables=owner)

        def finish() -> None:
            self._finish(job)
            self._remember(migrations=current)

        return finish

    def content(self) -> None:
        """Reference data and sample world are loaded."""
        unhurried = environment.unhurried(self.variables, self.local)
        reference, sample = fingerprints.reference(), fingerprints.sample_world()
        if self.made.get("reference") != reference:
            self.say("Loading the reference data …")
            self._finish(self._begin("load_reference", variables=unhurried))
            self._remember(reference=reference)
        if self.made.get("sample") != sample or not self.local.sign_ins.exists():
            world = self.wanted or self.standing_world or SMALL.name
            self.say(f"Making the sample world {world} …")
            self._finish(self._begin("sample_world", world, variables=unhurried))
            self._remember(sample=sample, world=world)

    @property
    def standing_world(self) -> str:
        """The name of the sample world that was made; older notes, which name none, mean the small one."""
        return self.made.get("world", SMALL.name) if "sample" in self.made else ""

    def require_world(self) -> None:
        """Refuse another sample world than the one that stands: two do not stand together."""
        standing = self.standing_world
        if standing and self.wanted not in {"", standing}:
            raise Trouble(
                f"The demo holds the sample world {standing}: make demo-reset removes it, and"
                f" make demo WORLD={self.wanted} makes the other."
            )

    def _begin(self, *words: str, variables: Mapping[str, str]) -> Job:
        log = rotate(self.local.log / f"{words[0]}.log")
        command = [sys.executable, "manage.py", *words]
        return Job(words[0], spawn(command, environment=variables, log=log, dies_with_us=signal.SIGTERM), log)

    def _finish(self, job: Job) -> None:
        if self.supervisor.wait_for(job.process):
            raise explained(f"manage.py {job.name} failed", job.log, last_lines(job.log))

    def _remember(self, **made: str) -> None:
        if not made.items() <= self.made.items():
            self.made.update(made)
            self.cluster.write_note(json.dumps(self.made))


def _nothing() -> None:
    """There was nothing to do."""


def _web(local: Local, port: int, variables: Mapping[str, str]) -> Server:
    if local.metrics.exists():
        shutil.rmtree(local.metrics)
    local.metrics.mkdir(mode=0o700)
    config = str(ROOT / "sojourn" / "settings" / "gunicorn.py")
    options = ("-c", config, "-b", f"{HOST}:{port}")
    command = (sys.executable, "-m", "gunicorn", *options, "sojourn.wsgi:application")
    more = {"PROMETHEUS_MULTIPROC_DIR": str(local.metrics), "SOJOURN_WEB_GRACE": "5"}
    return Server("web", command, {**variables, **more}, local)


def _worker(local: Local, variables: Mapping[str, str]) -> Server:
    schedule = str(local.run / "beat-schedule")
    options = ("--beat", f"--schedule={schedule}", "--concurrency=2", "--loglevel=INFO", "--without-gossip")
    command = (sys.executable, "-m", "celery", "-A", "sojourn", "worker", *options, "--without-mingle")
    return Server("worker", command, variables, local)


def _announce(local: Local, port: int, say: Say) -> None:
    say("")
    for path, audience in DOORS:
        say(f"  http://{HOST}:{port}{path:<14} {audience}")
    if local.sign_ins.exists():
        say(f"\n  Sample sign-ins of invented people, kept in {local.sign_ins}:")
        for entry in json.loads(local.sign_ins.read_text()):
            say(f"  {entry['username']:<20} {entry['password']:<24} {entry['role']}")
        say("  The second factor's six digits: make demo-code WHO=<name>")
    say("")


def stop(local: Local, say: Say) -> int:
    """Stop whatever of the demo runs, also what a killed terminal left."""
    running = Process.recorded(local.run / "demo.pid")
    if running is not None:
        say("Stopping the demo …")
        running.end(signal.SIGTERM, grace=75)
    ran = clear_leftovers(local) + stop_engines(local)
    say("Stopped." if running or ran else "Nothing was running.")
    return 0


def reset(local: Local, say: Say) -> int:
    """Remove the demo's data; the tests' services and the installed packages stay."""
    stop(local, say)
    for engine in engines(local):
        engine.remove()
    forget_elsewhere(local.run / "sockets")
    for folder in (local.run, local.log, local.static):
        shutil.rmtree(folder, ignore_errors=True)
    for file in (local.secret_key, local.sign_ins, local.var / "static.fingerprint"):
        file.unlink(missing_ok=True)
    say("The demo's data is removed; make demo begins anew.")
    return 0
