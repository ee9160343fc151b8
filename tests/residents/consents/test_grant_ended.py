"""A grant between two nodes ends: what stood under it is withdrawn where it went, and nothing of it is told any more."""

from datetime import timedelta

import pytest
from django.db import transaction

from residents.consents import services
from residents.consents.models import EXTRACTS, MARKS, Arrival, Consent, Extract, Mark, Match
from sojourn.core.clock import today
from sojourn.sharing import catalogue
from sojourn.sharing.client import PeerFailed
from sojourn.sharing.models import Alarm, Cursor, EntryPlace, Feed, FeedHead, Grant, Marker, Peer, Withdrawal
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import Entry
from sojourn.sharing.services import checking, reconciling, recovering, snapshots
from sojourn.sharing.services.granting import (
    Asked,
    apply_for_data,
    expire_grants,
    grant_application,
    revoke_grant,
)
from sojourn.sharing.services.withdrawing import applying
from sojourn.sharing.states import Purpose
from tests.factories.consents import a_consent
from tests.residents.consents.exchange import AWAY, HOME, a_grant, bodies, lines, travel
from tests.residents.consents.test_handing_over import accepted, back, handed_out, stands, there
from tests.residents.consents.test_matching import enrolled_twice, exchanged
from tests.sharing.exchange import pull_all, seal_all
from tests.sharing.rows import officer

EXTRACTS_FEED = f"{HOME}/{EXTRACTS}/member.{AWAY}"


def revoked(resource: str) -> None:
    found = Grant.objects.get(owner=HOME, resource=resource)
    revoke_grant(grant_id=found.pk, reason="协议终止", actor=officer(HOME))


def expired(resource: str) -> None:
    Grant.objects.filter(owner=HOME, resource=resource).update(
        valid_from=today() - timedelta(days=9), valid_to=today()
    )
    assert expire_grants() == 1


ends = pytest.mark.parametrize("end", [revoked, expired])


def granted(resource: str = EXTRACTS, purpose: str = Purpose.PUBLIC_SERVICE) -> Grant:
    """An officer of 粤 grants what 渝 applied for."""
    names = catalogue.known(resource).shape.names
    asked = Asked(AWAY, HOME, resource, purpose, names, "协议", today() + timedelta(days=60), "旅居养老服务")
    application = apply_for_data(asked=asked, actor=officer(AWAY))
    return grant_application(application_id=application.pk, actor=officer(HOME))


def shared(network) -> Consent:
    """渝 holds the extract of a resident of 粤, and another that came later."""
    with network["44"]:
        a_grant()
        consent = a_consent()
        seal_all()
        a_consent()
    travel(network)
    with network["50"]:
        assert Extract.objects.count() == 2
    return consent


def told_to(network) -> list[bytes]:
    """Every line that 粤 tells 渝 in the feed of extracts, page by page."""
    with network["50"]:
        door, found, no = network["50"].reach(Peer.objects.get(node="44")), [], 1
        while True:
            try:
                page = door.page(EXTRACTS_FEED, 1, no)
            except PeerFailed:
                return found
            found += pages.lines_of(pages.unframed(page))
            no += 1


@ends
def test_what_was_shared_is_gone_at_the_other_node_and_its_bodies_at_both(network, end):
    consent = shared(network)
    with network["44"]:
        end(EXTRACTS)

    travel(network)

    for name in ("44", "50"):
        with network[name]:
            assert (bodies(), list(checking.faults())) == ([], [])
            assert not EntryPlace.objects.exists()
            assert not Alarm.objects.open().exists()
    with network["44"]:
        assert Extract.objects.count() == 2
        assert Consent.objects.get(pk=consent.pk).status == "given"
    with network["50"]:
        assert not Extract.objects.exists()
        assert set(Withdrawal.objects.values_list("reason", flat=True)) == {"grant_ended"}
        at = Cursor.objects.get(feed__resource=EXTRACTS, feed__owner=HOME, feed__audience=f"member.{AWAY}")
        assert at.no == at.head_no == 3


@ends
def test_marks_go_at_once_and_with_them_the_matches_of_both(network, end):
    enrolled_twice(network)
    with network["44"]:
        end(MARKS)

    travel(network)

    with network["50"]:
        assert not Mark.objects.filter(owner=HOME).exists()
        assert [mark.owner for mark in Mark.objects.all()] == [AWAY, AWAY]
    exchanged(network)
    for name in ("44", "50"):
        with network[name]:
            assert not Match.objects.exists()
            assert set(bodies(MARKS)) == set(
                map(str, Mark.objects.filter(owner=AWAY).values_list("pk", flat=True))
            )
            assert not Alarm.objects.open().exists()


@ends
def test_before_the_end_is_sealed_the_old_pages_are_told_without_one_body(network, end):
    shared(network)
    assert len(told_to(network)) == 2
    with network["44"]:
        end(EXTRACTS)
        assert len(bodies()) == 2

    assert [line[:10] for line in told_to(network)] == [b'{"blanked"'] * 2


def test_from_the_day_on_which_it_is_over_no_body_is_told_or_sealed_though_nobody_has_said_so(network):
    shared(network)
    with network["44"]:
        Grant.objects.update(valid_from=today() - timedelta(days=9), valid_to=today())
        a_consent()
        seal_all()

        assert [entry.reason for entry in map(pages.entry_of, lines()) if entry.is_tombstone] == [
            "grant_ended"
        ]
    assert [line[:10] for line in told_to(network)[:2]] == [b'{"blanked"'] * 2


