import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from sojourn.local.cloning import Cloning
from sojourn.local.postgres import OWNER, Cluster


@pytest.fixture
def cloning(standing):
    return Cloning(Cluster(standing).url(OWNER))


def asked(cloning, database, query):
    address = cloning.url.replace("/sojourn?", f"/{database}?")
    with psycopg.connect(address, autocommit=True) as line:
        return line.execute(query).fetchone()


def databases(cloning):
    with cloning.server() as server:
        return {row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()}


def build(cloning, builds):
    def note(name):
        builds.append(name)
        address = cloning.url.replace("/sojourn?", f"/{name}?")
        with psycopg.connect(address, autocommit=True) as line:
            line.execute("CREATE TABLE built AS SELECT 1 AS id")

    return note


def test_a_template_is_built_once_for_a_state(cloning):
    builds = []

    first = cloning.template("a" * 16, build(cloning, builds))
    second = cloning.template("a" * 16, build(cloning, builds))

    assert first == second == "template_" + "a" * 16
    assert len(builds) == 1


def test_a_template_whose_making_failed_is_not_used(cloning):
    def fail(_name):
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        cloning.template("b" * 16, fail)

    assert "template_" + "b" * 16 not in databases(cloning)
    assert cloning.template("b" * 16, build(cloning, [])) in databases(cloning)


def test_clones_share_nothing_and_a_clone_again_forgets(cloning):
    template = cloning.template("a" * 16, build(cloning, []))
    for name in ("test_1_x", "test_1_y"):
        cloning.clone(template, name)
    asked(cloning, "test_1_x", "INSERT INTO built VALUES (2) RETURNING id")

    assert asked(cloning, "test_1_x", "SELECT count(*) FROM built") == (2,)
    assert asked(cloning, "test_1_y", "SELECT count(*) FROM built") == (1,)
    cloning.clone(template, "test_1_x")
    assert asked(cloning, "test_1_x", "SELECT count(*) FROM built") == (1,)

    cloning.drop("test_1_x")
    cloning.drop("test_1_y")


def test_a_clone_is_dropped_even_while_somebody_is_connected(cloning):
    cloning.clone(cloning.template("a" * 16, build(cloning, [])), "test_1_z")
    forgotten = psycopg.connect(cloning.url.replace("/sojourn?", "/test_1_z?"))

    cloning.drop("test_1_z")

    assert "test_1_z" not in databases(cloning)
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")


def test_clones_of_runs_that_ended_are_dropped_and_those_of_live_ones_stay(cloning):
    over = subprocess.Popen([sys.executable, "-c", "pass"])
    over.wait()
    template = cloning.template("a" * 16, build(cloning, []))
    names = [f"test_{over.pid}_gw0", f"test_{os.getpid()}_gw9"]
    for name in names:
        cloning.clone(template, name)

    cloning.drop_stale()

    assert databases(cloning) & set(names) == {names[1]}
    cloning.drop(names[1])


def test_templates_of_long_past_states_are_dropped(cloning, monkeypatch):
    monkeypatch.setattr("sojourn.local.cloning.TEMPLATES_KEPT", 1)
    for digit in "cdef":
        cloning.template(digit * 16, build(cloning, []))

    kept = {name for name in databases(cloning) if name.startswith("template_") and len(name) == 25}
    assert kept == {"template_" + "e" * 16, "template_" + "f" * 16}


def left_behind():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('left_behind') IS NOT NULL")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_with_real_transactions_leaves_nothing_to_the_next(time):
    assert not left_behind()

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (id int)")

    assert left_behind()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_reference_data_is_there_again_after_a_test_with_real_transactions(time):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM provinces_division")
        assert cursor.fetchone()[0] > 1000
        cursor.execute("TRUNCATE provinces_division CASCADE")


@pytest.mark.django_db
def test_the_suite_works_as_the_owner_in_a_clone_of_its_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()

    assert user == OWNER
    assert database == f"test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
