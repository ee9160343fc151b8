import os
import time

import pytest

from sojourn.local import fingerprints, preparation
from sojourn.local.errors import Trouble
from sojourn.local.nodes import PLANS, Node, nodes
from sojourn.local.postgres import Cluster
from sojourn.local.preparation import Preparation

NOWHERE = {**os.environ, "DATABASE_URL": "postgres:///none", "DATABASE_OWNER_URL": "postgres:///none"}


class Standing(Node):
    """A node whose services are those that stand for all tests here."""

    @property
    def local(self):
        return self.root


class Noted(Preparation):
    """A preparation that notes its jobs instead of doing them."""

    def __init__(self, *words):
        super().__init__(*words)
        self.begun = []

    def _begin(self, *words, variables, log=""):
        self.begun.append((*words, variables["DATABASE_URL"]))
        return preparation.Job(words[0], None, None)

    def _finish(self, job, done):
        done()
        yield

    def _noted(self, command, done):
        return self._finish(self.early, done)


def without_notes(words):
    return tuple(word for word in words if not word.startswith("--notes="))


@pytest.fixture
def prepared(standing):
    """Prepares a node whose services stand already; the commands that took, each with its address at the end."""
    node = Standing(PLANS[0], standing, 8000)
    Cluster(node.local).write_note("")
    (standing.var / "static.fingerprint").unlink(missing_ok=True)
    node.local.sign_ins.unlink(missing_ok=True)

    def prepare(world=""):
        variables = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner"}
        preparation = Noted(node, variables, [].append, world)
        preparation.ahead()
        preparation.require_world()
        for steps in (preparation.static_files(), preparation.schema(), preparation.content()):
            list(steps)
        node.local.sign_ins.write_text("[]")
        return [without_notes(words) for words in preparation.begun]

    return prepare


def test_everything_is_prepared_once_and_the_owner_migrates(prepared, monkeypatch):
    monkeypatch.setattr(preparation, "AFTER_CONTENT", ("check",))
    done = prepared()

    assert [words[:-1] for words in done] == [
        ("in_turn", "collectstatic --noinput --clear"),
        ("migrate", "--noinput", "--skip-checks"),
        ("in_turn", "load_reference", "sample_world small", "check"),
    ]
    assert [words[-1] for words in done if words[0] == "migrate"] == ["owner"]
    assert prepared() == []


def test_a_larger_world_is_made_when_it_is_named_and_kept_when_it_is_not(prepared):
    assert "sample_world city" in prepared("city")[-1]
    assert prepared() == []
    assert prepared("city") == []


def test_another_world_beside_the_one_that_stands_is_refused(prepared):
    prepared()

    with pytest.raises(Trouble, match="make demo-reset removes it, and make demo WORLD=city"):
        prepared("city")


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("static_files", ["collectstatic --noinput --clear"]),
        ("migrations", ["migrate", "load_reference", "sample_world small", "check"]),
        ("reference", ["load_reference", "sample_world small", "check"]),
        ("sample_world", ["sample_world small", "check"]),
        ("hosting", ["migrate", "load_reference", "sample_world small", "check"]),
        ("feeds", ["check"]),
    ],
)
def test_only_what_changed_is_prepared_again(prepared, monkeypatch, changed, again):
    monkeypatch.setattr(preparation, "AFTER_CONTENT", ("check",))
    prepared()
    monkeypatch.setattr(fingerprints, changed, lambda *_made_from: "changed")

    told = [words[1:-1] if words[0] == "in_turn" else words[:1] for words in prepared()]
    assert [word for words in told for word in words] == again


def test_a_database_has_content_from_the_moment_it_is_begun(standing, prepared):
    node = Standing(PLANS[0], standing, 8000)
    variables = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner"}

    def fresh():
        return Noted(node, variables, [].append)

    list(fresh().schema())
    assert not fresh().has_content()

    # Whoever begins and is killed never takes the last step.
    fresh().content()
    assert fresh().has_content()


def test_a_job_that_fails_is_told_with_the_end_of_its_log(local, monkeypatch):
    monkeypatch.setattr(Cluster, "note", lambda _cluster: "")
    node = nodes(local)[0]
    node.local.make()
    failing = Preparation(node, os.environ, [].append)
    job = failing._begin("no_such_command", variables=NOWHERE)

    job.process.wait()

    with pytest.raises(Trouble, match="no_such_command failed"):
        list(failing._finish(job, lambda: pytest.fail("it did not fail")))


@pytest.fixture
def unmade(local):
    """The preparation of a node that has no database yet; its jobs end with the test."""
    node = nodes(local)[0]
    node.local.make()
    fresh = Preparation(node, NOWHERE, [].append)
    yield fresh
    fresh.close()


def test_a_database_to_be_made_is_migrated_by_the_process_that_gathers_the_static_files(unmade, monkeypatch):
    begun = []
    monkeypatch.setattr(Preparation, "_begin", lambda _self, *words, **_more: begun.append(words))

    unmade.ahead()

    gather, waits, migrate = begun[0][2:]
    assert (gather, migrate) == (preparation.GATHER, preparation.MIGRATE)
    assert waits == f"wait_for {unmade.answering}"
    assert not unmade.answering.exists()
    unmade.database_answers()
    assert unmade.answering.exists()


def test_what_was_begun_ahead_is_waited_for_command_by_command(unmade, monkeypatch):
    monkeypatch.setattr(Cluster, "note", lambda _cluster: "")
    remembered = []
    monkeypatch.setattr(Cluster, "write_note", lambda _cluster, text: remembered.append(text))
    monkeypatch.setattr(preparation, "GATHER", "check")
    monkeypatch.setattr(preparation, "MIGRATE", "diffsettings")

    unmade.ahead()
    schema = unmade.schema()
    list(within(30, unmade._noted("check", lambda: remembered.append("gathered"))))
    assert remembered == ["gathered"]
    next(schema)  # the database does not answer yet
    unmade.database_answers()
    list(within(30, unmade._noted("diffsettings", lambda: remembered.append("migrated"))))

    assert remembered == ["gathered", "migrated"]


def test_a_command_that_fails_ahead_is_told_with_the_end_of_its_log(unmade, monkeypatch):
    monkeypatch.setattr(preparation, "GATHER", "no_such_command")
    unmade.ahead()

    with pytest.raises(Trouble, match=r"(?s)collectstatic failed.*no_such_command"):
        list(within(30, unmade.static_files()))


def test_no_job_outlives_its_node(unmade, monkeypatch):
    monkeypatch.setattr(preparation, "GATHER", "check")
    unmade.ahead()
    process = unmade.early.process
    assert process.poll() is None

    unmade.close()

    assert process.poll() is not None


def within(seconds, steps):
    """The steps, one after another, as long as they take less."""
    deadline = time.monotonic() + seconds
    for step in steps:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        yield step
