"""Real web servers for a measurement: gunicorn as a node runs it, two workers each."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from sojourn.local.paths import ROOT
from sojourn.local.ports import HOST
from sojourn.settings import environment

PATIENCE = 60
OURS, RIVALS = "tests.bench.served", "tests.bench.bare"
ENTRIES = {OURS: "sojourn.wsgi:application", RIVALS: "tests.bench.rival_wsgi:application"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


@contextmanager
def servers(database: str, url: str, ports: dict[str, int], log: Path) -> Iterator[None]:
    """A server for each settings module on its port, all on this database in the role that serves."""
    app = environment.optional("DATABASE_APP_ROLE", "sojourn_app")
    parts = urlsplit(url)
    host = [pair for pair in parts.query.split("&") if pair.startswith("host=")]
    served = parts._replace(
        netloc=f"{app}@{parts.netloc.partition('@')[2]}", path=f"/{database}", query="&".join(host)
    )
    with ExitStack() as running:
        for settings, port in ports.items():
            variables = {
                **os.environ,
                "DATABASE_URL": served.geturl(),
                "DJANGO_SETTINGS_MODULE": settings,
                "SOJOURN_ALLOWED_HOSTS": HOST,
                "WEB_CONCURRENCY": "2",
            }
            running.enter_context(_gunicorn(port, variables, log / f"{settings}.log"))
        yield


@contextmanager
def _gunicorn(port: int, variables: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "-c", "sojourn/settings/gunicorn.py"]
    with log.open("w") as written:
        process = subprocess.Popen(
            [*command, "-b", f"{HOST}:{port}", ENTRIES[variables["DJANGO_SETTINGS_MODULE"]]],
            cwd=ROOT,
            env=variables,
            stdout=written,
            stderr=written,
        )
        try:
            _wait_for(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        with socket.socket() as caller:
            if caller.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
