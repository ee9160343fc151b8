import socket

import pytest

from sojourn.local.errors import Trouble
from sojourn.local.ports import HOST, answers_ready, as_port, require_free


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_told_with_the_way_out(taken):
    with pytest.raises(Trouble) as told:
        require_free(taken)

    assert str(taken) in str(told.value)
    assert "make demo PORT=" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_free_port_is_accepted(taken):
    with socket.socket() as other:
        other.bind((HOST, 0))
        free = other.getsockname()[1]

    require_free(free)


def test_the_ports_of_all_nodes_have_to_be_free(taken):
    with pytest.raises(Trouble, match=f"Port {taken} is in use .* PORT={taken + 9}"):
        require_free(taken - 1, taken)


@pytest.mark.parametrize("text", ["", "0", "65535", "65536", "eighty", "-1", "80.5", "８０８０x"])
def test_what_is_no_port_is_told(text):
    with pytest.raises(Trouble, match="PORT="):
        as_port(text)


def test_a_port_is_read():
    assert as_port("8010") == 8010


def test_a_server_that_says_nothing_is_not_ready(taken, monkeypatch):
    monkeypatch.setattr("sojourn.local.ports.PATIENCE", 0.2)

    assert not answers_ready(taken)
    assert not answers_ready(1)
