"""Withdrawals against sealing, serving and following, each at a connection of its own; seeded, and checked one by one."""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from django.db import DEFAULT_DB_ALIAS, connection, connections

from residents.consents import services
from residents.consents.models import EXTRACTS, Consent, Extract
from residents.registry.models import Resident
from sojourn.core.actors import SYSTEM
from sojourn.sharing.models import EntryPlace, FeedHead, Page
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.services import blanking, sealing, serving, snapshots
from tests.factories.consents import BY_TELEPHONE, a_consent
from tests.factories.residents import ResidentFactory
from tests.residents.consents.exchange import AWAY, HOME, a_grant
from tests.sharing.exchange import pull_all, seal_all
from tests.sharing.network import TestNode, connection_to

FEED = FeedName(HOME, EXTRACTS, f"member.{AWAY}")
LONGEST = 60.0
PATIENCE = 90.0
RESIDENTS = 12


@dataclass
class Figures:
    """What the races came to: faults found, and how long the peer kept what was withdrawn."""

    races: int = 0
    stood_at_peer: int = 0
    put_before: int = 0
    never_sealed: int = 0
    served: int = 0
    longest: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass
class Clocks:
    """When a page with a body was about to commit, by the entity, and when the withdrawal had committed."""

    sealed: dict[str, float] = field(default_factory=dict)
    withdrawn: dict[str, float] = field(default_factory=dict)


def raced(nodes: Mapping[str, TestNode], count: int, seed: int) -> Figures:
    """So many withdrawals, while another process follows and serves all the time."""
    figures, chance, clocks = Figures(), random.Random(seed), Clocks()
    with nodes["44"]:
        a_grant()
        residents = [ResidentFactory() for _ in range(RESIDENTS)]
        with watched(clocks, chance), following(nodes):
            for number in range(count):
                _race(nodes, residents[number % RESIDENTS], chance, clocks, figures)
                if len(figures.faults) >= 5:
                    break
    return figures


def _race(
    nodes: Mapping[str, TestNode], resident: Resident, chance: random.Random, clocks: Clocks, figures: Figures
) -> None:
    """One consent given, and taken back while others seal, serve and follow it."""
    consent = a_consent(resident)
    entity = str(consent.pk)
    if chance.random() < 0.5:
        seal_all()
        if chance.random() < 0.5:
            figures.stood_at_peer += _until(lambda: _rows(nodes["50"], entity) > 0)
    waits = [chance.uniform(0, 0.006) for _ in range(4)]
    verbs: list[Callable] = [
        lambda: _withdraw(consent, clocks, waits[0]),
        lambda: _seal(waits[1]),
        lambda: _seal(waits[2]),
        lambda: _serve(entity, clocks, waits[3], figures),
    ]
    if chance.random() < 0.1:
        verbs.append(_snapshot)
    _at_once(nodes["44"], verbs, figures)
    seal_all()
    _judge(nodes, entity, clocks, figures)


def _judge(nodes: Mapping[str, TestNode], entity: str, clocks: Clocks, figures: Figures) -> None:
    figures.races += 1
    done = clocks.withdrawn[entity]
    sealed = clocks.sealed.get(entity)
    if sealed is None:
        figures.never_sealed += 1
    elif sealed > done:
        figures.faults.append(f"{entity}: a body was sealed {sealed - done:.4f} s after its withdrawal")
    else:
        figures.put_before += 1
    if Extract.objects.filter(pk=entity).exists() or entity in _bodies():
        figures.faults.append(f"{entity}: its body stands at its owner")
    if not _until(lambda: _rows(nodes["50"], entity) == 0 and _at_end(nodes["50"])):
        figures.faults.append(f"{entity}: its copy stands at the peer after {PATIENCE} s")
    figures.longest = max(figures.longest, time.monotonic() - done)
    if figures.longest > LONGEST:
        figures.faults.append(f"{entity}: its copy stood for {figures.longest:.0f} s")


def _bodies() -> set[str]:
    """Ids of entities with a body in one of the last pages kept here, or known to have one in any."""
    known = {str(entity) for entity in EntryPlace.objects.order_by().values_list("entity", flat=True)}
    last = Page.objects.filter(feed__resource=EXTRACTS).order_by("-pk")[:20]
    entries = [pages.entry_of(line) for page in last for line in pages.lines_of(pages.unframed(page.content))]
    return known | {entry.entity.partition(":")[2] for entry in entries if entry.body is not None}


