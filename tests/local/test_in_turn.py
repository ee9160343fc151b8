import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from sojourn.local.management.commands import in_turn


@pytest.fixture
def called(monkeypatch):
    """The commands that were called, each with its words; one named "broken" fails."""
    called = []

    def note(*words, **_streams):
        called.append(words)
        if words[0] == "broken":
            raise CommandError("it is broken")

    monkeypatch.setattr(in_turn, "call_command", note)
    return called


def test_each_argument_is_a_command_with_its_words(called):
    call_command("in_turn", "load_reference", "sample_world small")

    assert called == [("load_reference",), ("sample_world", "small")]


def test_the_first_failure_ends_it(called):
    with pytest.raises(CommandError, match="it is broken"):
        call_command("in_turn", "broken", "sample_world small")

    assert called == [("broken",)]


def test_what_the_commands_say_is_passed_on():
    said = io.StringIO()

    call_command("in_turn", "check", stdout=said)

    assert "System check identified no issues" in said.getvalue()


def test_each_command_that_is_done_is_noted(called, tmp_path):
    with pytest.raises(CommandError):
        call_command("in_turn", "load_reference", "broken", "sample_world small", notes=tmp_path)

    assert [note.name for note in tmp_path.iterdir()] == ["load_reference"]
