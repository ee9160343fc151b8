"""What the feeds cost: marking, sealing, verifying and applying, beside PostgreSQL's own upsert of the same rows."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle

import pytest
from django.db import connection, transaction

from providers.designation.models import Scheme
from providers.facilities import naming
from providers.facilities.models import Operator
from sojourn.core.clock import now
from sojourn.core.copying import copy_in
from sojourn.core.ids import uuid7
from sojourn.core.models import Versioned
from sojourn.core.ownership import APPLYING
from sojourn.sharing.models import Cursor, Feed, Page, Peer
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.protocol.verifying import verified
from sojourn.sharing.services import pulling
from sojourn.sharing.services.membership import live_registry
from sojourn.sharing.services.sealing import seal_feed
from tests.bench.measure import machine, table, write_section
from tests.sharing.conftest import first_network, network  # noqa: F401 - fixtures
from tests.sharing.feeding import Stub

ROWS, ROUNDS, LOTS, SINGLES = 10_000, 7, 12, 40
OWNER = "440000"
RIVAL = "PostgreSQL's own upsert from staging"
CHANGED, UNCHANGED = "verify and apply, every row changed", "verify and apply, nothing changed"
SEAL, SEAL_CORE = "seal", "seal, without waiting for PostgreSQL and the disk"
VERIFY, SIGN = "verify alone", "signatures, of sealing, verifying and applying"
BULK, SINGLE = "bulk update, marked / not marked", "single-row transaction, marked / not marked"


@dataclass
class Lane:
    """One resource under measurement: a lean table, or one with the search's indexes."""

    resource: str
    model: type[Versioned]
    column: str
    words: Iterator[str]
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def took(self, case: str, work: Callable[[], object], *, core: str = "") -> None:
        """``core`` names the case under which the time of our own process on its core is kept, without its waits."""
        started, busy = time.perf_counter(), time.process_time()
        work()
        self.seconds.setdefault(case, []).append(time.perf_counter() - started)
        if core:
            self.seconds.setdefault(core, []).append(time.process_time() - busy)

    def rate(self, case: str) -> float:
        return ROWS / statistics.median(self.seconds[case])

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@contextmanager
def counted(lane: Lane) -> Iterator[None]:
    """Seconds spent in signing and verifying signatures while the block runs."""
    spent, suite = [0.0], SUITES["ed25519"]
    sign, verify = suite.sign_bytes, suite.verify_bytes

    def timed(work: Callable) -> Callable:
        def run(*words: bytes) -> object:
            started = time.perf_counter()
            try:
                return work(*words)
            finally:
                spent[0] += time.perf_counter() - started

        return run

    suite.sign_bytes, suite.verify_bytes = timed(sign), timed(verify)  # type: ignore[method-assign]
    try:
        yield
    finally:
        del suite.sign_bytes, suite.verify_bytes
        lane.seconds.setdefault(SIGN, []).append(spent[0])


def fill_operators(many: int = ROWS) -> None:
    names = [f"广州汀鹭养老服务有限公司{number}" for number in range(many)]
    spelt = naming.search_columns("广州汀鹭养老服务有限公司")
    columns = ("id", "owner", "number", "name", "division_id", "standing", "is_sample", *spelt)
    rows = (
        (
            uuid7(),
            OWNER,
            f"OP44-{at:06d}-X",
            name,
            "440106",
            "good",
            True,
            *(f"{v}{at}" for v in spelt.values()),
        )
        for at, name in enumerate(names)
    )
    copy_in(Operator, columns, rows)


def fill_schemes(many: int = ROWS) -> None:
    columns = ("id", "owner", "member_id", "name", "edition", "stages", "source")
    rows = (
        (uuid7(), OWNER, OWNER, f"样例评定方案{at}", "2026", '[{"code":"a","name":"自荐"}]', "样例")
        for at in range(many)
    )
    copy_in(Scheme, columns, rows)


