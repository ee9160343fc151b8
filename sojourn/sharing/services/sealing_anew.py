"""All that a feed holds is sealed once more, because another word holds of all of it than was sealed last."""

from django.db import connection

from sojourn.core.announce import after_commit
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.models import Feed
from sojourn.sharing.services.withdrawing import applying

SEAL = "sojourn.sharing.tasks.seal"
# Held in one order, as whoever changes several of them holds them.
ANEW = """
WITH held AS (
    SELECT id FROM {table} WHERE {whose} ORDER BY id FOR UPDATE
), raised AS (
    UPDATE {table} AS t SET version = t.version + 1 FROM held WHERE t.id = held.id RETURNING t.id, t.version
)
INSERT INTO sharing_marker (feed_id, entity, version) SELECT %s, id, version FROM raised ORDER BY id
"""


def mark_anew(feed: Feed, resource: Resource) -> None:
    """Every entity of an own feed is marked under a higher version, in one statement; it changed in nothing else.

    No sealer reads the rows until that is committed (:func:`sealing.hold_writers`).
    """
    shape = resource.shape
    with applying(), connection.cursor() as cursor:  # the instant of the last change stays: rooms go by it
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            ANEW.format(table=shape.table, whose=shape.whose()),
            [*shape.of_feed(feed.owner, feed.audience), feed.pk],
        )
    after_commit(SEAL)
