"""Where local services keep their data, logs and sockets."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sojourn.local.errors import DiskFull, Trouble

ROOT = Path(__file__).resolve().parents[2]
DEMO, TESTS, BENCHES = "demo", "tests", "benches"
PREFIXES = {DEMO: "", TESTS: "test-", BENCHES: "bench-"}
SPACE_NEEDED = 300 * 1024 * 1024
# Where many systems keep files in memory, and what has to be free there before we do.
MEMORY = Path("/dev/shm")  # noqa: S108 -- mkdtemp makes the folder in it
MEMORY_NEEDED = 2 * 1024**3
# A socket's address holds 107 bytes; the longest name inside the directory is ".s.PGSQL.5432.lock".
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432.lock")
CLAIM = "belongs-to"


@dataclass(frozen=True)
class Local:
    """One set of local services: the demo's, the tests' or the benchmarks'."""

    var: Path
    purpose: str = DEMO

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, purpose: str = DEMO) -> "Local":
        """Services under ``SOJOURN_VAR``, or under var/ beside the code."""
        return cls(Path(environ.get("SOJOURN_VAR") or ROOT / "var").absolute(), purpose)

    @property
    def mark(self) -> str:
        """What every process of ours has in its environment, and no other."""
        return f"SOJOURN_VAR={self.var}"

    def _own(self, name: str) -> Path:
        return self.var / (PREFIXES[self.purpose] + name)

    @property
    def postgres(self) -> Path:
        return self._own("pg")

    @property
    def programs(self) -> Path:
        """Where PostgreSQL's programs are copied to, for a user who cannot reach the tree."""
        return self._own("pg-programs")

    @property
    def redis(self) -> Path:
        return self._own("redis")

    @property
    def run(self) -> Path:
        return self._own("run")

    @property
    def log(self) -> Path:
        return self._own("log")

    @property
    def metrics(self) -> Path:
        return self.run / "metrics"

    @property
    def static(self) -> Path:
        return self.var / "static"

    @property
    def secret_key(self) -> Path:
        return self.var / "secret-key"

    @property
    def sign_ins(self) -> Path:
        return self.var / "sign-ins.json"

    def make(self) -> None:
        """Create the folders; only the caller may look into logs and run files."""
        self.var.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.log):
            folder.mkdir(mode=0o700, exist_ok=True)

    def sockets(self) -> Path:
        """A short private directory under the temp dir, named by a link in the run folder."""
        return elsewhere(self.run / "sockets", parent=socket_parent())

    def known_sockets(self) -> Path | None:
        """The socket directory an earlier start made, if it is still there and ours."""
        return _claimed(self.run / "sockets")


def socket_parent() -> Path:
    """The temp dir if a socket's address fits there, else the system's own."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 -- mkdtemp makes the folder in it
        if len(os.fsencode(parent / "sojourn-12345678")) <= LONGEST_SOCKET_DIRECTORY and parent.is_dir():
            return parent
    raise Trouble(
        "No temporary folder has a name short enough for a socket: set TMPDIR to a short one such as /tmp."
    )


def _claimed(link: Path) -> Path | None:
    """Where the link leads, unless that place is gone or belongs to another copy of the tree."""
    if not link.is_symlink():
        return None
    target = link.readlink()
    claim = target / CLAIM
    return target if claim.is_file() and claim.read_text() == str(link) else None


def elsewhere(link: Path, *, parent: Path) -> Path:
    """A private folder outside the tree, found again through a link inside it."""
    target = _claimed(link)
    if target is None:
        link.unlink(missing_ok=True)
        target = Path(tempfile.mkdtemp(prefix="sojourn-", dir=parent))
        (target / CLAIM).write_text(str(link))
        link.symlink_to(target)
    return target


def forget_elsewhere(link: Path) -> None:
    """Remove a folder made by elsewhere() and the link to it."""
    target = _claimed(link)
    if target is not None:
        shutil.rmtree(target, ignore_errors=True)
    link.unlink(missing_ok=True)


def require_space(place: Path) -> None:
    """Refuse to start where a database could not grow."""
    if shutil.disk_usage(place).free < SPACE_NEEDED:
        raise DiskFull(place)


def memory() -> Path | None:
    """Where files lie in memory, if this system has such a place with room."""
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED
    return MEMORY if has_room else None


def rotate(log: Path, *, keep: int = 5) -> Path:
    """Move the log of the last start aside and keep a few of them."""
    for age in range(keep - 1, 0, -1):
        older = log.with_name(f"{log.name}.{age}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{age + 1}"))
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    return log
