"""The next pages are fetched and verified beside, while the one before them is written."""

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.db import connection

from providers.facilities.models import Operator
from sojourn.core.clock import now
from sojourn.sharing import tasks
from sojourn.sharing.models import Alarm, Peer
from sojourn.sharing.protocol import pages, strict
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.verifying import Place, verified
from sojourn.sharing.services import ahead, pulling
from sojourn.sharing.services.ahead import Ahead, Shelf
from sojourn.sharing.services.membership import beat_hearts, live_registry
from sojourn.sharing.services.snapshots import begin_anew, make_snapshot
from sojourn.sharing.states import FeedState
from tests.factories.facilities import OperatorFactory
from tests.sharing.exchange import cursor_of, feed_of, seal_all
from tests.sharing.feeding import HEARTBEATS, OPERATORS, Stub, cursor_at, page_of

PAGES = 4


@dataclass
class Watched(Stub):
    """A peer of whom is known which thread asked it for which page."""

    def __post_init__(self):
        self.calls = []

    def pages(self, after):
        self.noted([place.no for place in after])
        return super().pages(after)

    def page(self, feed, epoch, no):
        self.noted(no)
        return super().page(feed, epoch, no)

    def snapshot_piece(self, feed, epoch, no, piece):
        self.noted(piece)
        return super().snapshot_piece(feed, epoch, no, piece)

    def noted(self, no):
        self.calls.append((no, threading.current_thread() is threading.main_thread()))


@pytest.fixture
def given(network):
    with network["44"]:
        for _ in range(PAGES):
            OperatorFactory(division_id="440106")
            seal_all()
    return {(OPERATORS, no): page_of(network["44"], OPERATORS, no) for no in range(1, PAGES + 1)}


def pulled(stub, head=PAGES, *, beside=None):
    cursor_at(OPERATORS).update(head_no=head)
    Peer.objects.filter(node="44").update(next_poll_at=now(), leased_until=None, failures=0)
    with ThreadPoolExecutor(max_workers=1) as one:
        return pulling.pull_from(node="44", reach=lambda _peer: stub, beside=beside or one)


def test_all_answers_but_the_first_are_fetched_beside_and_their_pages_applied_in_order(network, given):
    stub = Watched(given, together=2)
    with network["50"]:
        assert pulled(stub) == PAGES

        assert cursor_of("operators").no == PAGES
        assert Operator.objects.count() == PAGES
    assert stub.calls == [([0], True), ([2], False)]


@dataclass
class AtOnce(Executor):
    """Somebody beside us who has done what he is given before anything else happens."""

    told: list[str] = field(default_factory=list)
    is_busy: bool = False

    def submit(self, work, /, *args, **kwargs):
        self.is_busy, done = True, Future()
        done.set_result(work(*args, **kwargs))
        self.is_busy = False
        return done