# --- verbs, each in a thread with a connection of its own -----------------------------------------------
def _withdraw(consent: Consent, clocks: Clocks, wait: float) -> None:
    time.sleep(wait)
    services.withdraw_consent(consent_id=consent.pk, saying=BY_TELEPHONE, actor=SYSTEM)
    clocks.withdrawn[str(consent.pk)] = time.monotonic()


def _seal(wait: float) -> None:
    time.sleep(wait)
    seal_all()


def _serve(entity: str, clocks: Clocks, wait: float, figures: Figures) -> None:
    """The newest page as the peer is given it; a body in it means that its withdrawal was not over when asked."""
    time.sleep(wait)
    asked = time.monotonic()
    head = _head()
    content = serving.page_for("50", FEED, head.epoch, head.no) if head.no else None
    if content is None:
        return
    figures.served += 1
    entries = map(pages.entry_of, pages.lines_of(pages.unframed(content)))
    shown = {entry.entity.partition(":")[2] for entry in entries if entry.body is not None}
    done = clocks.withdrawn.get(entity)
    if entity in shown and done is not None and done < asked:
        figures.faults.append(f"{entity}: its body was served after its withdrawal")


def _snapshot() -> None:
    snapshots.make_snapshot(feed_id=_head().pk)


def _head() -> FeedHead:
    return FeedHead.objects.get(
        feed__owner=FEED.owner, feed__resource=FEED.resource, feed__audience=FEED.audience
    )


def _at_once(node: TestNode, verbs: list[Callable], figures: Figures) -> None:
    """All verbs run together; whatever one of them raises is a fault."""

    def run(verb: Callable) -> None:
        connections[DEFAULT_DB_ALIAS] = connection_to(node.database)
        try:
            verb()
        except Exception as error:  # noqa: BLE001 - told, not swallowed
            figures.faults.append(f"{type(error).__name__}: {error}"[:200])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- watching -------------------------------------------------------------------------------------------
@contextmanager
def watched(clocks: Clocks, chance: random.Random) -> Iterator[None]:
    """It is known when each body was about to be committed, and there is a moment between reading and signing."""
    draft, stored, rests = sealing._draft, sealing._stored, random.Random(chance.random())

    def drafted(*arguments):
        found = draft(*arguments)
        time.sleep(rests.uniform(0, 0.008))
        return found

    def kept(head, signed):
        page = stored(head, signed)
        at = time.monotonic()
        for entry in pages.entries_of(pages.unframed(signed.content)):
            if entry.body is not None:
                clocks.sealed[entry.entity.partition(":")[2]] = at
        return page

    with mock.patch.object(sealing, "_draft", drafted), mock.patch.object(sealing, "_stored", kept):
        yield


@contextmanager
def following(nodes: Mapping[str, TestNode]) -> Iterator[None]:
    """Another process follows the feeds of 44 at 50 without a pause, and serves them itself."""
    for node in nodes.values():
        node.connection.close()
    fork = multiprocessing.get_context("fork")
    stop = fork.Event()
    process = fork.Process(target=_follow, args=(nodes, stop), daemon=True)
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(30)
        if process.is_alive():
            process.kill()


def _follow(nodes: Mapping[str, TestNode], stop) -> None:
    for node in nodes.values():
        node.connection = connection_to(node.database)
    while not stop.is_set():
        pull_all(nodes["50"], "44")
        time.sleep(0.005)


def _rows(node: TestNode, entity: str) -> int:
    """In how many places the peer's database has something of an entity."""
    return _asked(
        node,
        "SELECT (SELECT count(*) FROM consents_extract WHERE id = %s)"
        " + (SELECT count(*) FROM sharing_entryplace WHERE entity = %s)"
        " + (SELECT count(*) FROM sharing_setasideentry WHERE entity = %s AND body <> '')",
        [entity] * 3,
    )


def _at_end(node: TestNode) -> bool:
    """Whether the peer has applied everything that stands sealed here."""
    newest = _head().no
    applied = _asked(
        node,
        "SELECT no FROM sharing_cursor JOIN sharing_feed ON sharing_feed.id = feed_id"
        " WHERE resource = %s AND audience = %s AND owner = %s",
        [EXTRACTS, FEED.audience, HOME],
    )
    return applied >= newest


def _asked(node: TestNode, statement: str, params: list):
    with node.connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def _until(is_so: Callable[[], bool]) -> bool:
    """Whether it came to be so within the time that a peer may take."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.01)
    return False


# --- broken on purpose ------------------------------------------------------------------------------------
def reading_without_the_lock():
    return mock.patch.object(sealing, "hold_writers", return_value=None)


def bodies_left_in_pages():
    return mock.patch.object(blanking, "blank", return_value=0)
