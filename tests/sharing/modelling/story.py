"""One seed's story: random steps at three nodes with faults between them, then quiet, then the judgement."""

import fcntl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from unittest import mock

from django.db import transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from sojourn.core.clock import now
from sojourn.sharing.models import Cursor, Feed, Peer, RegistryEdition
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.services import (
    care,
    holding,
    membership,
    pinging,
    pulling,
    recovering,
    sealing,
    withdrawing,
)
from sojourn.sharing.states import FeedState
from sojourn.sharing.vault import Vault
from tests.sharing.modelling.invariants import HEADS, broken, kept_pages
from tests.sharing.modelling.recording import Change, Name, Record, Row, rows_at
from tests.sharing.modelling.wire import Wires
from tests.sharing.modelling.world import Killed, World
from tests.sharing.modelling.writes import Writer

FLOCK = fcntl.flock
DAY = timedelta(days=1)
ROUND = timedelta(seconds=60)
ROUNDS = 10  # I16: ten minutes after the last fault


@dataclass
class Held:
    """An open transaction of some other program at a node."""

    node: str
    connection: DatabaseWrapper
    atomic: transaction.Atomic
    began: int
    touched: list[str]


@dataclass
class Kept:
    """A copy of a node's database, and what was on record when it was made."""

    copy: str
    position: int
    standing: dict[Name, Row]
    heads: dict[FeedName, int]


@dataclass
class Story:
    """Steps drawn from a seed; ``complaints`` holds every promise found broken on the way and at the end."""

    world: World
    seed: int
    steps: int = 30
    trouble: float = 0.25
    restores: bool = True
    small_pages: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.record = Record(self.world)
        self.wires = Wires(self.world, self.random)
        self.held: list[Held] = []
        self.kept: dict[str, Kept] = {}
        self.lost: list[Change] = []
        self.highest: dict[tuple[str, str, str], tuple[int, int]] = {}
        self.editions: dict[str, int] = {}

    # --- the whole --------------------------------------------------------------------------------
    def told(self) -> list[str]:
        """Every promise that this story breaks; empty where all hold."""
        limit = self.random.choice([3, 7]) if self.small_pages else pages.MOST_ENTRIES
        self.world.begin()
        with (
            mock.patch.object(pages, "MOST_ENTRIES", limit),
            mock.patch("django.utils.timezone.now", side_effect=now),
            mock.patch("sojourn.sharing.tasks.pull.apply_async"),
        ):
            try:
                self._go()
            finally:
                for name in self.world.nodes:
                    abandon(self, name)
            return self.record.complaints + broken(self)

    def figures(self) -> dict[str, int | dict[str, int]]:
        """How much there was in this story."""
        pages_sealed = sum(
            self.world.rows(name, "SELECT coalesce(sum(no), 0)::int FROM sharing_feedhead")[0][0]
            for name in self.world.nodes
        )
        return {
            "changes": len(self.record.changes),
            "pages": pages_sealed,
            "steps": self.counts,
            "faults": self.wires.counts,
        }

    def _go(self) -> None:
        self._begin()
        self.wires.trouble = self.trouble
        for _ in range(self.steps):
            self._step()
        self.wires.trouble = 0.0
        self._calm()

    def _begin(self) -> None:
        for name in self.world.nodes:
            for _ in range(8):
                self.write(name)

    def _step(self) -> None:
        weights = STEPS | DRILL if self.seed % 5 == 4 else STEPS
        (step,) = self.random.choices(list(weights), weights=list(weights.values()))
        name = self.random.choice(list(self.world.nodes))
        self.world.at += timedelta(seconds=self.random.randint(1, 90))
        self.counts[step.__name__] = self.counts.get(step.__name__, 0) + 1
        step(self, name)
        self._look(name)

    def _calm(self) -> None:
        """The faults are over: clocks are right, transactions end, stops are released, and all goes its way."""
        self.world.skew = {}
        while self.held:
            end_open(self, self.held[0].node)
        for _ in range(ROUNDS):
            self.world.at += ROUND
            if not sum([self._round(name) for name in self.world.nodes]):
                break

    def _round(self, name: str) -> bool:
        """What a node's jobs do in a minute; whether anything moved, or somebody was not asked."""
        with self.world.work(name):
            stopped = list(Cursor.objects.filter(state=FeedState.INTEGRITY_STOP).values_list("pk", flat=True))
            for feed_id in stopped:
                holding.hold_feed(feed_id=feed_id, verb="release", reason="")
            look_after_all(self.wires.reach)
            fresh = seal_all()
            moved = len(fresh)
            pinging.ping_peers(feeds=fresh, reach=self.wires.reach)
            asked = pulling.peers_due()
            for peer in asked:
                moved += pulling.pull_from(node=peer, reach=self.wires.reach)
            answered = Peer.objects.filter(failures=0).count()
        self.record.note(name)
        self._look(name)
        return bool(moved or stopped) or len(asked) < answered or answered < len(self.world.nodes) - 1

    def _look(self, name: str) -> None:
        """What a node holds of others never grows older, nor does its registry (I9, I18)."""
        for key, row in rows_at(self.world, name).items():
            place = (name, *key)
            if row.owner not in self.world.nodes[name].members and row.at < self.highest.get(place, (0, 0)):
                self.record.complaints.append(f"I9 {place} fell to {row.at}")
            self.highest[place] = row.at
        [(edition,)] = self.world.rows(name, "SELECT max(edition) FROM sharing_registryedition")
        if edition < self.editions.get(name, 0):
            self.record.complaints.append(f"I18 registry of {name} fell to {edition}")
        self.editions[name] = edition

    # --- steps ------------------------------------------------------------------------------------
    def writer(self, name: str) -> Writer:
        busy = {entity for held in self.held if held.node == name for entity in held.touched}
        return Writer(self.random, self.world.nodes[name].members, self.record.standing.get(name, {}), busy)

    def write(self, name: str, connection: DatabaseWrapper | None = None) -> None:
        with self.world.work(name, connection):
            self.writer(name).write()
        self.record.note(name)

    def watched(self, name: str, at: int, act: Callable[[], None]):
        """``act`` happens once, before the so-many-th statement of a node's connection from now on."""
        left = iter(range(at, -1, -1))

        def wrapper(execute, sql, params, many, context):
            if next(left, -1) == 0:
                act()
            return execute(sql, params, many, context)

        return self.world.nodes[name].connection.execute_wrapper(wrapper)