def run(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def change_all(lane: Lane) -> None:
    run(f"UPDATE {lane.table} SET {lane.column} = %s", next(lane.words))


def bytes_of(lane: Lane, after: int) -> list[bytes]:
    kept = Page.objects.filter(feed__owner=OWNER, feed__resource=lane.resource, no__gt=after).order_by("no")
    return [
        b"\n".join((pages.FIRST_LINE, bytes(p.header), bytes(p.signature), bytes(p.packed))) for p in kept
    ]


def cursor_of(lane: Lane) -> Cursor:
    return Cursor.objects.select_related("feed").get(feed__owner=OWNER, feed__resource=lane.resource)


def follow(lane: Lane, content: list[bytes]) -> None:
    """The pages are followed as a worker does it: the next one is verified beside, while this one is written."""
    cursor = cursor_of(lane)
    stub = Stub({(str(cursor.feed), cursor.no + 1 + at): page for at, page in enumerate(content)})
    Cursor.objects.filter(pk=cursor.pk).update(head_epoch=cursor.epoch, head_no=cursor.no + len(content))
    Peer.objects.filter(node="44").update(next_poll_at=now(), leased_until=None, failures=0)
    with ThreadPoolExecutor(max_workers=1) as beside:
        assert pulling.pull_from(node="44", reach=lambda _peer: stub, beside=beside) == len(content)


def verify_only(lane: Lane, content: list[bytes]) -> None:
    place, members = cursor_of(lane).place, live_registry()
    for page in content:
        place = verified(page, after=place, registry=members).place


def stage(lane: Lane) -> None:
    run("DROP TABLE IF EXISTS stage")
    run(f"CREATE TEMP TABLE stage AS SELECT * FROM {lane.table}")
    run(f"UPDATE stage SET version = version + 1, {lane.column} = %s", next(lane.words))


def upsert(lane: Lane) -> None:
    """What PostgreSQL needs at the least for the same rows, told nothing but to store the newer ones."""
    columns = [f.column for f in lane.model._meta.concrete_fields]
    anew = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "id")
    listed = ", ".join(columns)
    with transaction.atomic():
        run("SELECT set_config(%s, 'on', true)", APPLYING)
        run(
            f"INSERT INTO {lane.table} AS t ({listed}) SELECT {listed} FROM stage ON CONFLICT (id) DO UPDATE"
            f" SET {anew} WHERE (t.epoch, t.version) < (excluded.epoch, excluded.version)"
        )


def undo(lane: Lane, before: Cursor) -> None:
    """The rival's rows are older again than the pages that come next."""
    with transaction.atomic():
        run("SELECT set_config(%s, 'on', true)", APPLYING)
        run(f"UPDATE {lane.table} SET version = version - 1")
    run(f"VACUUM {lane.table}")


def one_by_one(lane: Lane, ids: list) -> None:
    word = next(lane.words)
    for identity in ids:
        run(f"UPDATE {lane.table} SET {lane.column} = %s WHERE id = %s", word, identity)


@pytest.mark.bench
def test_feeds(network):  # noqa: F811
    gc.freeze()  # as a worker does when it begins
    lanes = [
        Lane("schemes", Scheme, "source", cycle("甲乙丙")),
        Lane("operators", Operator, "standing", cycle(("good", "barred", "focus_supervision"))),
    ]
    here, there = network["44"], network["50"]
    for node in (here, there):
        with node:
            run("SET statement_timeout = 0")
    with here:
        fill_operators()
        fill_schemes()
    for lane in lanes:
        _begin(lane, here, there)
        for _ in range(ROUNDS):
            _turn(lane, here, there)
    tell(lanes)
    for lane in lanes:
        assert lane.rate(CHANGED) / lane.rate(RIVAL) > 0


def _begin(lane: Lane, here, there) -> None:
    with here:
        seal_feed(feed_id=Feed.objects.get(owner=OWNER, resource=lane.resource).pk)
        content = bytes_of(lane, 0)
    with there:
        follow(lane, content)


