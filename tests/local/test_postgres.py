import os
import shutil
import signal
import subprocess

import psycopg
import pytest

from sojourn.local import engines, paths
from sojourn.local.errors import DiskFull, Trouble
from sojourn.local.paths import BENCHES, DEMO, TESTS, Local, forget_elsewhere
from sojourn.local.postgres import APP, OWNER, SETTINGS, Cluster, place_for
from sojourn.local.rights import Footing
from sojourn.settings import environment


def start(local):
    return engines.start(Cluster(local), environment=os.environ, dies_with_us=True)


def asked(local, role, query):
    with psycopg.connect(Cluster(local).url(role), autocommit=True) as connection:
        return connection.execute(query).fetchone()


def test_the_database_speaks_utf8_and_orders_bytewise(standing):
    row = asked(
        standing,
        OWNER,
        "SELECT pg_encoding_to_char(encoding), datlocprovider::text, datlocale FROM pg_database"
        " WHERE datname = 'sojourn'",
    )

    assert row == ("UTF8", "b", "C.UTF-8")
    assert asked(standing, OWNER, "SHOW server_version_num")[0].startswith("18")


def test_the_owner_is_no_superuser_yet_makes_the_extensions_and_takes_the_apps_role(standing):
    with psycopg.connect(Cluster(standing).url(OWNER), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute(f"SET ROLE {APP}")
        row = connection.execute(
            "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = session_user"
        ).fetchone()

    assert row == (APP, False)


def test_the_app_cannot_make_tables(standing):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(standing, APP, "CREATE TABLE anything (id int)")


def test_the_server_listens_on_its_private_socket_only(standing):
    assert asked(standing, OWNER, "SHOW listen_addresses") == ("",)
    assert standing.sockets().stat().st_mode & 0o077 == 0


def test_the_address_is_what_the_settings_read(standing):
    read = environment.database(Cluster(standing).url(OWNER, options="-c lock_timeout=10s"))

    assert (read["NAME"], read["USER"], read["HOST"]) == ("sojourn", OWNER, str(standing.sockets()))
    assert read["OPTIONS"] == {"options": "-c lock_timeout=10s"}


def test_a_note_stays_with_the_database(standing):
    Cluster(standing).write_note('{"migrations": "它\'s"}')

    assert Cluster(standing).note() == '{"migrations": "它\'s"}'


def test_only_the_tests_forgo_safety_on_disk(local):
    tests = Local(local.var, TESTS)
    tests.make()

    assert "fsync=off" not in Cluster(local).command()
    assert "fsync=off" in Cluster(tests).command()

    forget_elsewhere(tests.run / "sockets")


def test_the_data_of_the_tests_alone_lie_in_memory_and_only_where_it_has_room(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MEMORY", tmp_path)
    monkeypatch.setattr(paths, "MEMORY_NEEDED", 0)
    roomy, demo, crowded = (
        Local(tmp_path / name / "var", purpose)
        for name, purpose in (("roomy", TESTS), ("demo", DEMO), ("crowded", TESTS))
    )
    for local in (roomy, demo, crowded):
        local.make()

    place_for(roomy, Footing())
    place_for(demo, Footing())
    monkeypatch.setattr(paths, "MEMORY_NEEDED", 1 << 60)
    place_for(crowded, Footing())
    kept = roomy.postgres.resolve()
    place_for(roomy, Footing())

    assert roomy.postgres.resolve() == kept
    assert kept.parent == tmp_path
    assert not demo.postgres.is_symlink()
    assert not crowded.postgres.is_symlink()


def test_data_that_were_in_memory_before_a_restart_of_the_machine_are_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MEMORY", tmp_path)
    monkeypatch.setattr(paths, "MEMORY_NEEDED", 0)
    tests = Local(tmp_path / "var", TESTS)
    tests.make()
    place_for(tests, Footing())
    shutil.rmtree(tests.postgres.resolve())

    place_for(tests, Footing())

    assert tests.postgres.resolve().parent == tmp_path
    assert not Cluster(tests).is_made()


def test_a_stopped_server_starts_again_with_its_data_and_shuts_down_cleanly(made):
    first = start(made)
    with psycopg.connect(Cluster(made).url(OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (id int)")

    assert engines.stop(made) == ["postgres"]
    assert not first.is_alive()
    assert "database system is shut down" in Cluster(made).log.read_text()
    assert start(made).pid != first.pid
    assert asked(made, OWNER, "SELECT count(*) FROM kept") == (0,)


def test_a_server_killed_hard_is_started_again(made):
    first = start(made)
    connection = psycopg.connect(Cluster(made).url(OWNER))

    first.send(signal.SIGKILL)
    again = start(made)

    assert again != first
    assert asked(made, OWNER, "SELECT 1") == (1,)
    connection.close()


def test_a_running_server_is_found_without_our_record(made):
    first = start(made)
    Cluster(made).record.unlink()

    assert start(made) == first


def test_a_lock_whose_number_is_another_programs_by_now_is_no_obstacle(made, bystander):
    start(made)
    engines.stop(made)
    lock = Cluster(made).data / "postmaster.pid"
    lock.write_text(f"{bystander.pid}\n{Cluster(made).data}\n1\n5432\n\n\n")
    (made.sockets() / ".s.PGSQL.5432.lock").write_text(
        f"{bystander.pid}\n{Cluster(made).data}\n1\n5432\n\n\n"
    )

    assert start(made).is_alive()
    assert bystander.is_alive()


def test_a_server_that_no_longer_answers_gives_way(made):
    first = start(made)
    first.send(signal.SIGSTOP)
    (made.sockets() / ".s.PGSQL.5432").unlink()

    again = engines.start(Cluster(made, grace=1), environment=os.environ, dies_with_us=True)

    assert again != first
    assert not first.is_alive()


def test_a_cluster_half_made_is_made_again(local):
    (local.postgres / "unfinished").mkdir(parents=True)
    (local.postgres / "unfinished" / "PG_VERSION").write_text("18\n")

    assert start(local).is_alive()


def test_why_it_did_not_start_is_told(made):
    start(made)
    engines.stop(made)
    with (Cluster(made).data / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = on\n")

    with pytest.raises(Trouble, match="no_such_setting"):
        start(made)


def test_a_full_disk_is_told_when_the_cluster_is_made(local, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "initdb: error: could not write: No space left on device")
    monkeypatch.setattr("sojourn.local.postgres.footing", lambda *_places: Footing())
    monkeypatch.setattr(subprocess, "run", lambda *_words, **_more: failed)

    with pytest.raises(DiskFull):
        Cluster(local).before_start()


def test_a_copy_holds_what_the_original_held_and_lives_on_alone(standing, local):
    original, copy = Cluster(standing), Cluster(local)
    original.write_note("of the original")

    assert copy.copy_from(original)
    start(local)

    assert copy.note() == "of the original"
    copy.write_note("of the copy")
    assert original.note() == "of the original"
    assert asked(local, APP, "SELECT current_user") == (APP,)


def test_a_copy_that_fails_leaves_a_cluster_to_be_made(local, tmp_path):
    nobody = Local(tmp_path / "nobody")
    nobody.make()

    assert not Cluster(local).copy_from(Cluster(nobody))
    assert not Cluster(local).is_made()
    forget_elsewhere(nobody.run / "sockets")

    start(local)
    assert Cluster(local).answers()


def test_a_benchmark_waits_for_the_disk_and_a_test_does_not():
    assert "fsync=off" in SETTINGS[TESTS]
    assert not {"fsync=off", "synchronous_commit=off"} & {*SETTINGS[BENCHES], *SETTINGS[DEMO]}
