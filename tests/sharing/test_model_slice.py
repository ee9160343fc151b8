"""A slice of the proofs: a few stories of the model, a few of the kills, and each broken on purpose once."""

import pytest

from tests.sharing.modelling.kill_stories import Applying, Sealing
from tests.sharing.modelling.sabotage import NOTICED, any_signature, apply_in_two, noticed, seal_in_two
from tests.sharing.modelling.story import Story
from tests.sharing.modelling.world import a_world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), a_world(tmp_path_factory.mktemp("model")) as world:
        yield world


@pytest.mark.parametrize("seed", range(2))
def test_what_was_promised_holds_when_the_faults_are_over(world, seed):
    story = Story(world, seed, steps=20, small_pages=seed % 2 == 1)

    assert story.told() == []


def test_a_story_in_which_any_signature_will_do_is_noticed(world):
    assert "I6" in noticed(world, any_signature, within=1, steps=0)


def test_a_sealer_dies_here_and_there(world):
    cut = Sealing(world).killed_at

    assert all(cut(at, after=after) for at in (2, 4, 5) for after in (False, True))
    with seal_in_two(), pytest.raises(NOTICED):
        cut(6, after=False)


def test_a_follower_dies_here_and_there(world):
    story = Applying(world)
    keeping = story.first('INSERT INTO "sharing_page"')

    for at in (8, keeping, 60):
        assert all(story.killed_at(at, after=after) for after in (False, True))
    assert story.applied_again()
    with apply_in_two(), pytest.raises(NOTICED):
        story.killed_at(keeping, after=True)
