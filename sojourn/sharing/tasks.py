"""Jobs of the exchange: hints only; the database says what there is to do and who is doing it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from celery import shared_task
from django.conf import settings

from sojourn.sharing.errors import SnapshotNotReady
from sojourn.sharing.services import (
    care,
    membership,
    pinging,
    pulling,
    reconciling,
    recovering,
    sealing,
    snapshots,
    withdrawing,
)


@shared_task(name="sojourn.sharing.tasks.seal", time_limit=120)
def seal() -> None:
    """Every marked change is sealed, and whoever follows the feed is told."""
    if not settings.VAULT:
        return
    fresh = [feed for feed in sealing.unsealed_feeds() if sealing.seal_feed(feed_id=feed)]
    if fresh:
        ping.delay(fresh)


@shared_task(name="sojourn.sharing.tasks.ping", time_limit=120)
def ping(feeds: list[int]) -> None:
    """The peers know that there is something new in these feeds."""
    pinging.ping_peers(feeds=feeds)


@shared_task(name="sojourn.sharing.tasks.pull", time_limit=240)
def pull(node: str) -> None:
    """One node's feeds are followed to their ends."""
    with ThreadPoolExecutor(max_workers=2) as beside:
        pulling.pull_from(node=node, beside=beside)


@shared_task(name="sojourn.sharing.tasks.poll", time_limit=30)
def poll() -> None:
    """Every node whom it is time to ask is asked, each by a job of its own."""
    for node in pulling.peers_due():
        pull.delay(node)


@shared_task(name="sojourn.sharing.tasks.look_after", time_limit=240)
def look_after() -> None:
    """What other jobs left is found: feeds to open or recover, entries whose parents have come, what is past."""
    if not settings.VAULT:
        return
    membership.load_registry()
    membership.open_feeds()
    recovering.find_restored()
    recovering.recover_feeds()
    care.retry_waiting()
    withdrawing.erase_withdrawn()
    care.tidy()


@shared_task(name="sojourn.sharing.tasks.make_snapshot", time_limit=280)
def make_snapshot(feed: int) -> None:
    """A peer that has far to go can take the feed over as a whole."""
    if snapshots.kept_snapshot(feed_id=feed) is None:
        with suppress(SnapshotNotReady):
            snapshots.make_snapshot(feed_id=feed)


@shared_task(name="sojourn.sharing.tasks.reconcile", time_limit=280)
def reconcile(node: str) -> None:
    """What is held here of a node's feeds was compared with what the node holds."""
    reconciling.reconcile_with(node=node)


@shared_task(name="sojourn.sharing.tasks.reconcile_all", time_limit=30)
def reconcile_all() -> None:
    """Every active peer's feeds are compared, each by a job of its own."""
    for node in pulling.active_peers():
        reconcile.delay(node)


@shared_task(name="sojourn.sharing.tasks.beat_hearts", time_limit=60)
def beat_hearts() -> None:
    """Each member's heartbeat goes through sealing, serving and verifying."""
    if not settings.VAULT:
        return
    membership.beat_hearts()
    care.prove_heartbeats()
