"""Snapshots and figures that must not be believed: refused with their reason, and no row changed."""

from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.sharing.client import PeerFailed
from sojourn.sharing.models import Alarm, Peer, Reconciliation, SetAsideEntry
from sojourn.sharing.protocol import pages, snapshots, strict
from sojourn.sharing.protocol.pages import FeedName, Signature
from sojourn.sharing.protocol.registry import MemberKey, Reach
from sojourn.sharing.protocol.snapshots import Contents, Piece
from sojourn.sharing.services import pulling, reconciling
from sojourn.sharing.services import snapshots as snapshot_services
from sojourn.sharing.services.holding import hold_feed, resume_feed
from sojourn.sharing.services.membership import live_registry
from sojourn.sharing.services.snapshots import begin_anew
from sojourn.sharing.states import FEED_FLOW, FeedState
from tests.sharing.feeding import HEARTBEATS, Stub, begun, cursor_at, page_of, rows
from tests.sharing.network import SUITE
from tests.sharing.resigning import lines_of

STRANGER = bytes([7] * 32)
FEED = FeedName("440000", "heartbeats", "all")
TAKEN = set(), "running"
REFUSED = {("key_not_valid_here", 1)}, "integrity_stop"


@pytest.fixture(scope="module")
def reader_for_all(standing_nodes):
    return begun(standing_nodes)


@pytest.fixture
def reader(reader_for_all, standing):
    return reader_for_all


@pytest.fixture
def own(standing):
    return bytes.fromhex((standing["44"].vault / "keys" / "440000-1.key").read_text())


@pytest.fixture
def lines(standing):
    """What a snapshot of the heartbeats would hold: the one of 440000."""
    return lines_of(page_of(standing["44"], HEARTBEATS, 2))


def piece_of(lines):
    digest = pages.digest_over(pages.line_digest(line) for line in lines)
    last = strict.read(lines[-1])["id"].partition(":")[2]
    return Piece(len(lines), pages.plain_size(lines), digest, last)


def contents_of(lines):
    return Contents(FEED, 1, 2, "ab" * 32, "heartbeats/1", (piece_of(lines),) if lines else ())


def signed(document, private, key="440000-1"):
    return document, Signature("ed25519", key, SUITE.sign_bytes(private, snapshots.signed_text(document)))


def with_keys(registry, *others):
    """The edition with these keys of the owner's instead of its own."""
    keys = tuple(key for key in registry.keys if key.holder != FEED.owner)
    return replace(registry, keys=(*keys, *others))


def key_for(name, private, first, last):
    reach = Reach(FEED, first, last)
    return MemberKey(name, FEED.owner, "ed25519", SUITE.public_of(private), (reach,))


def taken(reader, whole, pieces):
    """The alarms and the state after the feed was begun anew from this."""
    return taken_from(reader, Stub({}, whole=whole, pieces=pieces))


def taken_from(reader, stub):
    with reader:
        begin_anew(feed_id=cursor_at(HEARTBEATS).get().pk, reason="test")
        Peer.objects.filter(node="44").update(next_poll_at=now(), leased_until=None, failures=0)
        pulling.pull_from(node="44", reach=lambda _peer: stub)
        alarms = set(Alarm.objects.open().values_list("reason", "times")) - {("rebootstrap", 1)}
        return alarms, str(cursor_at(HEARTBEATS).get().state)


def test_an_honest_snapshot_is_taken(reader, own, lines):
    alarms, state = taken(reader, signed(contents_of(lines).spelt(), own), [pages.packed(lines)])

    assert (alarms, state) == (set(), "running")
    with reader:
        assert cursor_at(HEARTBEATS).get().no == 2


def with_facts(**other):
    return lambda contents: strict.spelt(strict.read(contents.spelt()) | other)


