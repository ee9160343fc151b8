"""The stories that the kills cut short: one page sealed, one page applied, with all that can befall an entry."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from providers.facilities.models import Facility
from providers.facilities.reports import FeatureAnswers
from providers.facilities.services import registering, reporting
from providers.facilities.states import Answer
from sojourn.core.actors import SYSTEM
from sojourn.sharing.models import Cursor, Feed
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName, entries_of
from sojourn.sharing.protocol.verifying import Place, verified
from sojourn.sharing.services import applying, care, pulling, sealing
from sojourn.sharing.services.membership import live_registry
from sojourn.sharing.vault import Vault
from tests.sharing.modelling.invariants import CURSORS, kept_pages
from tests.sharing.modelling.kills import die, dying_on_disk
from tests.sharing.modelling.recording import rows_at
from tests.sharing.modelling.wire import Wires
from tests.sharing.modelling.world import Killed, World

FACILITIES = FeedName("440000", "facilities", "all")
OPERATORS = FeedName("440000", "operators", "all")
CREDIT_CODE = "91440101MA59A1B2XT"
ASIDE = """
    SELECT f.owner, f.resource, s.page_no, s.entity::text, s.epoch, s.version, s.state, s.reason, s.detail,
        s.missing::text, convert_from(s.body, 'UTF8')
    FROM sharing_setasideentry AS s JOIN sharing_feed AS f ON f.id = s.feed_id ORDER BY s.id
