"""Imports look down: through the house, within a wing and within a room."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, WINGS

LINTER = Path(sys.executable).with_name("lint-imports")


def lint(root: Path) -> subprocess.CompletedProcess:
    command = [str(LINTER), "--config", str(root / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory):
    root = tmp_path_factory.mktemp("house")
    for wing in WINGS:
        shutil.copytree(ROOT / wing, root / wing, ignore=shutil.ignore_patterns("*.pyc", "static", "data"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_house_imports_downwards_only(copy_of_the_house):
    outcome = lint(copy_of_the_house)

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        (
            "sojourn/provinces/querysets.py",
            "import providers.facilities.models",
            "The house: imports look down",
        ),
        ("sojourn/core/clock.py", "import sojourn.provinces.models", "The house: imports look down"),
        ("providers/facilities/models.py", "import providers.designation.models", "Providers:"),
        ("providers/facilities/models.py", "import providers.facilities.services", "A room:"),
        ("providers/facilities/querysets.py", "import providers.facilities.models", "A room:"),
        ("providers/designation/services.py", "import sojourn.web.envelope", "nobody knows HTTP"),
    ],
)
def test_a_planted_import_that_looks_up_is_found(copy_of_the_house, path, line, contract):
    target = copy_of_the_house / path
    before = target.read_text(encoding="utf-8")
    target.write_text(f"{before}\n{line}\n", encoding="utf-8")

    outcome = lint(copy_of_the_house)

    target.write_text(before, encoding="utf-8")
    assert outcome.returncode == 1
    broken = " ".join(outcome.stdout.split()).split("Broken contracts")[1]
    assert contract in broken
