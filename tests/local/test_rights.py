import os
import shutil

import pytest

from sojourn.local import engines, rights
from sojourn.local.errors import Trouble
from sojourn.local.postgres import Cluster
from sojourn.local.rights import Footing, everyone_reaches

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up its rights")


@pytest.fixture(autouse=True)
def forget_footing():
    rights.footing.cache_clear()
    yield
    rights.footing.cache_clear()


def test_an_ordinary_user_starts_as_herself(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setattr(rights, "_has_name", lambda _uid: True)

    assert rights.footing(tmp_path) == Footing()


def test_a_user_without_a_name_starts_under_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setattr(rights, "_has_name", lambda _uid: False)
    monkeypatch.setattr(rights, "_works", lambda _prefix, _needed: True)

    assert "--user" in rights.footing(tmp_path / "none").prefix


def test_root_where_nothing_works_is_told_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(Trouble) as told:
        rights.footing(tmp_path)

    assert str(told.value) == rights.REFUSED


@as_root
def test_root_starts_as_the_user_whose_data_they_are(tmp_path):
    (tmp_path / "pg").mkdir()
    os.chown(tmp_path / "pg", rights.NOBODY, -1)

    assert rights.footing(tmp_path / "pg").owner == rights.NOBODY


@as_root
def test_root_keeps_clear_of_a_namespace_that_is_shut_out(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, rights.NOBODY, -1)

    assert rights.footing(tmp_path / "pg", closed / "var").owner == rights.NOBODY
    assert rights.footing(tmp_path / "pg", tmp_path).owner is None


@as_root
def test_root_without_user_namespaces_starts_as_nobody_outside_a_closed_tree(local, monkeypatch):
    monkeypatch.setattr(rights, "_own_namespace", lambda _needed: None)
    local.var.chmod(0o700)
    cluster = Cluster(local)

    process = engines.start(cluster, environment=os.environ, dies_with_us=True)

    assert local.postgres.is_symlink()
    assert not cluster.data.is_relative_to(local.var)
    assert cluster.data.stat().st_uid == rights.NOBODY
    assert os.stat(f"/proc/{process.pid}").st_uid == rights.NOBODY
    engines.stop(local)
    assert engines.start(cluster, environment=os.environ, dies_with_us=True).pid != process.pid


def test_a_closed_folder_on_the_way_keeps_others_out(tmp_path):
    (tmp_path / "closed" / "deep").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)

    assert not everyone_reaches(tmp_path / "closed" / "deep")
    assert everyone_reaches(tmp_path.__class__("/usr/bin/env"))