def seal_all() -> list[int]:
    """The feeds that have a new page now."""
    return [feed for feed in sealing.unsealed_feeds() if sealing.seal_feed(feed_id=feed)]


def look_after_all(reach: pulling.Connect) -> None:
    membership.load_registry()
    membership.open_feeds()
    recovering.find_restored()
    recovering.recover_feeds(reach=reach)
    care.retry_waiting()
    withdrawing.erase_withdrawn()
    care.tidy()


def write(story: Story, name: str) -> None:
    for _ in range(story.random.randint(1, 4)):
        story.write(name)


def regret(story: Story, name: str) -> None:
    with story.world.work(name):
        story.writer(name).write_and_regret()
    story.record.note(name)


def open_transaction(story: Story, name: str) -> None:
    """A transaction begins that will commit late, or never."""
    connection = story.world.connect(name)
    with story.world.work(name, connection):
        atomic = transaction.atomic()
        atomic.__enter__()
        touched = story.writer(name).hold()
    story.record.tick += 1
    story.held.append(Held(name, connection, atomic, story.record.tick, touched))


def end_open(story: Story, name: str) -> None:
    """The oldest open transaction of a node commits."""
    for held in [each for each in story.held if each.node == name][:1]:
        story.held.remove(held)
        with story.world.work(name, held.connection):
            held.atomic.__exit__(None, None, None)
        held.connection.close()
        story.record.note(name, began=held.began)


def abandon(story: Story, name: str) -> None:
    """The open transactions of a node are lost with their programs."""
    for held in [each for each in story.held if each.node == name]:
        story.held.remove(held)
        held.connection.connection.close()
        held.connection.connection = None


def seal(story: Story, name: str) -> None:
    with story.world.work(name):
        seal_all()


def seal_while_others_write(story: Story, name: str) -> None:
    """Between two statements of the sealer somebody commits a change."""
    at = story.random.randint(0, 8)
    with story.world.second(name) as other, story.world.work(name):

        def write_two() -> None:
            for _ in range(2):
                story.write(name, other)

        with story.watched(name, at, write_two):
            seal_all()


def seal_twice_at_once(story: Story, name: str) -> None:
    """Between two statements of a sealer another one comes."""
    at = story.random.randint(0, 8)
    with story.world.second(name) as other, story.world.work(name):

        def seal_too() -> None:
            with story.world.work(name, other), mock.patch("fcntl.flock", side_effect=_refuse_to_wait):
                seal_all()

        with story.watched(name, at, seal_too):
            seal_all()


def _refuse_to_wait(lock, how: int) -> None:
    FLOCK(lock, how | fcntl.LOCK_NB)


def die_after_signing(story: Story, name: str) -> None:
    """The sealer dies between its signature and its commit."""
    with story.world.work(name), mock.patch.object(sealing, "_stored", side_effect=Killed):
        try:
            seal_all()
        except Killed:
            story.world.restart(name)


def pull(story: Story, name: str) -> None:
    with story.world.work(name):
        for peer in pulling.peers_due():
            pulling.pull_from(node=peer, reach=story.wires.reach)


def poke_and_pull(story: Story, name: str) -> None:
    other = story.random.choice([each for each in story.world.nodes if each != name])
    with story.world.work(name):
        pulling.poke(other)
        pulling.pull_from(node=other, reach=story.wires.reach)


