import fcntl
import json
import os
import socket
import subprocess
import sys

import pytest

from sojourn.local import demo, fingerprints
from sojourn.local.errors import Trouble
from sojourn.local.paths import ROOT, TESTS, Local
from sojourn.local.ports import HOST
from sojourn.local.postgres import Cluster
from sojourn.local.processes import Process
from sojourn.local.supervisor import Supervisor

SIGN_INS = [{"role": "民政干部", "username": "officer", "password": "a-random-word"}]


@pytest.fixture
def said():
    return []


def command(local, *words, **more):
    environ = {**os.environ, "SOJOURN_VAR": str(local.var)}
    words = [sys.executable, "-m", "sojourn.local", *words]
    return subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=False, **more)


def test_a_second_demo_says_where_the_first_is_and_ends_well(local, said):
    local.sign_ins.write_text(json.dumps(SIGN_INS))
    (local.run / "demo.json").write_text('{"port": 8123}')
    Process.of(os.getpid()).record(local.run / "demo.pid")

    with (local.run / "demo.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code = demo.demo(local, 8000, said.append)

    told = "\n".join(said)
    assert code == 0
    assert "already runs" in told
    assert "http://127.0.0.1:8123/" in told
    assert "a-random-word" in told


def test_a_port_in_use_ends_the_demo_with_one_sentence_and_nothing_running(local):
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = command(local, "demo", "--port", port)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} is in use by another program: make demo PORT=")
    assert ended.stderr.count("\n") == 1
    assert Cluster(local).process() is None


def test_stopping_spares_a_program_that_took_over_the_number(local, said, bystander):
    Process(bystander.pid, "another life").record(local.run / "demo.pid")

    demo.stop(local, said.append)

    assert bystander.is_alive()
    assert said == ["Nothing was running."]


def test_a_reset_removes_the_demos_data_and_leaves_the_tests(local, said):
    tests = Local(local.var, TESTS)
    tests.make()
    for kept in (tests.postgres, local.postgres, local.redis, local.static):
        (kept / "data").mkdir(parents=True)
    local.sign_ins.write_text("[]")
    local.secret_key.write_text("secret")

    demo.reset(local, said.append)

    assert sorted(path.name for path in local.var.iterdir()) == ["test-log", "test-pg", "test-run"]


class Noted(demo.Preparation):
    """A preparation that notes its jobs instead of doing them."""

    def __init__(self, *words):
        super().__init__(*words)
        self.done = []

    def _begin(self, *words, variables):
        self.done.append((*words, variables["DATABASE_URL"]))

    def _finish(self, job):
        return


@pytest.fixture
def prepared(standing, said):
    Cluster(standing).write_note("")
    (standing.var / "static.fingerprint").unlink(missing_ok=True)

    def prepare(world=""):
        variables = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner"}
        preparation = Noted(standing, variables, Supervisor({}, said.append), said.append, world)
        preparation.require_world()
        for finish in (preparation.static_files(), preparation.schema()):
            finish()
        preparation.content()
        standing.sign_ins.write_text(json.dumps(SIGN_INS))
        return [words[:-1] for words in preparation.done if words[-1] in {"app", "owner"}], preparation.done

    return prepare


def test_everything_is_prepared_once_and_the_owner_migrates(prepared):
    _jobs, done = prepared()

    assert [words[0] for words in done] == ["collectstatic", "migrate", "load_reference", "sample_world"]
    assert [words[-1] for words in done if words[0] == "migrate"] == ["owner"]
    assert prepared()[1] == []


def test_a_larger_world_is_made_when_it_is_named_and_kept_when_it_is_not(prepared):
    _jobs, done = prepared("city")

    assert [words[1] for words in done if words[0] == "sample_world"] == ["city"]
    assert prepared()[1] == []
    assert prepared("city")[1] == []


def test_a_demo_without_a_named_world_has_the_small_one(prepared):
    _jobs, done = prepared()

    assert [words[1] for words in done if words[0] == "sample_world"] == ["small"]


def test_another_world_beside_the_one_that_stands_is_refused(prepared):
    prepared()

    with pytest.raises(Trouble, match="make demo-reset removes it, and make demo WORLD=city"):
        prepared("city")


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("static_files", ["collectstatic"]),
        ("migrations", ["migrate", "load_reference", "sample_world"]),
        ("reference", ["load_reference", "sample_world"]),
        ("sample_world", ["sample_world"]),
    ],
)
def test_only_what_changed_is_prepared_again(prepared, monkeypatch, changed, again):
    prepared()
    monkeypatch.setattr(fingerprints, changed, lambda: "changed")

    assert [words[0] for words in prepared()[1]] == again


def test_a_job_that_fails_is_told_with_the_end_of_its_log(local, said, monkeypatch):
    monkeypatch.setattr(Cluster, "note", lambda _cluster: "")
    preparation = demo.Preparation(local, os.environ, Supervisor({}, said.append), said.append)

    job = preparation._begin("no_such_command", variables={**os.environ, "DATABASE_URL": "postgres:///none"})

    with pytest.raises(Trouble, match="no_such_command failed"):
        preparation._finish(job)
