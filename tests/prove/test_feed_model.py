"""The whole model: three hundred stories of three nodes under faults, and stories that must fail."""

import json
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from sojourn.local.fingerprints import digest
from sojourn.local.paths import ROOT, TESTS, Local
from tests.prove.report import report
from tests.sharing.modelling.sabotage import SABOTAGES, noticed
from tests.sharing.modelling.story import Story
from tests.sharing.modelling.world import a_world

pytestmark = pytest.mark.prove
SEEDS = int(os.environ.get("PROVE_SEEDS", "300"))
FIRST = int(os.environ.get("PROVE_SEED", "0"))
SABOTAGED = 30
PLACES = ("sojourn/sharing", "sojourn/core", "providers/facilities", "tests/sharing")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), a_world(tmp_path_factory.mktemp("model")) as world:
        yield world


def progress() -> Path:
    """Where the stories told of this very code are noted, one a line, so that a proof cut short goes on."""
    code = digest(path for place in PLACES for path in (ROOT / place).rglob("*.py"))
    local = Local.from_environment(os.environ, purpose=TESTS)
    return local.var / f"proof-of-feeds-{code}.jsonl"


def test_every_story_keeps_what_was_promised(world):
    notes, asked = progress(), range(FIRST, FIRST + SEEDS)
    noted = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
    told = [each for each in noted if each["seed"] in asked]

    for seed in sorted(set(asked) - {each["seed"] for each in told}):
        started, story = time.monotonic(), Story(world, seed, small_pages=seed % 2 == 1)
        assert story.told() == [], f"seed {seed}"
        told.append({"seed": seed, "seconds": time.monotonic() - started, **story.figures()})
        with notes.open("a") as file:
            file.write(json.dumps(told[-1]) + "\n")

    noticed_by = {name: noticed(world, sabotage, within=SABOTAGED) for name, sabotage in SABOTAGES.items()}
    assert all(noticed_by.values()), noticed_by
    report("Feeds: stories of three nodes", [*lines_of(told), *sabotage_lines(noticed_by)])


def lines_of(told: list[dict]) -> list[str]:
    steps, faults = Counter(), Counter()
    for each in told:
        steps.update(each["steps"])
        faults.update(each["faults"])
    changes, pages = (sum(each[name] for each in told) for name in ("changes", "pages"))
    seconds = sum(each["seconds"] for each in told)
    return [
        f"{len(told)} seeds from {FIRST}: {changes} committed changes, {pages} pages sealed, in {seconds:.0f} s",
        "every promise kept: I1–I6, I9, I11, I15, I16, I18, I21; I8 and I7 are the kills' matter",
        "steps: " + ", ".join(f"{name} {count}" for name, count in sorted(steps.items())),
        "on the wire: " + ", ".join(f"{name} {count}" for name, count in sorted(faults.items())),
    ]


def sabotage_lines(noticed_by: dict[str, str]) -> list[str]:
    return [
        f"sabotage, {name}: noticed at {what.partition(' (')[0][:60].rstrip(':')}"
        for name, what in noticed_by.items()
    ]
