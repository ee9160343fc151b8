"""Processes that are known again later, and never confused with another of the same number."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sojourn.local.paths import ROOT

PR_SET_PDEATHSIG = 1
LINUX = sys.platform.startswith("linux")
LIBC = ctypes.CDLL(None) if LINUX else None
# Our own children: a dead one keeps its number, and so seems alive, until it is asked for its last word.
CHILDREN: "dict[int, subprocess.Popen[bytes]]" = {}


@dataclass(frozen=True)
class Process:
    """A process by its number and the moment it began."""

    pid: int
    began: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """The process that has this number now; None if there is none or it is only waiting to be reaped."""
        began = _began(pid)
        return cls(pid, began) if began else None

    @classmethod
    def recorded(cls, file: Path) -> "Process | None":
        """The process written down in a file, if it still runs and its number is not another's by now."""
        noted = cls.noted(file)
        return noted if noted is not None and noted.is_alive() else None

    @classmethod
    def noted(cls, file: Path) -> "Process | None":
        """The process written down in a file of this tree, dead or alive."""
        try:
            facts = json.loads(file.read_text())
            return cls(facts["pid"], facts["began"]) if facts["file"] == str(file) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def record(self, file: Path) -> None:
        """Write the process down; the file names itself, so that a copied tree does not claim it."""
        file.write_text(json.dumps({**asdict(self), "file": str(file)}))

    def is_alive(self) -> bool:
        return Process.of(self.pid) == self

    def send(self, number: signal.Signals, *, group: bool = False) -> None:
        """Signal the process, or its whole group where it leads one, unless it is gone."""
        if not self.is_alive():
            return
        try:
            os.killpg(self.pid, number) if group else os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def is_gone_within(self, seconds: float) -> bool:
        """Wait for the end of the process."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def end(self, polite: signal.Signals, *, grace: float) -> None:
        """Ask the process to stop, and after the grace period make it."""
        self.send(polite)
        if not self.is_gone_within(grace):
            self.send(signal.SIGKILL, group=_group(self.pid) == self.pid)
            self.is_gone_within(5)


def _began(pid: int) -> str:
    """The moment a process began, in the kernel's own words; empty for a dead one."""
    words = _status(pid)
    if words and words[0][0] in "ZX":
        if pid in CHILDREN:
            CHILDREN[pid].wait()
        return ""
    return " ".join(words[1:])


def _status(pid: int) -> list[str]:
    """The state of a process and the moment it began; nothing if there is none."""
    if LINUX:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return []
        # The first thread of a dying program can be gone while the others still hold its ports.
        state = "dying" if fields[0] == "Z" and int(fields[17]) > 1 else fields[0]
        return [state, fields[19], _boot()]
    listed = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def end_group(leader: int, mark: str) -> None:
    """End what a dead group leader left behind: the members whose environment bears our mark.

    The system gives a number to nobody else while a group of that number has members.
    """
    if Process.of(leader) is not None:
        return
    going = []
    for process in members(leader):
        words = _environment(process.pid).split(b"\0")
        if mark.encode() in words:
            process.send(signal.SIGKILL)
        # A process on its way out shows no environment any more, and still holds its port for a moment.
        if mark.encode() in words or words == [b""]:
            going.append(process)
    for process in going:
        process.is_gone_within(5)


def members(leader: int) -> list[Process]:
    """The live processes of a group, where the system tells."""
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    found = [process for process in map(Process.of, numbers) if process is not None]
    return [process for process in found if _group(process.pid) == leader]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def _dies_with_parent(parent: int, last_word: signal.Signals) -> Callable[[], None]:
    def before_exec() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(last_word))
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    dies_with_us: signal.Signals | None,
    folder: Path = ROOT,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its words going to the log.

    With ``dies_with_us`` the kernel sends it that signal when this process ends, however it ends.
    """
    with log.open("ab") as words:
        child = subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
            preexec_fn=_dies_with_parent(os.getpid(), dies_with_us) if dies_with_us else None,
        )
    CHILDREN[child.pid] = child
    return child


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, for a person who asks why."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
