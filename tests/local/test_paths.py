import errno
import os
import shutil
import tempfile
from collections import namedtuple

import pytest

from sojourn.local import paths
from sojourn.local.__main__ import main
from sojourn.local.errors import DiskFull, Trouble
from sojourn.local.paths import BENCHES, TESTS, Local, require_space, rotate

Usage = namedtuple("Usage", "total used free")


def test_sockets_lie_in_a_short_private_folder_that_is_found_again(local):
    sockets = local.sockets()

    assert len(os.fsencode(sockets / ".s.PGSQL.5432.lock")) <= 107
    assert sockets.stat().st_mode & 0o077 == 0
    assert local.sockets() == local.known_sockets() == sockets


def test_a_copied_tree_does_not_talk_to_the_services_of_its_original(local, tmp_path):
    original = local.sockets()
    shutil.copytree(local.var, tmp_path / "copy", symlinks=True)
    copy = Local(tmp_path / "copy")

    assert copy.known_sockets() is None
    assert copy.sockets() != original

    paths.forget_elsewhere(copy.run / "sockets")
    assert original.exists()


def test_a_long_temp_dir_gives_way_to_the_systems_own(local, monkeypatch, tmp_path):
    long = tmp_path / ("long" * 25)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))

    assert not local.sockets().is_relative_to(long)


def test_a_socket_folder_swept_away_is_made_anew(local):
    shutil.rmtree(local.sockets())

    assert local.known_sockets() is None
    assert local.sockets().is_dir()


@pytest.mark.parametrize("purpose", [TESTS, BENCHES])
def test_the_services_of_tests_and_benchmarks_keep_apart_from_the_demos(tmp_path, purpose):
    demo, other = Local(tmp_path), Local(tmp_path, purpose)

    assert {demo.postgres, demo.redis, demo.run, demo.log}.isdisjoint(
        {other.postgres, other.redis, other.run, other.log}
    )


def test_the_environment_moves_everything_elsewhere(tmp_path):
    assert Local.from_environment({"SOJOURN_VAR": str(tmp_path)}).var == tmp_path
    assert Local.from_environment({}).var == paths.ROOT / "var"


def test_a_nearly_full_disk_is_told_before_anything_starts(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(10**12, 10**12, 10**6))

    with pytest.raises(DiskFull) as told:
        require_space(tmp_path)

    assert str(told.value) == (
        f"The disk that holds {tmp_path} is full: free at least 300 MB there and try again."
    )


def test_a_disk_that_fills_up_meanwhile_is_told_in_one_sentence(monkeypatch, tmp_path, capsys):
    def full(*_words, **_more):
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/var/run")

    monkeypatch.setenv("SOJOURN_VAR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["sojourn.local", "services"])
    monkeypatch.setattr(Local, "make", full)

    assert main() == 1
    assert capsys.readouterr().err == (
        "The disk that holds /somewhere/var/run is full: free at least 300 MB there and try again.\n"
    )


def test_files_of_another_user_are_told_in_one_sentence(monkeypatch, tmp_path, capsys):
    def refused(*_words, **_more):
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/var/run")

    monkeypatch.setenv("SOJOURN_VAR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["sojourn.local", "services"])
    monkeypatch.setattr(Local, "make", refused)

    assert main() == 1
    assert capsys.readouterr().err == (
        "/somewhere/var/run belongs to another user: start as that user, or remove it first.\n"
    )


def test_the_last_logs_are_kept_and_older_ones_go(tmp_path):
    log = tmp_path / "web.log"
    for start in range(8):
        rotate(log, keep=3).write_text(str(start))

    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "web.log": "7",
        "web.log.1": "6",
        "web.log.2": "5",
        "web.log.3": "4",
    }


def test_no_temp_dir_that_fits_is_told(monkeypatch):
    monkeypatch.setattr(paths, "LONGEST_SOCKET_DIRECTORY", 3)

    with pytest.raises(Trouble, match="TMPDIR"):
        paths.socket_parent()
