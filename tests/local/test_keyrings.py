from types import SimpleNamespace

import pytest

from sojourn.core.keyring import KeyMissing, Keyring
from sojourn.local import demo, keyrings
from sojourn.local.nodes import nodes

MEMBERS = ("440000", "450000")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "node" / "keyring"


def test_every_member_has_a_key_of_its_own_and_there_are_two_for_the_node(folder):
    keyrings.keep(folder, MEMBERS)

    keys = [Keyring(folder).newest(purpose) for purpose in ("440000", "450000", "lookup", "contacts")]
    assert [key.name for key in keys] == ["440000-1", "450000-1", "lookup-1", "contacts-1"]
    assert len({key.secret for key in keys}) == 4
    assert len(list(folder.iterdir())) == 4


def test_the_keys_are_for_their_owner_alone(folder):
    keyrings.keep(folder, MEMBERS)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_keys_are_made_once_and_kept(folder):
    keyrings.keep(folder, MEMBERS)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    keyrings.keep(folder, (*MEMBERS, "360000"))

    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert after.keys() - before.keys() == {"360000-1.key"}
    assert {name: after[name] for name in before} == before


def test_a_purpose_whose_first_key_was_taken_away_gets_no_other_one_of_that_name(folder):
    keyrings.keep(folder, MEMBERS)
    (folder / "440000-1.key").rename(folder / "440000-2.key")

    keyrings.keep(folder, MEMBERS)

    assert not (folder / "440000-1.key").exists()


def test_a_damaged_key_is_not_replaced(folder):
    keyrings.keep(folder, MEMBERS)
    (folder / "440000-1.key").write_text("damaged")

    keyrings.keep(folder, MEMBERS)

    assert (folder / "440000-1.key").read_text() == "damaged"


def test_a_key_that_somebody_else_made_meanwhile_stands(folder, monkeypatch):
    keyrings.keep(folder, MEMBERS)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    # Two who start at once both find nothing.
    monkeypatch.setattr(type(folder), "glob", lambda _folder, _pattern: iter(()))
    keyrings.keep(folder, MEMBERS)

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_every_node_of_the_demo_has_its_keyring_before_anything_of_it_starts(local, monkeypatch):
    every = nodes(local, 28010)
    held = []
    supervisor = SimpleNamespace(say=print, drive=lambda work: held.extend(work()))
    monkeypatch.setattr(demo, "require_free", lambda *_ports: None)
    monkeypatch.setattr(
        demo,
        "Demonstration",
        lambda _running, _say: SimpleNamespace(
            go_on=lambda: [
                Keyring(node.keyring).newest(purpose).secret
                for node in every
                for purpose in (*node.plan.members, "lookup")
            ]
        ),
    )

    demo._serve(local, every, supervisor, "")

    assert len(held) == len(set(held)) == 13
    with pytest.raises(KeyMissing):
        Keyring(every[0].keyring).newest(every[1].plan.members[0])
