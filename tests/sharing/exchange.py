"""Steps of the exchange that tests take by hand."""

from sojourn.sharing.models import Cursor, Feed
from sojourn.sharing.services import pulling, sealing


def seal_all() -> int:
    """Seal everything marked at the running node; how many pages that took."""
    return sum(sealing.seal_feed(feed_id=feed) for feed in sealing.unsealed_feeds())


def pull_all(node, other: str) -> int:
    """One node asks another for everything new; how many pages it took."""
    with node:
        pulling.poke(other)
        return pulling.pull_from(node=other, reach=node.reach)


def cursor_of(resource: str, owner: str = "440000") -> Cursor:
    return Cursor.objects.select_related("feed").get(feed__resource=resource, feed__owner=owner)


def feed_of(resource: str, owner: str = "440000") -> Feed:
    return Feed.objects.get(resource=resource, owner=owner)
