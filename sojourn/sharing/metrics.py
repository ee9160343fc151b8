"""The figures of the exchange for those who watch the node: five queries, and none that can fail the page."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sojourn.core.clock import now
from sojourn.sharing.freshness import freshness_of_copies
from sojourn.sharing.models import Alarm, Cursor, FeedHead, Peer, SetAsideEntry
from sojourn.sharing.states import UNSETTLED_ENTRIES, FeedState, PeerState
from sojourn.web.health import collect_also, tell_ages_of

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
        alarms = Counter(Alarm.objects.open().order_by().values_list("reason", flat=True))
        for reason in sorted(alarms):
            failed.add_metric([reason], alarms[reason])
        yield failed
        yield _heartbeats(heads)
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


def _heartbeats(heads: list[FeedHead]) -> GaugeMetricFamily:
    """When a member's heartbeat last went through sealing, serving and verifying; none where it never did."""
    family = _family(
        "heartbeat_proved_timestamp_seconds",
        "When a synthetic page was last sealed, served and verified.",
        ("owner",),
    )
    for head in heads:
        if head.proved_at is not None:
            family.add_metric([head.feed.owner], head.proved_at.timestamp())
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


def ages() -> dict[str, dict[str, int | None]]:
    """How long ago each hosted member's heartbeat was proved, and each other's copies were known to be complete."""
    if not settings.VAULT:
        return {}
    proofs = FeedHead.objects.filter(feed__resource="heartbeats").values_list("feed__owner", "proved_at")
    copies = {owner: found.as_of for owner, found in freshness_of_copies().items()}
    return {"heartbeats_proved_seconds": _since(dict(proofs)), "copies_complete_seconds": _since(copies)}


def _since(instants: Mapping[str, datetime | None]) -> dict[str, int | None]:
    return {
        owner: None if at is None else int((now() - at).total_seconds())
        for owner, at in sorted(instants.items())
    }


def collect_from_now_on() -> None:
    """These figures and ages stand among the node's."""
    collect_also(SharingFigures())
    tell_ages_of(ages)
