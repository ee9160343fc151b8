import ast
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sojourn.sharing import conformance
from sojourn.sharing.conformance.door import Door
from sojourn.sharing.management.commands import sharing_conformance
from tests.sharing.network import Wire
from tests.sharing.visiting import honest


@pytest.fixture
def on_the_wire(visited, monkeypatch):
    """The command's requests reach node 44 without a socket."""

    def door(*facts):
        return Door(*facts, transport=Wire(visited["44"], honest))

    monkeypatch.setattr(sharing_conformance, "Door", door)
    return visited


def test_the_command_reports_every_step_and_passes(on_the_wire):
    out = io.StringIO()

    with on_the_wire["50"]:
        call_command("sharing_conformance", "http://127.0.0.1", node="44", stdout=out)

    lines = out.getvalue().splitlines()
    assert [line[:4] for line in lines[:-1]] == ["pass"] * 25
    assert lines[-1] == "44 at http://127.0.0.1: 25 steps, 0 failed, 0 could not be taken."


def test_the_command_finds_the_node_at_an_address_and_reports_as_json(on_the_wire):
    out = io.StringIO()

    with on_the_wire["50"]:
        call_command("sharing_conformance", "http://127.0.0.1", json=True, stdout=out)

    report = json.loads(out.getvalue())
    assert (report["node"], report["passed"], len(report["steps"])) == ("44", True, 25)


def test_the_command_ends_with_an_error_where_a_step_fails(on_the_wire, tmp_path):
    (tmp_path / "key").write_text("11" * 32)
    options = {"node": "44", "as_node": "50", "key_file": str(tmp_path / "key"), "stdout": io.StringIO()}

    with on_the_wire["50"], pytest.raises(SystemExit) as ended:
        call_command("sharing_conformance", "http://127.0.0.1", **options)

    assert ended.value.code == 1
    assert "FAIL  registry_names_both" in options["stdout"].getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {"key_file": "/nonexistent"},
        {"as_node": "61"},
        {"registrar": ["registrar-1"]},
    ],
)
def test_the_command_says_what_it_lacks(on_the_wire, options):
    with on_the_wire["50"], pytest.raises(CommandError):
        call_command("sharing_conformance", "http://127.0.0.1", node="44", **options)


def test_the_simulated_member_uses_the_protocol_and_nothing_else_of_a_node():
    imported = set()
    for path in Path(conformance.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module)

    ours = {name for name in imported if name.startswith(("sojourn", "django"))}
    allowed = ("sojourn.sharing.conformance", "sojourn.sharing.protocol", "sojourn.core.clock")
    assert {name for name in ours if not name.startswith(allowed)} == set()
    assert ours
