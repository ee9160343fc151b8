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


def test_an_ordinary_user_starts_as_herself(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setattr(rights, "_has_name", lambda _uid: True)

    assert rights.footing() == Footing()


def test_a_user_without_a_name_starts_under_a_name(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    monkeypatch.setattr(rights, "_has_name", lambda _uid: False)
    monkeypatch.setattr(rights, "_works", lambda _prefix: True)

    assert "--user" in rights.footing().prefix


def test_root_where_nothing_works_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(Trouble) as told:
        rights.footing()

    assert str(told.value) == rights.REFUSED


@as_root
def test_root_without_user_namespaces_starts_as_nobody_outside_a_closed_tree(local, monkeypatch):
    monkeypatch.setattr(rights, "_own_namespace", lambda: None)
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