def test_one_who_never_followed_before_the_end_learns_of_it_and_holds_nothing(network):
    with network["44"]:
        a_grant()
        a_consent()
        seal_all()
        revoked(EXTRACTS)
        seal_all()

    assert pull_all(network["50"], "44") >= 2

    with network["50"]:
        assert (bodies(), Extract.objects.count(), Alarm.objects.open().count()) == ([], 0, 0)


@ends
def test_under_another_grant_the_feed_goes_on_with_what_stands_by_then(network, end):
    consent = shared(network)
    with network["44"]:
        end(EXTRACTS)
    travel(network)
    with network["44"]:
        granted()

    travel(network)

    with network["44"]:
        versions = dict(Extract.objects.values_list("pk", "version"))
        assert list(checking.faults()) == []
    with network["50"]:
        assert dict(Extract.objects.values_list("pk", "version")) == versions
        assert Extract.objects.get(pk=consent.pk).sealed.keys() == {"name", "phone", "identity_number"}
        assert list(checking.faults()) == []
        assert reconciling.reconcile_with(node="44", reach=network["50"].reach) >= 1
        assert not Alarm.objects.open().exists()


def test_while_another_grant_opens_the_feed_the_end_of_one_changes_nothing(network):
    shared(network)
    with network["44"]:
        other = granted(purpose=Purpose.SUPERVISION)
        assert not Marker.objects.exists()
        revoke_grant(grant_id=other.pk, reason="用途改变", actor=officer(HOME))

        assert not Marker.objects.exists()
    travel(network)
    with network["50"]:
        assert Extract.objects.count() == 2


def test_what_is_marked_anew_has_changed_in_nothing_but_its_version(network):
    with network["44"]:
        a_grant()
        consent = a_consent()
        before = Extract.objects.get(pk=consent.pk)
        revoked(EXTRACTS)

        after = Extract.objects.get(pk=consent.pk)
        assert (after.version, after.changed_at) == (before.version + 1, before.changed_at)


@ends
def test_who_begins_anew_after_the_end_takes_over_nothing(network, end):
    shared(network)
    with network["44"]:
        head = FeedHead.objects.get(feed__resource=EXTRACTS, no__gt=0).pk
        kept = snapshots.make_snapshot(feed_id=head)
        at = Feed.objects.get(pk=head).feed_name, kept.epoch, kept.no, 0
        assert snapshots.piece_for(*at)
        end(EXTRACTS)
        assert (snapshots.kept_snapshot(feed_id=head), snapshots.piece_for(*at)) == (None, None)
        empty = snapshots.make_snapshot(feed_id=head)
        assert (empty.pieces.count(), snapshots.kept_snapshot(feed_id=head)) == (0, empty)
    with network["50"]:
        cursor = Cursor.objects.get(
            feed__resource=EXTRACTS, feed__owner=HOME, feed__audience=f"member.{AWAY}"
        )
        snapshots.begin_anew(feed_id=cursor.pk, reason="digest_differs")

    pull_all(network["50"], "44")

    with network["50"]:
        assert not Extract.objects.exists()
        assert not Alarm.objects.open().exists()


def test_figures_of_what_was_taken_back_are_told_no_more_and_nobody_is_alarmed(network):
    shared(network)
    with network["50"]:
        before = reconciling.reconcile_with(node="44", reach=network["50"].reach)
    with network["44"]:
        revoked(EXTRACTS)
    travel(network)

    with network["44"]:
        head = FeedHead.objects.get(feed__resource=EXTRACTS, no__gt=0)
        at = {"feed_id": head.pk, "epoch": head.epoch, "no": head.no}
        assert reconciling.figures_of(**at) is None
        assert reconciling.rows_of_bucket(**at, bucket=0) is None
    with network["50"]:
        assert reconciling.reconcile_with(node="44", reach=network["50"].reach) == before - 1
    for name in ("44", "50"):
        with network[name]:
            assert not Alarm.objects.open().exists()


def test_a_recovered_page_that_took_back_under_a_grant_leaves_what_stands_at_its_owner(network):
    with network["44"]:
        a_grant()
        consent = a_consent()
        told = Entry(f"{HOME}:{consent.pk}", 1, 7, None, b"", "grant_ended")

        with transaction.atomic(), applying():
            recovering._write_back(catalogue.known(EXTRACTS), HOME, [told])

        assert Extract.objects.get(pk=consent.pk).version == 7
        assert not Withdrawal.objects.exists()
        services.sweep()
        assert Consent.objects.get(pk=consent.pk).status == "given"


def test_a_grant_that_ends_after_she_moved_out_makes_her_wait_for_another(network):
    transfer = handed_out(network)
    accepted(network, transfer)
    back(network)
    with network["44"]:
        revoked(EXTRACTS)
    there(network)
    back(network)
    there(network)
    assert stands(network) == (["moved_out"], [])
    with network["50"]:
        assert not Extract.objects.exists()
        assert Arrival.objects.get().status == "accepted"
    with network["44"]:
        granted()

    there(network)

    assert stands(network) == (["moved_out"], ["registered"])


def test_who_was_not_accepted_when_the_grant_ended_stays_where_she_was(network):
    handed_out(network)
    with network["44"]:
        revoked(EXTRACTS)
    there(network)
    back(network)

    assert stands(network) == (["registered"], [])
    with network["50"]:
        assert Arrival.objects.get().status == "lapsed"
