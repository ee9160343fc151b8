"""A sealer and a worker that applies pages die before and after every statement; nothing is lost or doubled."""

import pytest

from tests.prove.report import report
from tests.sharing.modelling.kill_stories import Applying, Sealing, deaths
from tests.sharing.modelling.sabotage import NOTICED, apply_in_two, seal_in_two
from tests.sharing.modelling.world import a_world

pytestmark = pytest.mark.prove
figures: dict[str, int] = {}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), a_world(tmp_path_factory.mktemp("model")) as world:
        yield world


def test_a_sealer_dies_before_and_after_every_statement(world):
    figures["seal_page"] = deaths(Sealing(world).killed_at)


def test_a_signer_dies_before_and_after_every_step_on_disk(world):
    figures["the vault"] = deaths(Sealing(world).killed_on_disk_at)


def test_a_follower_dies_before_and_after_every_statement(world):
    story = Applying(world)

    figures["apply_page"] = deaths(story.killed_at)

    assert story.applied_again()


@pytest.mark.parametrize(
    ("in_two", "story"), [(seal_in_two, Sealing), (apply_in_two, Applying)], ids=["seal_page", "apply_page"]
)
def test_a_transaction_in_two_parts_is_noticed(world, in_two, story):
    cut = story(world).killed_at

    with in_two(), pytest.raises(NOTICED):
        deaths(cut)
    figures[f"{story.__name__} in two transactions, sabotage"] = 1


def test_the_figures_are_reported(world):
    sabotages = [name for name in figures if "sabotage" in name]
    assert len(figures) == len(sabotages) + 3, "a proof did not pass"

    report(
        "Feeds: killed at every statement",
        [
            f"{name}: killed {figures[name]} times, before and after each of its statements (COMMIT and the steps on"
            " disk among them); each time the next process finished the work, nothing lost, nothing twice"
            for name in figures
            if name not in sabotages
        ]
        + [f"{name}: noticed" for name in sabotages],
    )