def _turn(lane: Lane, here, there) -> None:
    with here:
        feed = Feed.objects.get(owner=OWNER, resource=lane.resource)
        done = Page.objects.filter(feed=feed).count()
        for name in _switched(lane):
            lane.took(f"bulk {name}", partial(change_all, lane))
        ids = list(lane.model.objects.values_list("pk", flat=True)[: SINGLES + 1])
        for _ in range(LOTS):  # in small lots by turns: the machine is not equally fast for long
            for name in _switched(lane):
                one_by_one(lane, ids[SINGLES:])  # the statement is planned anew behind a switch
                lane.took(f"single {name}", partial(one_by_one, lane, ids[:SINGLES]))
        run("DELETE FROM sharing_marker")
        change_all(lane)
        with counted(lane):
            lane.took(SEAL, lambda: seal_feed(feed_id=feed.pk), core=SEAL_CORE)
        content = bytes_of(lane, done)
    with there:
        before = cursor_of(lane)
        lane.took(VERIFY, lambda: verify_only(lane, content))
        stage(lane)
        lane.took(RIVAL, lambda: upsert(lane))
        undo(lane, before)
        with counted(lane):
            lane.took(CHANGED, lambda: follow(lane, content))
        Cursor.objects.filter(pk=before.pk).update(epoch=before.epoch, no=before.no, digest=before.digest)
        lane.took(UNCHANGED, lambda: follow(lane, content))


def _switched(lane: Lane) -> Iterator[str]:
    """The table with its marker, and without."""
    for name, switch in (("marked", "ENABLE"), ("not marked", "DISABLE")):
        run(f"ALTER TABLE {lane.table} {switch} TRIGGER {_marker(lane)}")
        yield name
    run(f"ALTER TABLE {lane.table} ENABLE TRIGGER {_marker(lane)}")


def _marker(lane: Lane) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [lane.table, "pgtrigger_mark_changed%"],
        )
        return cursor.fetchone()[0]


def tell(lanes: list[Lane]) -> None:
    rows, figures = [], {}
    for lane in lanes:
        s = {case: statistics.median(times) for case, times in lane.seconds.items()}
        signing = sum(lane.seconds[SIGN]) / (sum(lane.seconds[SEAL]) + sum(lane.seconds[CHANGED]))
        cases = [
            (SEAL, lane.rate(SEAL), "", "20,000/s"),
            (SEAL_CORE, lane.rate(SEAL_CORE), "", "20,000/s"),
            (VERIFY, lane.rate(VERIFY), "", ""),
            (RIVAL, lane.rate(RIVAL), "rival", ""),
            (CHANGED, lane.rate(CHANGED), f"{s[RIVAL] / s[CHANGED]:.2f}", "30,000/s; 0.25, aim 0.5"),
            (UNCHANGED, lane.rate(UNCHANGED), f"{s[RIVAL] / s[UNCHANGED]:.2f}", "0.25"),
        ]
        rows += [(lane.resource, name, f"{rate:,.0f}", ratio, goal) for name, rate, ratio, goal in cases]
        more = [
            (SIGN, f"{signing:.1%}", "2 %"),
            (BULK, f"{s['bulk marked'] / s['bulk not marked']:.2f}", "1.35"),
            (SINGLE, f"{s['single marked'] / s['single not marked']:.2f}", "1.10"),
        ]
        rows += [(lane.resource, name, "", value, goal) for name, value, goal in more]
        figures[lane.resource] = {**s, "signing": signing}
    lines = [
        f"{ROWS:,} entities, {ROUNDS} rounds by turns, medians; everything on one core but PostgreSQL. `schemes` is a",
        "lean table, `operators` carries the search's three trigram indexes. Commits wait for the disk. The next page is",
        f"verified beside, while PostgreSQL writes one. {machine()}",
        "",
        *table(("resource", "case", "entries/s", "ratio", "goal"), rows),
    ]
    write_section("Feeds", lines, figures)