@pytest.mark.parametrize(
    ("spell", "reason"),
    [
        (lambda contents: contents.spelt()[:-1], "not_strict"),
        (lambda contents: b"[]", "not_strict"),
        (lambda contents: b"{}", "bad_header"),
        (with_facts(epoch="1"), "bad_header"),
        (with_facts(epoch=0), "bad_header"),
        (with_facts(epoch=True), "bad_header"),
        (with_facts(no=-1), "bad_header"),
        (with_facts(head="x"), "bad_header"),
        (with_facts(schema=["heartbeats/1"]), "bad_header"),
        (with_facts(pieces=1), "bad_header"),
        (with_facts(pieces=[[1, 1]]), "bad_header"),
        (with_facts(pieces=[[0, 1, "a", "b"]]), "bad_header"),
        (with_facts(pieces=[[1, 2**40, "a", "b"]]), "bad_header"),
        (with_facts(owner="450000"), "wrong_feed"),
        (with_facts(resource="operators"), "wrong_feed"),
    ],
)
def test_contents_that_say_nothing_of_use_stop_the_feed(reader, own, lines, spell, reason):
    before = rows(reader)

    alarms, state = taken(reader, signed(spell(contents_of(lines)), own), [pages.packed(lines)])

    assert (alarms, state) == ({(reason, 1)}, "integrity_stop")
    assert rows(reader) == before


@pytest.mark.parametrize(
    ("private", "key", "reason"),
    [
        (STRANGER, "440000-1", "bad_signature"),
        (STRANGER, "500000-1", "key_not_valid_here"),
    ],
)
def test_contents_that_the_owner_did_not_sign_stop_the_feed(reader, lines, private, key, reason):
    before = rows(reader)

    alarms, state = taken(reader, signed(contents_of(lines).spelt(), private, key), [pages.packed(lines)])

    assert (alarms, state) == ({(reason, 1)}, "integrity_stop")
    assert rows(reader) == before


@pytest.mark.parametrize(
    ("known", "reaches", "outcome"),
    [
        (2, ((1, 2), None), (set(), "running")),
        (2, ((1, 1), (1, 2)), (set(), "running")),
        (2, ((1, 1), (1, 1)), REFUSED),  # it was followed before this page
        (3, ((1, 3), None), REFUSED),  # it signs from a later page on
        (2, ((2, 1), None), REFUSED),
        (3, ((1, 1), (1, 2)), REFUSED),  # it was followed by the key of a page that is known
        (3, ((1, 1), (1, 3)), ({("feed_not_served", 1)}, "running")),  # the stub has no third page
    ],
)
def test_a_snapshot_is_signed_by_the_key_of_its_page_and_of_the_newest_known(
    reader, own, lines, monkeypatch, known, reaches, outcome
):
    edition = live_registry
    monkeypatch.setattr(
        pulling, "live_registry", lambda: with_keys(edition(), key_for("440000-1", own, *reaches))
    )
    before = rows(reader)
    with reader:
        cursor_at(HEARTBEATS).update(head_no=known)

    assert taken(reader, signed(contents_of(lines).spelt(), own), [pages.packed(lines)]) == outcome

    assert (rows(reader) == before) == (outcome == REFUSED)


def test_a_snapshot_of_a_form_that_is_not_known_here_waits_for_a_newer_program(reader, own, lines):
    newer, before = with_facts(schema="heartbeats/9")(contents_of(lines)), rows(reader)

    found = taken(reader, signed(newer, own), [pages.packed(lines)])

    assert (found, rows(reader)) == (({("unknown_schema", 1)}, "behind_schema"), before)
    with reader:
        resume_feed(feed_id=cursor_at(HEARTBEATS).get().pk, actor=SYSTEM)
    assert taken(reader, signed(contents_of(lines).spelt(), own), [pages.packed(lines)]) == TAKEN


def test_a_snapshot_under_a_key_that_is_not_known_yet_is_asked_for_again(reader, own, lines):
    before = rows(reader)

    found = taken(reader, signed(contents_of(lines).spelt(), STRANGER, "440000-9"), [pages.packed(lines)])

    assert (found, rows(reader)) == (({("unknown_key", 1)}, "rebootstrap"), before)
    _alarms, state = taken(reader, signed(contents_of(lines).spelt(), own), [pages.packed(lines)])
    assert state == "running"


