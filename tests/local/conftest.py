"""Local services of their own, far from those of the demo and of the suite."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sojourn.local import engines
from sojourn.local.paths import Local, forget_elsewhere
from sojourn.local.processes import Process


@contextmanager
def services_under(var) -> Iterator[Local]:
    local = Local(var)
    local.make()
    try:
        yield local
    finally:
        engines.stop(local)
        forget_elsewhere(local.var / "pg-programs")
        for engine in engines.engines(local):
            engine.remove()


@pytest.fixture
def local(tmp_path):
    """A set of services of this test alone; nothing runs yet, nothing runs afterwards."""
    with services_under(tmp_path / "var") as local:
        yield local


@pytest.fixture(scope="package")
def standing(tmp_path_factory):
    """PostgreSQL and Redis that run for all tests here that do not stop them."""
    with services_under(tmp_path_factory.mktemp("standing") / "var") as local:
        for engine in engines.engines(local):
            engines.start(engine, environment=os.environ, dies_with_us=True)
        yield local


@pytest.fixture
def bystander():
    """A process that has nothing to do with us."""
    child = subprocess.Popen([shutil.which("sleep"), "60"], start_new_session=True)
    yield Process.of(child.pid)
    child.send_signal(signal.SIGKILL)
    child.wait()