def pull_while_others_write(story: Story, name: str) -> None:
    at = story.random.randint(0, 60)
    with (
        story.world.second(name) as other,
        story.world.work(name),
        story.watched(name, at, lambda: story.write(name, other)),
    ):
        for peer in pulling.peers_due():
            pulling.pull_from(node=peer, reach=story.wires.reach)


def die_while_pulling(story: Story, name: str) -> None:
    """The worker dies somewhere in the middle of a pull."""

    def die() -> None:
        raise Killed

    at = story.random.randint(0, 120)
    with story.world.work(name):
        try:
            with story.watched(name, at, die):
                for peer in pulling.peers_due():
                    pulling.pull_from(node=peer, reach=story.wires.reach)
        except Killed:
            story.world.restart(name)


def ping(story: Story, name: str) -> None:
    with story.world.work(name):
        own = Feed.objects.filter(is_own=True).values_list("pk", flat=True)
        pinging.ping_peers(feeds=story.random.sample(sorted(own), 2), reach=story.wires.reach)


def look_after(story: Story, name: str) -> None:
    with story.world.work(name):
        look_after_all(story.wires.reach)


def restart(story: Story, name: str) -> None:
    abandon(story, name)
    story.world.restart(name)


def change_clock(story: Story, name: str) -> None:
    """A node's clock is a day wrong, or right again."""
    story.world.skew[name] = story.random.choice([-DAY, timedelta(), timedelta(), DAY])


def rotate_key(story: Story, name: str) -> None:
    story.world.rotate(name, story.random.choice(story.world.nodes[name].members))


def show_older_registry(story: Story, name: str) -> None:
    """Somebody shows an edition from before."""
    with story.world.work(name):
        oldest = RegistryEdition.objects.order_by("edition").first()
        if oldest is not None:
            text = bytes(oldest.document) + b"\n" + bytes(oldest.signatures)
            try:
                membership.take_registry(text)
            except Refused:
                story.wires.count("older_registry_refused")


def keep_copy(story: Story, name: str) -> None:
    """A backup is made."""
    if story.restores:
        abandon(story, name)
        standing = dict(story.record.standing.get(name, {}))
        story.kept[name] = Kept(
            story.world.keep_copy(name), len(story.record.changes), standing, heads_of(story, name)
        )


def heads_of(story: Story, name: str) -> dict[FeedName, int]:
    """How far each own feed of a node is sealed in its database."""
    return {FeedName(*feed): no for *feed, _, no, _, _ in story.world.rows(name, HEADS)}


def signed_by(story: Story, name: str) -> dict[FeedName, int]:
    """How far each own feed of a node is signed, by its vault."""
    found = {}
    for feed in heads_of(story, name):
        with Vault(story.world.nodes[name].vault).feed(feed) as watermark:
            last = watermark.last()
        found[feed] = last.no if last else 0
    return found


def can_come_back(story: Story, name: str, kept: Kept) -> bool:
    """Whether every page signed since the backup lies at some peer or is the vault's last, and no peer needs help.

    Where a page is lost everywhere, two people decide on a new epoch: no matter for a story of machines.
    """
    others = [each for each in story.world.nodes if each != name]
    if any(heads_of(story, other) != signed_by(story, other) for other in others):
        return False
    for feed, signed in signed_by(story, name).items():
        held = [
            page.at[1] for other in others for page in kept_pages(story.world, other) if page.feed == feed
        ]
        if max([kept.heads.get(feed, 0), *held]) < signed - 1:
            return False
    return True


def restore(story: Story, name: str) -> None:
    """The last backup of some node is put back in place of its database."""
    if not story.kept:
        return
    name = name if name in story.kept else story.random.choice(sorted(story.kept))
    kept = story.kept[name]
    if not can_come_back(story, name, kept):
        return
    abandon(story, name)
    story.world.put_back(name, kept.copy)
    story.lost += story.record.forget_after(name, kept.position, kept.standing)
    story.highest = {key: at for key, at in story.highest.items() if key[0] != name}
    story.editions.pop(name, None)
    trouble, story.wires.trouble = story.wires.trouble, 0.0
    look_after(story, name)  # a node that was put back recovers before it serves
    story.wires.trouble = trouble
    story.record.note(name)
    story.counts["restored"] = story.counts.get("restored", 0) + 1


STEPS = {
    write: 36,
    regret: 3,
    open_transaction: 4,
    end_open: 4,
    seal: 12,
    seal_while_others_write: 6,
    seal_twice_at_once: 3,
    die_after_signing: 4,
    pull: 8,
    poke_and_pull: 14,
    pull_while_others_write: 4,
    die_while_pulling: 5,
    ping: 3,
    look_after: 4,
    restart: 2,
    change_clock: 2,
    rotate_key: 2,
    show_older_registry: 1,
    keep_copy: 4,
    restore: 4,
}
# Every fifth story is full of backups that are put back.
DRILL = {keep_copy: 14, restore: 18}
