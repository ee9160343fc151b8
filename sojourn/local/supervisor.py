"""Keeping servers alive: one that dies is started again, ever more slowly while it keeps dying."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sojourn.local.engines import Engine, start
from sojourn.local.errors import SETBACKS, explained
from sojourn.local.paths import Local, rotate
from sojourn.local.processes import Process, end_group, last_lines, spawn

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
STEADY_AFTER = 60.0
# How often everything is looked after while something waits, and while nothing does.
EAGER, CALM = 0.05, 0.5
# Work that waits for others between its steps, so that one program can do several at once.
Steps = Generator[None, None, None]
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Server:
    """A program of ours that is to run as long as the demo does."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    local: Local
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 12

    @property
    def log(self) -> Path:
        return self.local.log / f"{self.name}.log"

    @property
    def record(self) -> Path:
        return self.local.run / f"{self.name}.pid"


@dataclass
class Kept:
    """One server or engine under supervision."""

    what: Server | Engine
    node: str = ""
    process: Process | None = None
    child: "subprocess.Popen[bytes] | None" = None
    born: float = 0
    deaths: int = 0
    next_try: float = 0

    @property
    def name(self) -> str:
        return f"{self.what.name} of node {self.node}" if self.node else self.what.name


def delay_after(deaths: int) -> float:
    """Seconds until the next start after so many deaths in a row."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** max(0, deaths - 1))


@dataclass
class Supervisor:
    """Everything one demo runs for its nodes, in the order in which it was started."""

    environment: Mapping[str, str]
    say: Callable[[str], None]
    kept: list[Kept] = field(default_factory=list)
    asked_to_stop: bool = False
    shielded: bool = False
    terminal: int | None = None

    # --- being told to stop -----------------------------------------------------------------------
    def listen(self) -> None:
        """From now on the signals that stop a program interrupt this one, wherever it waits."""
        for number in STOPPING:
            signal.signal(number, self._on_signal)
        self.terminal = next((number for number in range(3) if os.isatty(number)), None)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.asked_to_stop = True
        if not self.shielded:
            raise KeyboardInterrupt

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Let a start and its record be one step; a signal in between takes effect after it."""
        self.shielded = True
        try:
            yield
        finally:
            self.shielded = False
        if self.asked_to_stop:
            raise KeyboardInterrupt

    # --- starting ---------------------------------------------------------------------------------
    def keep(self, what: Server | Engine, *, node: str = "") -> Kept:
        """Start something and look after it from now on."""
        if isinstance(what, Server):
            rotate(what.log)
        kept = Kept(what, node)
        self.kept.append(kept)
        self._start(kept)
        return kept

    def _start(self, kept: Kept) -> None:
        what = kept.what
        if isinstance(what, Server):
            with self.shield():
                kept.child = spawn(
                    what.command, environment=what.environment, log=what.log, dies_with_us=what.stop_signal
                )
                kept.process = Process.of(kept.child.pid)
                if kept.process is not None:
                    kept.process.record(what.record)
        else:
            kept.process = start(what, environment=self.environment, dies_with_us=True)
        kept.born = time.monotonic()

    # --- looking after ----------------------------------------------------------------------------
    def tend(self) -> None:
        """Start again what died, unless it died a moment ago; stop where the terminal is closed.

        A closed terminal is told to the first program in it only, and make does not pass that on.
        """
        if self.terminal is not None and not os.isatty(self.terminal):
            raise KeyboardInterrupt
        for kept in self.kept:
            if kept.child is not None:
                kept.child.poll()
            if kept.process is not None and kept.process.is_alive():
                continue
            if kept.process is not None:
                self._mourn(kept)
            if time.monotonic() >= kept.next_try:
                self._try_again(kept)

    def _mourn(self, kept: Kept) -> None:
        assert kept.process is not None
        if isinstance(kept.what, Server):
            end_group(kept.process.pid, kept.what.local.mark)
        kept.deaths = 1 if time.monotonic() - kept.born > STEADY_AFTER else kept.deaths + 1
        kept.next_try = time.monotonic() + delay_after(kept.deaths)
        kept.process = kept.child = None
        self.say(f"{kept.name} ended unexpectedly; it is started again (see {kept.what.log}).")

    def _try_again(self, kept: Kept) -> None:
        try:
            self._start(kept)
        except SETBACKS as setback:
            kept.deaths += 1
            kept.next_try = time.monotonic() + delay_after(kept.deaths)
            self.say(f"{kept.name}: {setback}")

    def drive(self, *, work: Callable[[], bool]) -> None:
        """Look after everything, and let work go on beside it as long as it wants, until told to stop."""
        while True:
            self.tend()
            time.sleep(EAGER if work() else CALM)

    # --- stopping ---------------------------------------------------------------------------------
    def stop_all(self) -> None:
        """End our servers together, then the engines they used; further signals change nothing."""
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        _end(self.kept)

    def release(self, node: str) -> None:
        """End what runs for one node, its servers first, and look after it no longer."""
        released = [kept for kept in self.kept if kept.node == node]
        _end(released)
        self.kept = [kept for kept in self.kept if kept.node != node]


def serving(ready: Callable[[], bool], kept: Kept, *, seconds: float) -> Steps:
    """Wait until a server that is looked after is ready; explain if it never is."""
    deadline = time.monotonic() + seconds
    while not ready():
        if kept.deaths >= 3 or time.monotonic() > deadline:
            log = kept.what.log
            raise explained(f"The server {kept.name} did not come up", log, last_lines(log))
        yield


def ended(job: "subprocess.Popen[bytes]") -> Generator[None, None, int]:
    """Wait for the exit code of a job, which ends with the wait."""
    try:
        while job.poll() is None:
            yield
    finally:
        if job.poll() is None:
            job.terminate()
            job.wait()
    return job.returncode


def _end(every: Sequence[Kept]) -> None:
    """End servers together, then what was started before them."""
    for kept in every:
        if isinstance(kept.what, Server) and kept.process is not None:
            kept.process.send(kept.what.stop_signal)
    for kept in reversed(every):
        process = kept.process
        if process is None and not isinstance(kept.what, Server):
            process = kept.what.process()
        if process is not None:
            process.end(kept.what.stop_signal, grace=kept.what.grace)
            if isinstance(kept.what, Server):
                end_group(process.pid, kept.what.local.mark)
        if kept.child is not None:
            kept.child.wait()
        kept.what.record.unlink(missing_ok=True)


def clear_leftovers(local: Local) -> list[str]:
    """End servers that an earlier demo left behind, and what those left; the names of those that ran."""
    ran = []
    for name in ("worker", "web"):
        record = local.run / f"{name}.pid"
        process = Process.noted(record)
        if process is not None and process.is_alive():
            process.end(signal.SIGTERM, grace=12)
            ran.append(name)
        if process is not None:
            end_group(process.pid, local.mark)
        record.unlink(missing_ok=True)
    return ran