@dataclass
class SpoiltOnce(Stub):
    """A peer whose first answer of each kind was spoilt on its way; ``meanwhile`` happens before a piece arrives."""

    spoilt: set = field(default_factory=lambda: {"snapshot", "piece"})
    meanwhile: object = field(default=lambda: None)

    def snapshot(self, feed):
        document, signature = super().snapshot(feed)
        return (document[:-1] if self.is_first("snapshot") else document), signature

    def snapshot_piece(self, feed, epoch, no, piece):
        self.meanwhile()
        packed = super().snapshot_piece(feed, epoch, no, piece)
        return packed[:-9] if self.is_first("piece") else packed

    def is_first(self, what):
        return what in self.spoilt and not self.spoilt.remove(what)


def test_what_was_spoilt_on_its_way_is_asked_for_once_more(reader, own, lines):
    whole = signed(contents_of(lines).spelt(), own)

    assert taken_from(reader, SpoiltOnce({}, whole=whole, pieces=[pages.packed(lines)])) == TAKEN


@pytest.mark.parametrize("verb", ["stop", "hold_for_schema"])
def test_a_feed_that_is_stopped_while_a_piece_is_on_its_way_stays_so(reader, own, lines, verb):
    before = rows(reader)

    def meanwhile():
        hold_feed(feed_id=cursor_at(HEARTBEATS).get().pk, verb=verb, reason="test")

    whole = signed(contents_of(lines).spelt(), own)
    stub = SpoiltOnce({}, whole=whole, pieces=[pages.packed(lines)], spoilt=set(), meanwhile=meanwhile)
    alarms, state = taken_from(reader, stub)

    assert (alarms, state) == (set(), FEED_FLOW.after(verb, FeedState.REBOOTSTRAP))
    assert rows(reader) == before


def test_an_empty_snapshot_does_not_undo_a_stop(reader, own, monkeypatch):
    """Its end takes effect without any piece before it."""
    before, finish = rows(reader), snapshot_services._finish

    def stopped_before(taking):
        hold_feed(feed_id=taking.feed.pk, verb="stop", reason="test")
        return finish(taking)

    monkeypatch.setattr(snapshot_services, "_finish", stopped_before)

    assert taken(reader, signed(contents_of([]).spelt(), own), []) == (set(), "integrity_stop")
    assert rows(reader) == before


@pytest.mark.parametrize("state", sorted(set(FeedState) - {FeedState.RUNNING, FeedState.RECOVER}))
def test_only_a_feed_that_is_followed_begins_anew(reader, state):
    with reader:
        cursor_at(HEARTBEATS).update(state=state, reason="as it was")

        begin_anew(feed_id=cursor_at(HEARTBEATS).get().pk, reason="test")

        cursor = cursor_at(HEARTBEATS).get()
        assert (cursor.state, cursor.reason) == (state, "as it was")
        assert not Alarm.objects.exists()


def test_a_feed_that_is_stopped_while_it_hears_that_a_page_is_gone_stays_so(reader):
    class Gone(Stub):
        def page(self, feed, epoch, no):
            hold_feed(feed_id=cursor_at(HEARTBEATS).get().pk, verb="stop", reason="test")
            raise PeerFailed("page_gone", 410)

    with reader:
        cursor_at(HEARTBEATS).update(head_no=2)
        Peer.objects.filter(node="44").update(next_poll_at=now(), leased_until=None, failures=0)
        pulling.pull_from(node="44", reach=lambda _peer: Gone({}))

        assert cursor_at(HEARTBEATS).get().state == "integrity_stop"
        assert not Alarm.objects.exists()


def without_a_fact(lines):
    return [strict.spelt(strict.read(lines[0]) | {"body": {}})]


