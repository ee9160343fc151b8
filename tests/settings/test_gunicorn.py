import threading

import pytest

from sojourn.settings import gunicorn


@pytest.fixture
def starting():
    thread = threading.Thread(target=gunicorn.on_starting, args=(None,), daemon=True)
    yield thread
    thread.join(2)
    assert not thread.is_alive()


def test_the_port_stays_closed_until_the_gate_is_there(starting, tmp_path, monkeypatch):
    gate = tmp_path / "schema-is-current"
    monkeypatch.setenv("SOJOURN_SERVES_AFTER", str(gate))

    starting.start()
    starting.join(0.2)
    assert starting.is_alive()

    gate.touch()


def test_without_a_gate_nothing_waits(starting, monkeypatch):
    monkeypatch.delenv("SOJOURN_SERVES_AFTER", raising=False)

    starting.start()


@pytest.mark.parametrize(
    "needed", ["sojourn.core.hanzi.load_dictionaries", "sojourn.settings.gunicorn.load_pages"]
)
def test_what_every_worker_needs_is_loaded_while_the_gate_is_shut(starting, tmp_path, monkeypatch, needed):
    gate, loaded = tmp_path / "schema-is-current", threading.Event()
    monkeypatch.setenv("SOJOURN_SERVES_AFTER", str(gate))
    monkeypatch.setattr(needed, loaded.set)

    starting.start()

    assert loaded.wait(2)
    gate.touch()
