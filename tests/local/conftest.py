"""Local services of their own, far from those of the demo and of the suite."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sojourn.local import engines
from sojourn.local.paths import Local
from sojourn.local.postgres import Cluster
from sojourn.local.processes import Process


@contextmanager
def services_under(var) -> Iterator[Local]:
    local = Local(var)
    local.make()
    try:
        yield local
    finally:
        engines.stop(local)
        for engine in engines.engines(local):
            engine.remove()


@pytest.fixture
def local(tmp_path):
    """A set of services of this test alone; nothing runs yet, nothing runs afterwards."""
    with services_under(tmp_path / "var") as local:
        yield local


@pytest.fixture(scope="package")
def fresh_data(tmp_path_factory):
    """The data folder of a cluster that was made and never started."""
    with services_under(tmp_path_factory.mktemp("fresh") / "var") as local:
        cluster = Cluster(local)
        cluster.before_start()
        yield cluster.data


@pytest.fixture
def made(local, fresh_data):
    """Services whose cluster is made already, which saves most of the time of a first start."""
    local.postgres.mkdir()
    shutil.copytree(fresh_data, Cluster(local).data)
    return local


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
