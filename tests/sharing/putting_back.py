"""Two nodes that work through hours and days by one held clock, one of which is put back to an earlier copy."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from unittest import mock
from uuid import UUID

from residents import consents
from residents.consents.models import EXTRACTS, Extract
from residents.registry import services as registry
from sojourn.core.clock import now
from sojourn.desk.models import WorkItem
from sojourn.local import fingerprints
from sojourn.local.cloning import Cloning
from sojourn.messages import services as messages
from sojourn.messages.models import Message
from sojourn.sharing.models import Alarm, Cursor, FeedHead, Nonce, Page, Reconciliation
from sojourn.sharing.protocol import pages
from sojourn.sharing.services import alarms, checking, pinging, pulling, reconciling
from sojourn.sharing.states import FeedState
from tests.conftest import build_template, owner_url
from tests.sharing.modelling.story import look_after_all, seal_all
from tests.sharing.modelling.wire import Wires
from tests.sharing.modelling.world import World
from tests.sharing.network import REGISTRAR, SUITE, drop_network, make_network

PLAN = {"44": ("440000",), "50": ("500000",)}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Counts = dict[tuple[str, ...], int]


@dataclass
class Exchange:
    """The nodes with their jobs; what left them is kept outside their databases, which may be put back."""

    world: World
    posted: list[UUID] = field(default_factory=list)
    headers: dict[tuple, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self.wires = Wires(self.world, Random(0))

    def pass_time(self, whole: timedelta, *, turns: int) -> Iterator[int]:
        """So much time passes; at the end of each part of it both nodes do their jobs."""
        for turn in range(turns):
            self.world.at += whole / turns
            yield turn
            for name in self.world.nodes:
                self.work_off(name)

    def come_to_rest(self) -> None:
        """Ten minutes pass."""
        for _turn in self.pass_time(timedelta(minutes=10), turns=4):
            pass

    def work_off(self, name: str) -> None:
        """A node's jobs: those of the exchange, of consents, of what was erased, and of the outbox."""
        with self.world.work(name):
            look_after_all(self.wires.reach)
            registry.erase_again()
            consents.services.sweep()
            consents.services.renew_extracts()
            fresh = seal_all()
            pinging.ping_peers(feeds=fresh, reach=self.wires.reach)
            for peer in pulling.peers_due():
                pulling.pull_from(node=peer, reach=self.wires.reach)
            self._post()
            self.keep_headers()

    def keep_headers(self) -> None:
        """What header each number has at the node at work is kept outside."""
        for page in Page.objects.select_related("feed").defer("packed"):
            self.headers[page.feed.feed_name, page.epoch, page.no].add(page.digest)

    def _post(self) -> None:
        """What is due in the outbox goes out of the house."""
        messages.expire_overdue()
        for message_id in list(Message.objects.due_at(now()).values_list("pk", flat=True)):
            parcel = messages.claim(message_id=message_id)
            self.posted.append(parcel.id)
            messages.note_sent(parcel=parcel, reference="")

    # --- the judgement ------------------------------------------------------------------------------
    def complaints(self) -> list[str]:
        """Every promise that does not hold at the end, in words; no telephone rang twice."""
        found = [f"{number} has {len(each)} headers" for number, each in self._all_headers() if len(each) > 1]
        found += [
            f"message {each} went out twice" for each in set(self.posted) if self.posted.count(each) > 1
        ]
        for name in self.world.nodes:
            with self.world.work(name):
                found += [f"{name}: {each}" for each in self._complaints_of()]
        return found

    def _complaints_of(self) -> Iterator[str]:
        """What is wrong at the node at work."""
        for model in (FeedHead, Cursor):
            for place in model.objects.exclude(state=FeedState.RUNNING).select_related("feed"):
                yield f"{place.feed} is {place.state}"
        yield from map(str, checking.faults())
        for peer in pulling.active_peers():
            if not reconciling.reconcile_with(node=peer, reach=self.wires.reach):
                yield f"nothing could be compared with {peer}"
        for compared in Reconciliation.objects.exclude(differing=[]):
            yield f"{compared.feed} differs in {len(compared.differing)}"
        if Nonce.objects.filter(at__lt=now() - HOUR).exists():
            yield "nonces of long ago are kept"

    def _all_headers(self) -> list[tuple[tuple, set[str]]]:
        """Every number with the headers that either node kept, or that were served, under it."""
        seen = {key: set(digests) for key, digests in self.headers.items()}
        for key, digests in self.wires.headers.items():
            seen.setdefault(key, set()).update(digests)
        return list(seen.items())


@contextmanager
def an_exchange(folder: Path) -> Iterator[Exchange]:
    """Two nodes of one member each, under one clock and a registrar of whom we have the key."""
    url = owner_url()
    cloning = Cloning(url)
    template = cloning.template(fingerprints.reference(), lambda name: build_template(name, url))
    world = World(make_network(folder, cloning, template, PLAN), cloning)
    for node in world.nodes.values():
        node.own_settings["REGISTRARS"] = {REGISTRAR: SUITE.public_of(world.registrar)}
    world.publish_registry(*world.nodes)
    with (
        mock.patch("django.utils.timezone.now", side_effect=now),
        mock.patch("sojourn.sharing.tasks.pull.apply_async"),
    ):
        yield Exchange(world)
    world.forget_copies()
    drop_network(world.nodes, cloning)


# --- what people were told, and what is shared of residents, at the node at work -----------------------------
def told() -> Counts:
    """How many matters ever lay on the desk, and how many alarms there ever were, about each thing.

    An alarm brings its own matter, under its key, which a database that was put back gives out again.
    """
    counts: Counts = defaultdict(int)
    matters = WorkItem.objects.exclude(queue=alarms.QUEUE)
    for queue, subject in matters.values_list("queue", "subject_id"):
        counts["matter", queue, subject] += 1
    for reason, subject in Alarm.objects.values_list("reason", "subject"):
        counts["alarm", reason, subject] += 1
    return dict(counts)


def shared() -> set[str]:
    """The ids of the extracts that stand, or of which some page still has a body."""
    kept = Page.objects.filter(feed__resource=EXTRACTS)
    lines = (line for page in kept for line in pages.lines_of(pages.unframed(page.content)))
    bodies = {
        entry.entity.partition(":")[2] for entry in map(pages.entry_of, lines) if entry.body is not None
    }
    return bodies | set(map(str, Extract.objects.values_list("pk", flat=True)))
