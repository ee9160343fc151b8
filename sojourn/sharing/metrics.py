"""The figures of the exchange for those who watch the node: five queries, and none that can fail the page."""

from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sojourn.core.clock import now
from sojourn.sharing.models import Alarm, Cursor, FeedHead, Peer, SetAsideEntry
from sojourn.sharing.services.care import HEARTBEAT_FAILED
from sojourn.sharing.states import UNSETTLED_ENTRIES, FeedState, PeerState
from sojourn.web.health import collect_also

FEED = ("owner", "resource", "audience")
PREFIX = "sojourn_sharing"


class SharingFigures(Collector):
    """Read when somebody asks; while the database does not answer, only that is told."""

    def describe(self) -> Iterable:
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        try:
            found = list(self._figures()) if settings.VAULT else []
        except DatabaseError:
            yield _one("known", "Whether the figures of the exchange could be read.", 0)
            return
        yield _one("known", "Whether the figures of the exchange could be read.", 1)
        yield from found

    def _figures(self) -> Iterable[GaugeMetricFamily]:
        cursors = list(Cursor.objects.select_related("feed").order_by("pk"))
        heads = list(FeedHead.objects.select_related("feed").order_by("pk"))
        yield _states([*cursors, *heads])
        yield from _lags(cursors)
        yield _counted(
            "entries_set_aside",
            "Entries that wait for a person or for what they belong to.",
            SetAsideEntry.objects.filter(state__in=UNSETTLED_ENTRIES).order_by(),
            ("feed__owner", "feed__resource", "state"),
        )
        failed = _family("alarms_open", "Open alarms by reason.", ("reason",))
        alarms = list(Alarm.objects.open().order_by().values_list("reason", "subject"))
        for reason in sorted({reason for reason, _subject in alarms}):
            failed.add_metric([reason], sum(reason == each for each, _subject in alarms))
        yield failed
        unproved = {subject for reason, subject in alarms if reason == HEARTBEAT_FAILED}
        yield _heartbeats(heads, unproved)
        yield _peers()


def _states(places: list) -> GaugeMetricFamily:
    family = _family("feed_state", "1 for the state that a feed is in.", (*FEED, "state"))
    for place in places:
        for state in FeedState:
            family.add_metric([*_labels(place), state.value], int(place.state == state))
    return family


def _lags(cursors: list[Cursor]) -> Iterable[GaugeMetricFamily]:
    behind = _family("feed_pages_behind", "Pages known to exist and not applied here.", FEED)
    age = _family(
        "feed_confirmed_seconds", "Seconds since nothing newer was known to exist; -1 for never.", FEED
    )
    for cursor in cursors:
        behind.add_metric(_labels(cursor), cursor.pages_behind)
        seen = cursor.confirmed_at
        age.add_metric(_labels(cursor), (now() - seen).total_seconds() if seen else -1)
    yield behind
    yield age


def _heartbeats(heads: list[FeedHead], unproved: set[str]) -> GaugeMetricFamily:
    """When a member's heartbeat last went through sealing, serving and verifying; none while that fails."""
    family = _family(
        "heartbeat_proved_timestamp_seconds",
        "When a synthetic page was last sealed, served and verified.",
        ("owner",),
    )
    for head in heads:
        proved = head.feed.resource == "heartbeats" and str(head.feed) not in unproved
        if proved and head.sealed_at is not None:
            family.add_metric([head.feed.owner], head.sealed_at.timestamp())
    return family


def _peers() -> GaugeMetricFamily:
    family = _family("peer_failures", "Failures in a row of asking an active peer.", ("node",))
    for node, failures in Peer.objects.filter(state=PeerState.ACTIVE).values_list("node", "failures"):
        family.add_metric([node], failures)
    return family


def _counted(name: str, said: str, rows, by: tuple[str, ...]) -> GaugeMetricFamily:
    family = _family(name, said, tuple(label.rpartition("__")[2] for label in by))
    for *labels, count in rows.values_list(*by).annotate(Count("pk")):
        family.add_metric([str(label) for label in labels], count)
    return family


def _one(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", said, value=value)


def _family(name: str, said: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", said, labels=labels)


def _labels(place) -> list[str]:
    return [place.feed.owner, place.feed.resource, place.feed.audience]


def collect_from_now_on() -> None:
    """These figures stand among the node's."""
    collect_also(SharingFigures())
