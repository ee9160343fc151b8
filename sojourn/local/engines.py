"""PostgreSQL and Redis together: started once, found again, stopped in order."""

import fcntl
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sojourn.local.errors import Trouble
from sojourn.local.paths import Local, forget_elsewhere, require_space, rotate
from sojourn.local.postgres import Cluster
from sojourn.local.processes import Process, spawn
from sojourn.local.redis import Redis

Engine = Cluster | Redis
# After a kill -9 a start can fail on what the old server left, for some seconds.
STALE_SECONDS = 30


def engines(local: Local) -> tuple[Cluster, Redis]:
    return Cluster(local), Redis(local)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold a lock that ends with the process that holds it."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start(engine: Engine, *, environment: Mapping[str, str], dies_with_us: bool) -> Process:
    """An engine that answers: the one that already runs, or a new one."""
    with alone(engine.local.run / f"{engine.name}.lock"):
        process = engine.process() if engine.answers() else None
        if process is None:
            process = _start_anew(engine, environment, dies_with_us)
        process.record(engine.record)
        engine.after_start()
        return process


def _start_anew(engine: Engine, environment: Mapping[str, str], dies_with_us: bool) -> Process:
    deadline = time.monotonic() + STALE_SECONDS
    while True:
        engine.before_start()
        rotate(engine.log)
        child = spawn(
            engine.command(),
            environment=environment,
            log=engine.log,
            dies_with_us=engine.stop_signal if dies_with_us else None,
            folder=Path("/"),  # the user it runs as may be shut out of ours
        )
        process = Process.of(child.pid)
        if process is not None and _answers_in_time(engine, child):
            return process
        if not engine.may_try_again() or time.monotonic() > deadline:
            raise engine.explained()
        time.sleep(1)


def _answers_in_time(engine: Engine, child: "subprocess.Popen[bytes]") -> bool:
    deadline = time.monotonic() + engine.patience
    while child.poll() is None:
        if engine.answers():
            return True
        if time.monotonic() > deadline:
            child.send_signal(engine.stop_signal)
            raise Trouble(
                f"{engine.name} runs but does not answer after {engine.patience:.0f} s; see {engine.log}."
            )
        time.sleep(0.05)
    return False


def stop(local: Local) -> list[str]:
    """Stop both cleanly; the names of those that ran."""
    ran = []
    for engine in reversed(engines(local)):
        process = engine.process() if local.run.is_dir() else None
        if process is not None:
            process.end(engine.stop_signal, grace=engine.grace)
            ran.append(engine.name)
        engine.record.unlink(missing_ok=True)
    forget_elsewhere(local.run / "sockets")
    return ran


def services(local: Local, say: Callable[[str], None]) -> None:
    """Both answer, and stay after this process ends."""
    local.make()
    require_space(local.var)
    for engine in engines(local):
        if not engine.answers():
            say(f"Starting {engine.name} …")
        start(engine, environment=os.environ, dies_with_us=False)
