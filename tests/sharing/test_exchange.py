"""Two nodes keep each other's facts."""

import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import orjson
import pytest
from django.db import connection, transaction

from providers.facilities.models import Facility, Operator
from providers.facilities.states import Answer
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import now
from sojourn.sharing.models import Alarm, Cursor, Feed, FeedHead, Marker, Page, Peer, SetAsideEntry
from sojourn.sharing.protocol.pages import digest_of, header_of
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.services import (
    checking,
    pulling,
    reconciling,
    recovering,
    sealing,
    snapshots,
    withdrawing,
)
from sojourn.sharing.services.heads import answer_to_heads, heads_for, look_at_heads, own_heads_for
from sojourn.sharing.services.holding import hold_feed, resume_feed
from sojourn.sharing.services.membership import beat_hearts, live_registry
from sojourn.sharing.states import EntryState, FeedState
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.sharing.exchange import cursor_of, feed_of, pull_all, seal_all


def test_a_facility_of_one_node_stands_at_the_other_with_what_belongs_to_it(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        facility = FacilityFactory(division_id="440106", operator=operator, reported=True, open=True)
        FeatureReportFactory(facility=facility, feature="lift", answer=Answer.YES)
        sealed = seal_all()

    pages = pull_all(network["50"], "44")

    assert (sealed, pages) == (2, 2)
    with network["50"]:
        copy = Facility.objects.get(pk=facility.pk)
        assert (copy.listed_name, copy.pinyin) == (facility.listed_name, facility.pinyin)
        assert copy.operator.name == operator.name
        assert (copy.owner, copy.epoch) == ("440000", 1)
        assert [report.feature for report in copy.feature_reports.all()] == ["lift"]
        assert not Marker.objects.exists()


def test_what_changes_again_replaces_the_copy_and_what_did_not_change_is_left_alone(network):
    with network["44"]:
        operators = [OperatorFactory(division_id="440106") for _ in range(3)]
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        Operator.objects.filter(pk=operators[0].pk).update(standing="barred")
        seal_all()

    pull_all(network["50"], "44")

    with network["50"]:
        assert list(Operator.objects.filter(standing="barred").values_list("pk", flat=True)) == [
            operators[0].pk
        ]
        page = Page.objects.get(feed__resource="operators", feed__owner="440000", no=2)
        assert (page.entries, page.applied, page.superseded) == (1, 1, 0)


def test_a_bulk_update_in_raw_sql_is_sealed_too(network):
    with network["44"]:
        for _ in range(3):
            OperatorFactory(division_id="440106")
        seal_all()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE facilities_operator SET standing = 'barred'")

        seal_all()

        assert Page.objects.get(feed__resource="operators", no=2).entries == 3


def test_an_update_that_changes_nothing_marks_nothing(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()

        with connection.cursor() as cursor:
            cursor.execute("UPDATE facilities_operator SET standing = standing")

        assert not Marker.objects.exists()


def test_a_row_that_is_gone_is_withdrawn_at_the_other_node_and_stays_away(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        seal_all()
        first = page_bytes("operators", 1)
    pull_all(network["50"], "44")
    with network["44"]:
        Operator.objects.all().delete()
        seal_all()

    pull_all(network["50"], "44")

    with network["50"]:
        assert not Operator.objects.filter(pk=operator.pk).exists()
        from_the_past = Cursor.objects.filter(feed__resource="operators", feed__owner="440000")
        from_the_past.update(no=0, digest="0" * 64)
        assert first


def test_a_withdrawn_row_that_another_owners_copy_still_needed_goes_once_nothing_needs_it(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        facility = FacilityFactory(division_id="450103", operator=operator)
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        Facility.objects.filter(pk=facility.pk).update(operator=None)
        Operator.objects.filter(pk=operator.pk).delete()
        seal_all()
    pull_all(network["50"], "44")
    with network["50"]:
        assert Facility.objects.get(pk=facility.pk).operator is None
        assert Operator.objects.filter(pk=operator.pk).exists()
        assert Alarm.objects.open().get().reason == "withdrawal_in_use"

        withdrawing.erase_withdrawn()

        assert not Operator.objects.filter(pk=operator.pk).exists()
        assert not Alarm.objects.open().exists()


def test_a_withdrawn_row_stays_as_long_as_another_owners_copy_needs_it(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        facility = FacilityFactory(division_id="450103", operator=operator)
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        Facility.objects.filter(pk=facility.pk).update(operator=None)
        Operator.objects.filter(pk=operator.pk).delete()
        sealing.seal_feed(feed_id=feed_id("operators"))
    pull_all(network["50"], "44")
    with network["50"]:
        withdrawing.erase_withdrawn()

        assert Facility.objects.get(pk=facility.pk).operator == operator
        assert Alarm.objects.open().get().reason == "withdrawal_in_use"


def page_bytes(resource: str, no: int) -> bytes:
    return bytes(Page.objects.get(feed__resource=resource, feed__owner="440000", no=no).packed)


def test_an_entry_waits_for_its_parent_and_follows_it(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        FacilityFactory(division_id="440106", operator=operator)
        sealing.seal_feed(feed_id=feed_id("facilities"))
    pull_all(network["50"], "44")
    with network["50"]:
        waiting = SetAsideEntry.objects.get()
        assert (waiting.state, waiting.missing) == (EntryState.WAITING, operator.pk)
    with network["44"]:
        seal_all()

    pull_all(network["50"], "44")

    with network["50"]:
        assert Facility.objects.get().operator_id == operator.pk
        assert SetAsideEntry.objects.get().state == EntryState.APPLIED


def feed_id(resource: str, owner: str = "440000") -> int:
    return Feed.objects.get(resource=resource, owner=owner, audience="all").pk


def test_a_row_that_the_database_refuses_is_quarantined_alone(network):
    with network["50"]:
        OperatorFactory(division_id="500103", credit_code="91440101MA5ABCDE0X")
    with network["44"]:
        for number in range(20):
            OperatorFactory(division_id="440106", credit_code="91440101MA5ABCDE0X" if number == 7 else None)
        seal_all()

    pull_all(network["50"], "44")

    with network["50"]:
        assert Operator.objects.filter(owner="440000").count() == 19
        held = SetAsideEntry.objects.get()
        assert (held.state, held.reason, held.detail) == (
            EntryState.HELD,
            "not_storable",
            "operator_credit_code_is_unique",
        )
        page = Page.objects.get(feed__resource="operators", feed__owner="440000")
        assert (page.applied, page.quarantined) == (19, 1)
        assert not list(checking.faults())


def test_too_many_bad_entries_hold_the_feed_until_a_person_lets_the_page_through(network):
    with network["50"]:
        OperatorFactory(division_id="500103", credit_code="91440101MA5ABCDE0X")
    with network["44"]:
        OperatorFactory(division_id="440106", credit_code="91440101MA5ABCDE0X")
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["50"]:
        cursor = cursor_of("operators")
        assert (cursor.state, cursor.no, Operator.objects.count()) == (FeedState.QUARANTINE_LIMIT, 0, 1)
        assert Alarm.objects.open().get().reason == "quarantine_limit"
        resume_feed(feed_id=cursor.pk, actor=SYSTEM)

    pull_all(network["50"], "44")

    with network["50"]:
        assert (cursor_of("operators").state, Operator.objects.count()) == (FeedState.RUNNING, 2)
        assert not Alarm.objects.open().exists()


def test_a_held_feed_still_takes_what_is_withdrawn(network):
    with network["44"]:
        gone, stays = OperatorFactory(division_id="440106"), OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["50"]:
        hold_feed(feed_id=cursor_of("operators").pk, verb="pause", reason="test")
    with network["44"]:
        Operator.objects.filter(pk=gone.pk).delete()
        Operator.objects.filter(pk=stays.pk).update(standing="barred")
        seal_all()

    pull_all(network["50"], "44")

    with network["50"]:
        assert list(Operator.objects.values_list("pk", "standing")) == [(stays.pk, "good")]
        assert (cursor_of("operators").no, cursor_of("operators").withdrawn_no) == (1, 2)
        resume_feed(feed_id=cursor_of("operators").pk, actor=SYSTEM)
    pull_all(network["50"], "44")
    with network["50"]:
        assert list(Operator.objects.values_list("pk", "standing")) == [(stays.pk, "barred")]
        assert not list(checking.faults())


def test_a_follower_with_far_to_go_begins_from_a_snapshot_and_drops_what_it_does_not_name(
    network, monkeypatch
):
    with network["44"]:
        operators = [OperatorFactory(division_id="440106") for _ in range(4)]
        for operator in operators[:3]:
            Operator.objects.filter(pk=operator.pk).update(standing="barred")
            seal_all()
        Operator.objects.filter(pk=operators[3].pk).delete()
        seal_all()
    monkeypatch.setattr(pulling, "rule", lambda key, **_words: 1 if key == "sharing_snapshot_pages" else 60)

    pull_all(network["50"], "44")
    with network["50"]:
        assert cursor_of("operators").state == FeedState.REBOOTSTRAP
    with network["44"]:
        snapshots.make_snapshot(feed_id=feed_id("operators"))

    pull_all(network["50"], "44")

    with network["50"]:
        assert set(Operator.objects.values_list("pk", "standing")) == {
            (o.pk, "barred") for o in operators[:3]
        }
        cursor = cursor_of("operators")
        assert (cursor.no, cursor.state) == (4, FeedState.RUNNING)
        assert not Page.objects.filter(feed=cursor.feed).exists()


def test_both_sides_compare_what_they_hold_and_a_lost_row_comes_back(network):
    with network["44"]:
        lost = OperatorFactory(division_id="440106")
        OperatorFactory(division_id="440106")
        seal_all()
        snapshots.make_snapshot(feed_id=feed_id("operators"))
    pull_all(network["50"], "44")
    with network["50"]:
        assert reconciling.reconcile_with(node="44", reach=network["50"].reach)
        assert not Alarm.objects.open().exists()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE facilities_operator DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM facilities_operator WHERE id = %s", [lost.pk])
            cursor.execute("ALTER TABLE facilities_operator ENABLE TRIGGER USER")

        reconciling.reconcile_with(node="44", reach=network["50"].reach)

        found = cursor_of("operators").feed.reconciliations.order_by("-at")[0]
        assert found.differing == [str(lost.pk)]
        assert cursor_of("operators").state == FeedState.REBOOTSTRAP
    pull_all(network["50"], "44")
    with network["50"]:
        assert Operator.objects.filter(pk=lost.pk).exists()
        assert cursor_of("operators").state == FeedState.RUNNING


def test_a_snapshot_that_was_cut_short_goes_on_with_the_next_piece(network, monkeypatch):
    monkeypatch.setattr("sojourn.sharing.protocol.pages.MOST_ENTRIES", 2)
    with network["44"]:
        for _ in range(5):
            OperatorFactory(division_id="440106")
        seal_all()
        snapshots.make_snapshot(feed_id=feed_id("operators"))
    with network["50"]:
        snapshots.begin_anew(feed_id=cursor_of("operators").pk, reason="test")
    asked = []
    network["50"].between = partial(lost_after, 2, asked)
    pull_all(network["50"], "44")
    with network["50"]:
        assert (Operator.objects.count(), cursor_of("operators").pieces_taken) == (4, 2)
        Peer.objects.update(failures=0)
    network["50"].between = lambda request, answer: asked.append(request.url.path) or answer
    asked.clear()

    pull_all(network["50"], "44")

    with network["50"]:
        assert Operator.objects.count() == 5
        assert cursor_of("operators").state == FeedState.RUNNING
    assert [path.split("/")[-2] for path in asked if "/snapshot/" in path] == ["snapshot", "2"]


def lost_after(pieces: int, seen: list, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """The answer is lost once so many pieces of a snapshot were fetched."""
    if re.search(r"/snapshot/\d", request.url.path):
        seen.append(request.url.path)
        if len(seen) > pieces:
            raise httpx.ReadError("lost")
    return answer


def test_a_producer_put_back_takes_its_own_pages_back_and_goes_on_behind_them(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        before = backup()
        Operator.objects.filter(pk=operator.pk).update(standing="barred")
        seal_all()
        Operator.objects.filter(pk=operator.pk).update(standing="focus_supervision")
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        restore(before, operator)
        assert (sealing.seal_feed(feed_id=feed_id("operators")), recovering.find_restored()) == (0, 1)

        back = recovering.recover_feeds(reach=network["44"].reach)

        assert back == 2
        assert Operator.objects.get(pk=operator.pk).standing == "focus_supervision"
        assert FeedHead.objects.get(pk=feed_id("operators")).no == 3
        Operator.objects.filter(pk=operator.pk).update(standing="good")
        seal_all()
        assert not list(checking.faults())
    pull_all(network["50"], "44")
    with network["50"]:
        assert Operator.objects.get(pk=operator.pk).standing == "good"
        assert not list(checking.faults())


def backup() -> dict:
    return FeedHead.objects.filter(pk=feed_id("operators")).values().get()


def restore(head: dict, operator: Operator) -> None:
    """The database as it was: pages and rows since then are gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sojourn.applying', 'on', true)")
        cursor.execute(
            "DELETE FROM sharing_page WHERE feed_id = %s AND no > %s", [head["feed_id"], head["no"]]
        )
        cursor.execute(
            "UPDATE facilities_operator SET standing = %s, version = 1 WHERE id = %s",
            [operator.standing, operator.pk],
        )
    FeedHead.objects.filter(pk=head["feed_id"]).update(no=head["no"], digest=head["digest"])


def test_a_snapshot_of_many_entities_comes_in_pieces(network, monkeypatch):
    monkeypatch.setattr("sojourn.sharing.protocol.pages.MOST_ENTRIES", 2)
    with network["44"]:
        for _ in range(5):
            OperatorFactory(division_id="440106")
        snapshot = snapshots.make_snapshot(feed_id=feed_id("operators"))

        assert snapshot.pieces.count() == 3


@pytest.mark.parametrize("at", [b'"value":"', b"\x1f\x8b"])
def test_a_page_that_was_tampered_with_stops_the_feed_and_changes_nothing(network, at):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    network["50"].between = partial(spoilt, at)

    pull_all(network["50"], "44")

    with network["50"]:
        assert (cursor_of("operators").state, Operator.objects.count()) == (FeedState.INTEGRITY_STOP, 0)
        alarm = Alarm.objects.open().get()
        assert (alarm.subject, alarm.times) == ("440000/operators/all", 1)


def spoilt(at: bytes, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """A page of which 20 bytes from a mark on are others."""
    content = answer.read()
    if "/pages/" in request.url.path:
        place = content.index(at) + len(at)
        other = bytes(b"01"[byte == ord("0")] for byte in content[place : place + 20])
        content = content[:place] + other + content[place + 20 :]
    return httpx.Response(answer.status_code, stream=httpx.ByteStream(content))


def test_who_was_told_of_pages_fetches_them_without_comparing_heads_anew(network):
    asked = []

    def watched(request, answer):
        asked.append(request.url.path.removeprefix("/sharing/v1"))
        return answer

    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    network["50"].between = watched
    pull_all(network["50"], "44")
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        told = own_heads_for("50", {feed_of("operators").pk})
    with network["50"]:
        look_at_heads(told, shown_by="44", registry=live_registry())

    assert pull_all(network["50"], "44") == 1
    assert pull_all(network["50"], "44") == 0

    # At the last turn nothing was known to fetch, so that it was asked for.
    assert asked == ["/heads/", "/pages/", "/pages/", "/heads/"]


def test_a_feed_is_as_fresh_as_the_last_comparison_of_heads_and_no_fresher(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["50"]:
        compared = Peer.objects.get(node="44").heads_at
        assert cursor_of("operators").confirmed_at == compared
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        told = own_heads_for("50", {feed_of("operators").pk})
    with network["50"]:
        look_at_heads(told, shown_by="44", registry=live_registry())

    assert pull_all(network["50"], "44") == 1

    with network["50"]:
        assert Peer.objects.get(node="44").heads_at == compared
        assert cursor_of("operators").confirmed_at == compared


def test_heads_are_compared_anew_after_a_while_although_there_are_pages_to_fetch(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        told = own_heads_for("50", {feed_of("operators").pk})
    with network["50"]:
        look_at_heads(told, shown_by="44", registry=live_registry())
        Peer.objects.filter(node="44").update(heads_at=now() - timedelta(seconds=11))
    with network["44"]:
        beat_hearts()
        seal_all()

    assert pull_all(network["50"], "44") > 1


def test_heads_that_the_asker_showed_itself_are_not_told_back(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        told = heads_for("50")
        assert len(told) == 1

        name = ["440000", "operators", "all"]
        assert answer_to_heads("50", told) == {"heads": [], "unchanged": [name]}
        other = [told[0] | {"header": "another"}]
        assert answer_to_heads("50", other) == {"heads": told, "unchanged": []}


def test_a_feed_held_while_its_pages_lie_ready_takes_no_more_of_them(network, monkeypatch):
    with network["44"]:
        for _ in range(2):
            OperatorFactory(division_id="440106")
            seal_all()
    apply_page = pulling.apply_page

    def held_after_the_first(*, feed_id, page):
        kept = apply_page(feed_id=feed_id, page=page)
        if page.header.no == 1:
            hold_feed(feed_id=feed_id, verb="pause", reason="test")
        return kept

    monkeypatch.setattr(pulling, "apply_page", held_after_the_first)

    pull_all(network["50"], "44")

    with network["50"]:
        assert (cursor_of("operators").no, Operator.objects.count()) == (1, 1)


def test_a_writer_that_shows_an_older_head_than_before_raises_an_alarm(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        before = backup()
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        FeedHead.objects.filter(pk=before["feed_id"]).update(no=before["no"], digest=before["digest"])

    pull_all(network["50"], "44")

    with network["50"]:
        assert Alarm.objects.open().get().reason == "head_lower"
        assert cursor_of("operators").no == 2


def test_a_writer_put_back_to_the_page_that_was_applied_is_noticed_if_it_told_of_a_later_one(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["44"]:
        before = backup()
        OperatorFactory(division_id="440106")
        seal_all()
        told = own_heads_for("50", {feed_of("operators").pk})
        FeedHead.objects.filter(pk=before["feed_id"]).update(no=before["no"], digest=before["digest"])
    with network["50"]:
        look_at_heads(told, shown_by="44", registry=live_registry())
        Peer.objects.filter(node="44").update(heads_at=None)

    pull_all(network["50"], "44")

    with network["50"]:
        assert Alarm.objects.open().get(reason="head_lower").subject == "440000/operators/all"


def test_heads_that_overtake_one_another_are_no_alarm(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        first = own_heads_for("50", {feed_of("operators").pk})
        OperatorFactory(division_id="440106")
        seal_all()
        second = own_heads_for("50", {feed_of("operators").pk})
    with network["50"]:
        look_at_heads(second, shown_by="44", registry=live_registry())

        look_at_heads(first, shown_by="44", registry=live_registry())

        assert not Alarm.objects.exists()
        assert cursor_of("operators").head_no == 2


def saying_unchanged(unchanged):
    def spoilt(request, answer):
        if request.url.path.endswith("/heads/"):
            facts = {"node": "44", "registry": 1, "heads": [], "unchanged": unchanged}
            return httpx.Response(200, stream=httpx.ByteStream(orjson.dumps(facts)))
        return answer

    return spoilt


@pytest.mark.parametrize("unchanged", ["all", [1], [["440000"]], [None]])
def test_feeds_said_to_be_unchanged_that_are_no_feeds_fail_the_peer(network, unchanged):
    network["50"].between = saying_unchanged(unchanged)

    assert pull_all(network["50"], "44") == 0

    with network["50"]:
        assert Peer.objects.get(node="44").failures == 1


@pytest.mark.parametrize(("count", "reason"), [(2000, ""), (2001, "bad_header")])
def test_no_more_than_two_thousand_feeds_are_said_to_be_unchanged(network, count, reason):
    names = [["440000", f"resource_{number}", "all"] for number in range(count)]
    network["50"].between = saying_unchanged(names)

    pull_all(network["50"], "44")

    with network["50"]:
        peer = Peer.objects.get(node="44")
        assert (peer.last_failure, peer.failures, peer.heads_at is None) == (
            reason,
            bool(reason),
            bool(reason),
        )
        alarms = Alarm.objects.open().values_list("reason", "subject", "detail")
        assert list(alarms) == ([(reason, "node 44", "heads")] if reason else [])


@pytest.mark.parametrize(("count", "holds"), [(2000, True), (2001, False)])
def test_no_more_than_two_thousand_heads_are_looked_at(network, count, holds):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
        told = own_heads_for("50", {feed_of("operators").pk})
    pull_all(network["50"], "44")

    with network["50"], nullcontext() if holds else pytest.raises(Refused):
        look_at_heads(told * count, shown_by="44", registry=live_registry())


def test_two_headers_for_one_number_are_found_out(network):
    with network["44"]:
        OperatorFactory(division_id="440106")
        seal_all()
    pull_all(network["50"], "44")
    with network["50"]:
        page = Page.objects.get(feed=cursor_of("operators").feed)
        other = replace(header_of(bytes(page.header)), sealed_at="2026-01-01T00:00:00Z").spelt()
        Page.objects.filter(pk=page.pk).update(header=other, digest=digest_of(other))

    pull_all(network["50"], "44")

    with network["50"]:
        assert Alarm.objects.open().get().reason == "two_histories"
