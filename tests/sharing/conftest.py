"""A network of nodes for the tests of the exchange."""

import pytest

from sojourn.local import fingerprints
from sojourn.local.cloning import Cloning
from sojourn.sharing.models import FeedHead
from sojourn.sharing.services import snapshots
from tests.conftest import build_template, owner_url
from tests.sharing.network import copy_network, drop_network, make_network
from tests.sharing.standing import standing_network, undone


@pytest.fixture(scope="session")
def first_network(django_db_setup, django_db_blocker, tmp_path_factory):
    """粤 and 渝, with empty tables and open feeds: 44 hosts six members, 50 the other five."""
    url = owner_url()
    cloning = Cloning(url)
    template = cloning.template(fingerprints.reference(), lambda name: build_template(name, url))
    with django_db_blocker.unblock():
        nodes = make_network(tmp_path_factory.mktemp("network"), cloning, template)
        yield nodes
        drop_network(nodes, cloning)


@pytest.fixture
def network(first_network, django_db_blocker, tmp_path):
    """The two nodes, fresh for each test."""
    cloning = Cloning(owner_url())
    with django_db_blocker.unblock():
        nodes = copy_network(first_network, tmp_path, cloning)
        yield nodes
        drop_network(nodes, cloning)


@pytest.fixture(scope="module")
def standing_nodes(first_network, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("standing")
    with django_db_blocker.unblock(), standing_network(first_network, folder) as nodes:
        yield nodes


@pytest.fixture
def standing(standing_nodes):
    """粤 and 渝 with sealed pages, the same for a whole module; what a test does to them is undone."""
    with undone(standing_nodes) as nodes:
        yield nodes


@pytest.fixture(scope="module")
def visited(standing_nodes):
    """The same with a snapshot of each feed, for visits that leave nothing behind which another would notice."""
    for node in standing_nodes.values():
        with node:
            for feed in FeedHead.objects.filter(no__gt=0):
                snapshots.make_snapshot(feed_id=feed.pk)
    return standing_nodes
