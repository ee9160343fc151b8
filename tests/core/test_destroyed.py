"""The list of destroyed keys, which no restored backup takes back."""

import os
import stat
import threading
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from sojourn.core.destroyed import destroyed_keys, is_destroyed, note_destroyed, require_list
from sojourn.core.keyring import KeyMissing

FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "KEYRING", str(tmp_path))
    return tmp_path


def test_a_list_that_nobody_began_names_nobody():
    assert destroyed_keys() == frozenset()
    assert not is_destroyed(FIRST)


def test_a_key_stands_on_the_list_once_and_at_once(folder):
    assert note_destroyed([SECOND, FIRST]) == 2
    assert is_destroyed(FIRST)

    assert note_destroyed([FIRST, uuid4()]) == 1

    assert len((folder / "destroyed").read_text().splitlines()) == 3
    assert stat.S_IMODE(os.stat(folder / "destroyed").st_mode) == 0o600


def test_a_line_cut_short_names_nobody_and_swallows_no_other(folder):
    (folder / "destroyed").write_text(f"{FIRST}\n{str(uuid4())[:20]}")

    note_destroyed([SECOND])

    assert destroyed_keys() == {FIRST, SECOND}


def test_what_another_process_wrote_counts_at_once(folder):
    note_destroyed([FIRST])
    assert destroyed_keys() == {FIRST}

    with open(folder / "destroyed", "a") as file:
        file.write(f"{SECOND}\n")

    assert destroyed_keys() == {FIRST, SECOND}


def test_many_who_write_at_once_lose_no_line():
    ids = [uuid4() for _ in range(40)]
    threads = [threading.Thread(target=note_destroyed, args=([one],)) for one in ids]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert destroyed_keys() == set(ids)


@pytest.mark.parametrize("keyring", [None, "/nowhere/at/all"])
def test_without_a_folder_nothing_can_be_written_down(monkeypatch, keyring):
    monkeypatch.setattr(settings, "KEYRING", keyring)

    with pytest.raises(KeyMissing):
        require_list()
    with pytest.raises(KeyMissing):
        note_destroyed([FIRST])
    assert destroyed_keys() == frozenset()


def test_a_list_that_cannot_be_read_is_no_empty_one(folder):
    (folder / "destroyed").mkdir()

    with pytest.raises(KeyMissing):
        destroyed_keys()
