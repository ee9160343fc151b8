"""How long a node takes to take a large feed over from its owner's snapshot."""

import time

import pytest

from providers.designation.models import Scheme
from providers.facilities.models import Operator
from sojourn.sharing.models import Feed
from sojourn.sharing.services.sealing import seal_feed
from sojourn.sharing.services.snapshots import make_snapshot
from sojourn.sharing.states import FeedState
from tests.bench.measure import machine, table, write_section
from tests.bench.test_feeds import OWNER, fill_operators, fill_schemes, run
from tests.prove.two_nodes import seconds_from
from tests.sharing.conftest import first_network, network  # noqa: F401 - fixtures
from tests.sharing.exchange import cursor_of, pull_all

LEAN = int(seconds_from("SOJOURN_BOOTSTRAP_ROWS", 1_000_000))
LIMIT = 300.0
# More pages than a follower would fetch one by one.
ENOUGH_TO_BEGIN_ANEW = 25_000


def taken_over(network, resource: str) -> tuple[float, float]:  # noqa: F811
    """Seconds that the owner needed to make its snapshot, and the follower to take it over."""
    here, there = network["44"], network["50"]
    with here:
        run("SET statement_timeout = 0")
        feed = Feed.objects.get(owner=OWNER, resource=resource)
        run(
            "DELETE FROM sharing_marker WHERE feed_id = %s AND id > (SELECT id FROM sharing_marker"
            " WHERE feed_id = %s ORDER BY id OFFSET %s LIMIT 1)",
            feed.pk,
            feed.pk,
            ENOUGH_TO_BEGIN_ANEW,
        )
        seal_feed(feed_id=feed.pk)
        began = time.perf_counter()
        make_snapshot(feed_id=feed.pk)
        made = time.perf_counter() - began
    began = time.perf_counter()
    while True:
        pull_all(there, "44")
        with there:
            cursor = cursor_of(resource)
            if cursor.state == FeedState.RUNNING and cursor.no == cursor.head_no > 0:
                return made, time.perf_counter() - began


@pytest.mark.bench
def test_a_feed_is_taken_over_from_a_snapshot(network):  # noqa: F811
    rows, figures = [], {}
    for resource, model, fill, many in (
        ("schemes", Scheme, fill_schemes, LEAN),
        ("operators", Operator, fill_operators, LEAN // 10),
    ):
        with network["44"]:
            run("SET statement_timeout = 0")
            fill(many)
            run("ANALYZE")  # as autovacuum does, which the cluster of the tests has switched off
        made, taken = taken_over(network, resource)
        with network["50"]:
            assert model.objects.filter(owner=OWNER).count() == many
        figures[resource] = {"entities": many, "made": made, "taken": taken}
        goal = f"{LIMIT:.0f} for 1,000,000" if many == LEAN else ""
        rows.append((resource, f"{many:,}", f"{made:.0f}", f"{taken:.0f}", f"{many / taken:,.0f}", goal))
    write_section(
        "Bootstrap",
        [
            "A snapshot of a feed is made by its owner and taken over by a node that had nothing of it, both in one",
            f"process. `operators` spells every name for its search and fills three trigram indexes. {machine()}",
            "",
            *table(
                ("resource", "entities", "made, s", "taken over, s", "entities/s", "goal, s"),
                rows,
            ),
        ],
        figures,
    )
