import pytest

from sojourn.local.errors import Trouble
from sojourn.local.nodes import node_named, nodes, note_of_port, running_port
from sojourn.local.paths import Local


def test_nodes_stand_beside_each_other(tmp_path):
    first, second = nodes(Local(tmp_path), 8010)

    assert (first.address, second.address) == ("http://127.0.0.1:8010/", "http://127.0.0.1:8011/")
    assert first.local.var == tmp_path / "nodes" / "44"
    assert second.local.var == tmp_path / "nodes" / "50"
    assert {first.vault, first.keyring, first.registry}.isdisjoint(
        {second.vault, second.keyring, second.registry}
    )


@pytest.mark.parametrize(("word", "name"), [("", "44"), ("44", "44"), ("50", "50"), ("渝", "50")])
def test_a_node_is_found_by_name(tmp_path, word, name):
    assert node_named(word, nodes(Local(tmp_path))).name == name


def test_a_name_that_no_node_has_is_told(tmp_path):
    with pytest.raises(Trouble, match="NODE=51 is no node of the demo: use 44 or 50"):
        node_named("51", nodes(Local(tmp_path)))


def test_the_first_port_is_known_while_a_demo_notes_it(local):
    assert running_port(local) is None

    note_of_port(local).write_text("{}")
    assert running_port(local) is None

    note_of_port(local).write_text('{"port": 8123}')
    assert running_port(local) == 8123