def test_a_piece_with_too_much_that_is_bad_holds_the_feed_until_a_person_lets_it_through(reader, own, lines):
    bad, before = without_a_fact(lines), rows(reader)
    whole = signed(contents_of(bad).spelt(), own)

    found = taken(reader, whole, [pages.packed(bad)])

    assert (found, rows(reader)) == (({("quarantine_limit", 1)}, "quarantine_limit"), before)
    with reader:
        resume_feed(feed_id=cursor_at(HEARTBEATS).get().pk, actor=SYSTEM)
    assert taken(reader, whole, [pages.packed(bad)]) == TAKEN
    with reader:
        assert SetAsideEntry.objects.get().reason == "wrong_kind"
        assert cursor_at(HEARTBEATS).get().let_through_no is None


def other_entity(lines):
    return [lines[0].replace(b'"id":"440000:', b'"id":"500000:')]


def earlier(lines):
    entry = strict.read(lines[0]) | {"id": f"440000:{UUID(int=1)}"}
    return [*lines, strict.spelt(entry)]


def withdrawn(lines):
    entry = strict.read(lines[0])
    return [
        pages.tombstone_line(entity=entry["id"], epoch=1, version=9, reason="gone", salt="0" * 32),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [(other_entity, "wrong_owner"), (earlier, "bad_entry"), (withdrawn, "bad_entry")],
)
def test_a_piece_that_its_owner_signed_but_may_not_hold_stops_the_feed(reader, own, lines, change, reason):
    changed, before = change(lines), rows(reader)

    alarms, state = taken(reader, signed(contents_of(changed).spelt(), own), [pages.packed(changed)])

    assert (alarms, state) == ({(reason, 1)}, "integrity_stop")
    assert rows(reader) == before


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (b"", "bad_packing"),
        (pages.packed([b"{}"]), "bad_entry"),
        (pages.packed([b"{}"] * 3), "wrong_count"),
        (pages.packed([b"x" * 9000]), "too_large"),
    ],
)
def test_a_piece_that_is_not_what_was_listed_stops_the_feed(reader, own, lines, packed, reason):
    before = rows(reader)

    alarms, state = taken(reader, signed(contents_of(lines).spelt(), own), [packed])

    assert alarms == {(reason, 1)}
    assert state == "integrity_stop"
    assert rows(reader) == before


def test_a_snapshot_of_an_epoch_that_is_over_stops_the_feed(reader, own, lines):
    with reader:
        cursor_at(HEARTBEATS).update(head_epoch=2)

    alarms, state = taken(reader, signed(contents_of(lines).spelt(), own), [pages.packed(lines)])

    assert (alarms, state) == ({("wrong_epoch", 1)}, "integrity_stop")


FIGURES = {"entities": 1, "buckets": {}, "moving": []}


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"entities": 1, "buckets": [], "moving": []},
        {"entities": "x", "buckets": {}, "moving": []},
        {"entities": -1, "buckets": {}, "moving": []},
        {"entities": 10**30, "buckets": {}, "moving": []},
        FIGURES | {"buckets": {"256": "x"}},
        FIGURES | {"buckets": {"x": "x"}},
        FIGURES | {"moving": ["'; --"]},
        FIGURES | {"moving": 1},
        FIGURES | {"moving": [str(UUID(int=n)) for n in range(5001)]},
    ],
)
def test_figures_that_are_none_are_passed_over(reader, figures):
    before = rows(reader)

    with reader:
        compared = reconciling.reconcile_with(node="44", reach=lambda _peer: Stub({}, figures=figures))
        assert (compared, Reconciliation.objects.count(), Alarm.objects.count()) == (0, 0, 0)
    assert rows(reader) == before


@pytest.mark.parametrize(
    "told", [{}, {"rows": 1}, {"rows": [1]}, {"rows": [["x", 1]]}, {"rows": [[str(UUID(int=1)), "x"]]}]
)
def test_rows_of_a_bucket_that_are_none_are_passed_over(reader, told):
    stub = Stub({}, figures=FIGURES | {"buckets": {"7": "0" * 64}}, rows=told)

    with reader:
        assert reconciling.reconcile_with(node="44", reach=lambda _peer: stub) == 0
        assert not Reconciliation.objects.exists()