"""
WITHDRAWN = "SELECT resource, entity::text, owner, epoch, version FROM sharing_withdrawal ORDER BY entity"
UNSEALED = "SELECT count(*) FROM sharing_marker WHERE feed_id = %s"


def feed_id(name: FeedName) -> int:
    return Feed.objects.named(name.owner, name.resource, name.audience).get().pk


def deaths(cut: Callable[..., bool], *, every: int = 1) -> int:
    """How often the story was cut short: before and after each of its statements, or each so-manieth of them."""
    died = 0
    for at in count(0, every):
        here = cut(at, after=False) + cut(at, after=True)
        if not here:
            return died
        died += here
    return died


def picture(world: World, node: str) -> dict[str, Any]:
    """All that a follower holds: rows, what is set aside or withdrawn, cursors, pages and their counts."""
    followed = [page for page in kept_pages(world, node) if page.feed.owner not in world.nodes[node].members]
    return {
        "rows": rows_at(world, node),
        "aside": world.rows(node, ASIDE),
        "withdrawn": world.rows(node, WITHDRAWN),
        "cursors": sorted(world.rows(node, CURSORS)),
        "pages": [(page.feed, page.at, page.digest, page.counted) for page in followed],
    }


# --- what there is to seal --------------------------------------------------------------------------
def new_facilities(number: int, **more: Any) -> list[Facility]:
    rows = [registering.NewFacility(f"击杀院{more}{at}", "440106", **more) for at in range(number)]
    return registering.register_facilities(rows=rows, actor=SYSTEM)


def report(facility: UUID, **answers: str) -> None:
    told = FeatureAnswers(
        {code: Answer(said) for code, said in answers.items()}, date(2026, 9, 1), "机构自报"
    )
    reporting.report_features(facility_id=facility, report=told, actor=SYSTEM)


def delete(table: str, entity: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [entity])


@dataclass
class Sealing:
    """A feed with changes of every kind waits for its next page; a sealer dies at it."""

    world: World
    node: str = "44"

    def __post_init__(self) -> None:
        self.world.begin()
        with self.world.work(self.node):
            gone, kept = new_facilities(2)
            report(kept.pk, lift="yes")
            sealing.seal_feed(feed_id=feed_id(FACILITIES))
        with self.world.work(self.node):
            report(kept.pk, lift="no", trial_stay="yes")
            delete("facilities_facility", gone.pk)
            self.fresh = new_facilities(3, is_sample=True)
            self.gone, self.kept = gone, kept
            self.feed = feed_id(FACILITIES)
        self.copy = self.world.keep_copy(self.node)
        self.folder = self.world.nodes[self.node].vault / "watermarks"
        self.safe = self.folder.with_name("kept")
        shutil.rmtree(self.safe, ignore_errors=True)
        shutil.copytree(self.folder, self.safe)

    def killed_at(self, at: int, *, after: bool) -> bool:
        """Whether the sealer died; afterwards another seals, and what stands is right."""
        self._again()
        told = die(self.world, self.node, self._seal, at, after=after)
        self._finish()
        return told.is_done

    def killed_on_disk_at(self, at: int, *, after: bool) -> bool:
        self._again()
        died = False
        with self.world.work(self.node), dying_on_disk(at, after=after):
            try:
                self._seal()
            except Killed:
                died = True
        self.world.restart(self.node)
        self._finish()
        return died

    def _again(self) -> None:
        self.world.put_back(self.node, self.copy)
        shutil.rmtree(self.folder)
        shutil.copytree(self.safe, self.folder)

    def _seal(self) -> None:
        sealing.seal_page(feed_id=self.feed)

    def _finish(self) -> None:
        with self.world.work(self.node):
            sealing.seal_feed(feed_id=self.feed)
            report(self.kept.pk, lift="unknown")
            sealing.seal_feed(feed_id=self.feed)
        self._judge()

    def _judge(self) -> None:
        """Three pages, numbered and chained, the second with five entities once, nothing left over."""
        kept = [page for page in kept_pages(self.world, self.node) if page.feed == FACILITIES]
        found = [page.at for page in kept]
        assert found == [(1, 1), (1, 2), (1, 3)], found
        assert kept[1].framed.header.previous == kept[0].digest
        assert kept[2].framed.header.previous == kept[1].digest
        shown = entities_of(kept[1])
        assert sorted(shown) == sorted([*(f.pk for f in self.fresh), self.gone.pk, self.kept.pk])
        assert self.world.rows(self.node, UNSEALED, self.feed) == [(0,)]
        with Vault(self.world.nodes[self.node].vault).feed(FACILITIES) as watermark:
            last = watermark.last()
        assert last is not None
        assert (last.no, last.digest) == (3, kept[2].digest)


def entities_of(page) -> list[UUID]:
    return [UUID(entry.entity.partition(":")[2]) for entry in entries_of(page.framed)]


# --- what there is to apply -------------------------------------------------------------------------
@dataclass
class Applying:
    """Pages with every fate an entry can have wait at one node; the other's worker dies while it applies one.

    A facility comes before its operator and waits for it; an operator's credit code is another's here; one
    operator is withdrawn with the facility that belonged to it; parts come, change and go.
    """

    world: World
    owner: str = "44"
    follower: str = "50"

    def __post_init__(self) -> None:
        self.world.begin()
        self.wires = Wires(self.world, Random(0))
        self._first_pages()
        self._next_pages()
        self.copy = self.world.keep_copy(self.follower)
        self.steps = self._steps()
        self.expected = self._undisturbed()

    def _first_pages(self) -> None:
        with self.world.work(self.follower):
            registering.register_operator(
                name="同码公司", division_code="500103", credit_code=CREDIT_CODE, actor=SYSTEM
            )
        with self.world.work(self.owner):
            self.leaving = registering.register_operator(
                name="将撤公司", division_code="440106", actor=SYSTEM
            )
            self.theirs, self.plain = new_facilities(1, operator_id=self.leaving.pk) + new_facilities(1)
            report(self.plain.pk, lift="yes", trial_stay="no")
            self._seal()
        self._pull()

    def _next_pages(self) -> None:
        with self.world.work(self.owner):
            late = registering.register_operator(name="迟到公司", division_code="440106", actor=SYSTEM)
            new_facilities(2, operator_id=late.pk)
            report(self.plain.pk, lift="no", couples_room="yes")
            Facility.objects.filter(pk=self.theirs.pk).update(operator=None)
            delete("facilities_operator", self.leaving.pk)
            names = [registering.NewOperator(f"寻常公司{at}", "440106") for at in range(12)]
            registering.register_operators(rows=names, actor=SYSTEM)
            registering.register_operator(
                name="异地同码公司", division_code="440106", credit_code=CREDIT_CODE, actor=SYSTEM
            )
            self._seal()
            delete("facilities_facility", new_facilities(1, is_sample=True)[0].pk)
            self._seal()

    def _seal(self) -> None:
        for name in (OPERATORS, FACILITIES):
            sealing.seal_feed(feed_id=feed_id(name))

    def _pull(self) -> None:
        self.world.at += timedelta(minutes=10)
        with self.world.work(self.follower):
            pulling.pull_from(node=self.owner, reach=self.wires.reach)

    def _steps(self) -> list[tuple[FeedName, bytes]]:
        """The pages in the order in which they come: the facilities' first, so that they must wait."""
        kept = [page for page in kept_pages(self.world, self.owner) if page.at > (1, 1)]
        ordered = sorted(kept, key=lambda page: (page.feed.resource, page.at))
        names = (FACILITIES, OPERATORS)
        return [
            (page.feed, b"\n".join((b"sojourn-page 1", page.header, page.signature, page.packed)))
            for page in ordered
            if page.feed in names
        ]

    def _undisturbed(self) -> dict[str, Any]:
        with self.world.work(self.follower):
            for _ in self.steps:
                self._apply_next()
            self._tidy()
        return picture(self.world, self.follower)

    def _apply_next(self) -> None:
        """The first page that is not applied yet takes effect."""
        for name, content in self.steps:
            cursor = Cursor.objects.select_related("feed").get(pk=feed_id(name))
            page = verified_if_next(content, cursor)
            if page is not None:
                applying.apply_page(feed_id=cursor.pk, page=page)
                return

    def _tidy(self) -> None:
        care.retry_waiting()

    def killed_at(self, at: int, *, after: bool) -> bool:
        """Whether the worker died; afterwards another goes on, and all is as if nobody had."""
        self.world.put_back(self.follower, self.copy)
        told = die(self.world, self.follower, self._all, at, after=after)
        with self.world.work(self.follower):
            self._all()
        found = picture(self.world, self.follower)
        for part, expected in self.expected.items():
            assert found[part] == expected, (at, after, part)
        return told.is_done

    def applied_again(self) -> bool:
        """Whether all pages once more change nothing at all (I8)."""
        with self.world.work(self.follower):
            self._all()
            before = picture(self.world, self.follower)
            for name, content in self.steps:
                header = pages.unframed(content).header
                after = Place(name, header.epoch, header.no - 1, header.previous)
                page = verified(content, after=after, registry=live_registry())
                assert applying.apply_page(feed_id=feed_id(name), page=page) is None
        return picture(self.world, self.follower) == before

    def first(self, words: str) -> int:
        """Which statement of an undisturbed worker is the first that holds these words."""
        self.world.put_back(self.follower, self.copy)
        told = die(self.world, self.follower, self._all, -1, after=False)
        return next(at for at, statement in enumerate(told.statements) if words in statement)

    def _all(self) -> None:
        for _ in self.steps:
            self._apply_next()
        self._tidy()


def verified_if_next(content: bytes, cursor: Cursor):
    registry = live_registry()
    header = pages.unframed(content).header
    return verified(content, after=cursor.place, registry=registry) if header.no == cursor.no + 1 else None