def test_the_next_page_is_verified_beside_once_the_one_before_it_is_being_written(
    network, given, monkeypatch
):
    beside = AtOnce()

    def noting(page, *, after, registry):
        beside.told.append(f"{'beside' if beside.is_busy else 'here'} {after.no + 1}")
        return verified(page, after=after, registry=registry)

    def statement(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO") and "facilities_operator" in sql:
            beside.told.append("written")
        return execute(sql, params, many, context)

    monkeypatch.setattr(ahead, "verified", noting)
    with network["50"], connection.execute_wrapper(statement):
        assert pulled(Stub(given), beside=beside) == PAGES

    assert beside.told == [
        "here 1",
        "written",
        "beside 2",
        "written",
        "beside 3",
        "written",
        "beside 4",
        "written",
    ]


def test_a_page_is_verified_here_where_nobody_beside_has_come_to_it(network, given):
    """An answer that is slow to come keeps the only one beside us busy."""
    is_over = threading.Event()
    with network["50"], ThreadPoolExecutor(max_workers=1) as beside:
        busy = beside.submit(is_over.wait, 60)
        try:
            assert pulled(Stub(given), beside=beside) == PAGES
            assert not busy.done()
        finally:
            is_over.set()


def test_a_turn_has_two_beside_it_so_that_a_slow_answer_does_not_keep_a_page_waiting(monkeypatch):
    both_are_at_work = threading.Barrier(2, timeout=20)

    def turn(*, node, beside):
        slow, page = (beside.submit(both_are_at_work.wait) for _ in range(2))
        assert sorted((slow.result(), page.result())) == [0, 1]
        taken.append(node)

    taken: list[str] = []
    monkeypatch.setattr(pulling, "pull_from", turn)

    tasks.pull("44")

    assert taken == ["44"]


def test_a_page_that_an_answer_holds_twice_is_one(network, given):
    with network["50"]:
        start, members = cursor_of("operators").place, live_registry()
    first, second = given[OPERATORS, 1], given[OPERATORS, 2]

    shelf = Shelf([first, second, first], [start], members)

    end = Place(start.feed, start.epoch, 2, pages.unframed(second).digest)
    assert end not in shelf
    assert shelf.end_of(start) == end


def test_pages_of_many_feeds_come_in_one_answer(network, given):
    with network["44"]:
        beat_hearts()
        seal_all()
    given[HEARTBEATS, 1] = page_of(network["44"], HEARTBEATS, 1)
    stub = Watched(given)
    with network["50"]:
        cursor_at(HEARTBEATS).update(head_no=1)

        assert pulled(stub) == PAGES + 1

        assert (cursor_of("operators").no, cursor_of("heartbeats").no) == (PAGES, 1)
    assert len(stub.calls) == 1


def test_a_node_that_gives_no_pages_together_is_asked_for_them_one_by_one(network, given):
    stub = Watched(given, together=0)
    with network["50"]:
        assert pulled(stub) == PAGES

        assert cursor_of("operators").no == PAGES
    assert stub.asked == PAGES


def test_a_spoilt_page_fetched_beside_is_asked_for_twice_more_and_stops_the_feed_once(network, given):
    given[OPERATORS, 3] = given[OPERATORS, 2]
    stub = Watched(given)

    with network["50"]:
        assert pulled(stub) == 2

        cursor = cursor_of("operators")
        assert (cursor.no, cursor.state) == (2, FeedState.INTEGRITY_STOP)
        assert [alarm.reason for alarm in Alarm.objects.filter(subject=OPERATORS)] == ["wrong_number"]
    assert stub.calls[-2:] == [(3, True), (3, True)]


def test_all_pieces_of_a_snapshot_but_the_first_are_fetched_beside(network, monkeypatch):
    monkeypatch.setattr(pages, "MOST_ENTRIES", 2)
    with network["44"]:
        made = {OperatorFactory(division_id="440106").pk for _ in range(5)}
        seal_all()
        snapshot = make_snapshot(feed_id=feed_of("operators").pk)
        pieces = [bytes(piece.packed) for piece in snapshot.pieces.order_by("no")]
        signed = strict.read(bytes(snapshot.signature))
        signature = Signature(signed["suite"], signed["key"], bytes.fromhex(signed["value"]))
        stub = Watched({}, whole=(bytes(snapshot.document), signature), pieces=pieces)
    with network["50"]:
        begin_anew(feed_id=feed_of("operators").pk, reason="epoch")

        pulled(stub, head=len(pieces))

        assert set(Operator.objects.values_list("pk", flat=True)) == made
    assert stub.calls == [(0, True), (1, False), (2, False)]


def test_what_was_fetched_for_another_place_is_not_taken():
    with ThreadPoolExecutor(max_workers=1) as beside:
        answers = Ahead(beside)
        answers.want("here", lambda: "page")

        assert answers.take("there") is None
        assert answers.take("here") is None


def test_a_fault_of_ours_beside_is_not_forgotten():
    def broken():
        raise RuntimeError("ours")

    with ThreadPoolExecutor(max_workers=1) as beside:
        answers = Ahead(beside)
        answers.want("here", broken)

        with pytest.raises(RuntimeError, match="ours"):
            answers.take("here")
