"""What a node of the demo holds, read from its database past the node itself; for drills and proofs."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import psycopg

from sojourn.local import environment
from sojourn.local.nodes import Node
from sojourn.local.paths import ROOT
from sojourn.local.postgres import APP, DATABASE, Cluster

PLACES = (
    "SELECT feed.owner || '/' || feed.resource || '/' || feed.audience, place.epoch, place.no, place.digest"
    " FROM {} AS place JOIN sharing_feed AS feed ON feed.id = place.feed_id"
)
Place = tuple[int, int, str]


@dataclass(frozen=True)
class Witness:
    """One node as its tables tell of it."""

    node: Node

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What a query as the cluster's administrator finds."""
        with Cluster(self.node.local).connect(DATABASE) as connection:
            return connection.execute(query.encode(), parameters or None).fetchall()

    def alter(self, statement: str, *parameters: object) -> int:
        """How many rows a statement as the cluster's administrator touched."""
        with Cluster(self.node.local).connect(DATABASE) as connection:
            return connection.execute(statement.encode(), parameters or None).rowcount

    def as_app(self) -> psycopg.Connection:
        """A connection in the role of the node's own processes, each statement for itself."""
        return psycopg.connect(Cluster(self.node.local).url(APP), autocommit=True, connect_timeout=3)

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command of manage.py as this node, with what it said."""
        command = [sys.executable, "manage.py", *words]
        variables = environment.for_demo(self.node)
        return subprocess.run(
            command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
        )

    # --- feeds ------------------------------------------------------------------------------------
    def heads(self) -> dict[str, Place]:
        """The newest page of each feed that this node writes: epoch, number and digest."""
        return self._places("sharing_feedhead")

    def cursors(self) -> dict[str, Place]:
        """The last page applied of each feed that this node follows."""
        return self._places("sharing_cursor")

    def _places(self, table: str) -> dict[str, Place]:
        return {feed: (epoch, no, digest) for feed, epoch, no, digest in self.rows(PLACES.format(table))}

    def headers(self) -> dict[tuple[str, int, int], str]:
        """The digest of every header that stands here, by feed, epoch and number."""
        rows = self.rows(PLACES.format("sharing_page"))
        return {(feed, epoch, no): digest for feed, epoch, no, digest in rows}

    def states(self) -> dict[str, int]:
        """How many heads and cursors are in each state."""
        query = (
            "SELECT state, count(*) FROM (SELECT state FROM sharing_feedhead UNION ALL"
            " SELECT state FROM sharing_cursor) AS every GROUP BY state ORDER BY state"
        )
        return dict(self.rows(query))

    def unsealed(self) -> int:
        """How many changes no page covers yet."""
        return self.rows("SELECT count(*) FROM sharing_marker")[0][0]

    def alarms(self) -> dict[str, int]:
        """How many alarms there ever were, by reason."""
        return dict(self.rows("SELECT reason, count(*) FROM sharing_alarm GROUP BY reason ORDER BY reason"))

    def matters(self) -> dict[str, int]:
        """How many matters ever lay on the desk for each subject, by queue and subject."""
        query = (
            "SELECT queue || ' ' || subject_kind || ' ' || subject_id, count(*) FROM desk_workitem GROUP BY 1"
        )
        return dict(self.rows(query))


def behind(writer: Witness, follower: Witness) -> list[str]:
    """The feeds that a node writes and the other has not followed to their ends."""
    followed = follower.cursors()
    return sorted(feed for feed, place in writer.heads().items() if followed.get(feed) != place)


def signed_twice(one: Witness, other: Witness) -> list[str]:
    """Every number under which the two nodes hold different pages."""
    ours, theirs = one.headers(), other.headers()
    return sorted(
        f"{feed} {epoch}.{no}"
        for feed, epoch, no in ours.keys() & theirs.keys()
        if ours[feed, epoch, no] != theirs[feed, epoch, no]
    )
