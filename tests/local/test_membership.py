from datetime import UTC, datetime, timedelta

import pytest

from sojourn.local import membership
from sojourn.local.nodes import nodes
from sojourn.local.paths import Local
from sojourn.sharing.protocol import registry, strict
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.suites import SUITES

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def root(tmp_path):
    return Local(tmp_path)


def keep(root, port=8000, at=AT):
    return membership.keep(root, nodes(root, port), at=at)


def held(root, text, *, at=AT, registrars=None):
    """What a node makes of its registry file."""
    document, *lines = text.splitlines()
    name, public = membership.registrars(root).split(":")
    read = [strict.read(line) for line in lines]
    return registry.registry_of(
        document,
        [Signature(line["suite"], line["key"], bytes.fromhex(line["value"])) for line in read],
        registrars=registrars or {name: bytes.fromhex(public)},
        needed=1,
        at=at,
        held=0,
    )


def test_every_node_holds_the_signed_registry(root):
    text = keep(root)
    first = held(root, text)

    assert all(node.registry.read_bytes() == text for node in nodes(root))
    assert [(node.name, node.address) for node in first.nodes] == [
        ("44", "http://127.0.0.1:8000/"),
        ("50", "http://127.0.0.1:8001/"),
    ]
    assert [len(node.members) for node in first.nodes] == [6, 5]
    assert first.edition == 1


def test_another_registrars_signature_does_not_count(root, tmp_path):
    text = keep(root)
    other = membership.Vault(tmp_path / "other").public("registrar-1")

    with pytest.raises(Refused):
        held(root, text, registrars={"registrar-1": other})


def test_the_registry_names_the_key_of_every_member_and_of_every_node(root):
    read = held(root, keep(root))
    holders = {key.key: key.holder for key in read.keys}

    assert holders["440000-1"] == "440000"
    assert holders["node-50-1"] == "50"
    assert len(holders) == 13
    for node in nodes(root):
        private = {file.stem: bytes.fromhex(file.read_text()) for file in (node.vault / "keys").iterdir()}
        assert private.keys() == {*(f"{member}-1" for member in node.plan.members), f"node-{node.name}-1"}
        for name, key in private.items():
            assert SUITES["ed25519"].public_of(key) == read.key(name).public


def test_keys_are_for_their_owner_alone(root):
    keep(root)

    for folder in (membership.registrar(root).folder, *(node.vault for node in nodes(root))):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "keys").stat().st_mode & 0o777 == 0o700
        assert (folder / "watermarks").stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in (folder / "keys").iterdir()} == {0o600}


def test_what_stands_is_kept(root):
    assert keep(root) == keep(root, at=AT + timedelta(days=200))


@pytest.mark.parametrize("days", [330, 400])
def test_an_edition_near_its_end_or_past_it_is_issued_anew(root, days):
    keep(root)
    at = AT + timedelta(days=days)

    assert held(root, keep(root, at=at), at=at).edition == 2


def test_other_ports_are_another_edition(root):
    keep(root)

    moved = held(root, keep(root, port=8010))

    assert moved.edition == 2
    assert moved.nodes[1].address == "http://127.0.0.1:8011/"


def test_a_key_made_anew_is_another_edition(root):
    keep(root)
    (nodes(root)[0].vault / "keys" / "440000-1.key").unlink()

    assert held(root, keep(root)).edition == 2


def test_an_edition_that_only_one_node_holds_is_surpassed(root):
    first = keep(root)
    nodes(root)[0].registry.write_bytes(keep(root, port=8010))
    for place in (nodes(root)[1].registry, membership.registrar(root).folder / "registry"):
        place.write_bytes(first)

    assert held(root, keep(root)).edition == 3


def test_a_file_that_nobody_signed_is_replaced(root):
    keep(root)
    for node in nodes(root):
        node.registry.write_bytes(b"nonsense\n")
    (membership.registrar(root).folder / "registry").unlink()

    text = keep(root)

    assert held(root, text).edition == 1
    assert all(node.registry.read_bytes() == text for node in nodes(root))
