"""A snapshot after its owner took a new key: by whom it is signed, and which is served."""

import secrets
from dataclasses import replace

import pytest

from providers.facilities.models import Operator
from sojourn.sharing.models import Alarm, RegistryEdition
from sojourn.sharing.protocol import strict
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import MemberKey, Reach
from sojourn.sharing.services import snapshots
from sojourn.sharing.services.membership import live_registry
from sojourn.sharing.states import FeedState
from tests.factories.facilities import OperatorFactory
from tests.sharing.exchange import cursor_of, feed_of, pull_all, seal_all
from tests.sharing.network import SUITE


def rotated(network, *, after):
    """The operators of 440000 are signed by a second key behind this page; every node holds the edition."""
    private = secrets.token_bytes(32)
    with network["44"] as node:
        feed = feed_of("operators").feed_name
        (node.vault / "keys" / "440000-2.key").write_text(private.hex())
        edition = live_registry()
    first = edition.key("440000-1")
    second = MemberKey(
        "440000-2", "440000", "ed25519", SUITE.public_of(private), (Reach(feed, (1, after + 1), None),)
    )
    keys = [key for key in edition.keys if key != first]
    keys += [replace(first, reaches=(Reach(feed, (1, 1), (1, after)),)), second]
    later = replace(edition, edition=edition.edition + 1, keys=tuple(keys))
    for node in network.values():
        with node:
            RegistryEdition.objects.create(
                edition=later.edition,
                document=later.spelt(),
                signatures=b"",
                issued_at=later.issued_at,
                expires_at=later.expires_at,
            )


def one_more_page():
    OperatorFactory(division_id="440106")
    seal_all()


def signer_of(snapshot):
    return strict.read(bytes(snapshot.signature))["key"]


def test_the_key_of_the_newest_page_signs_and_what_the_one_before_signed_is_made_anew(network):
    with network["44"]:
        one_more_page()
    rotated(network, after=1)
    with network["44"]:
        feed = feed_of("operators").pk
        old = snapshots.make_snapshot(feed_id=feed)

        assert (signer_of(old), snapshots.kept_snapshot(feed_id=feed)) == ("440000-1", old)

        one_more_page()
        assert snapshots.kept_snapshot(feed_id=feed) is None
        new = snapshots.make_snapshot(feed_id=feed)
        assert (signer_of(new), snapshots.kept_snapshot(feed_id=feed)) == ("440000-2", new)
    with network["50"]:
        snapshots.begin_anew(feed_id=cursor_of("operators").pk, reason="test")

    pull_all(network["50"], "44")

    with network["50"]:
        cursor = cursor_of("operators")
        assert (cursor.state, cursor.no, Operator.objects.count()) == (FeedState.RUNNING, 2, 2)
        assert not Alarm.objects.open().exists()


def test_a_new_key_signs_no_snapshot_before_its_first_page(network):
    with network["44"]:
        one_more_page()
    rotated(network, after=1)
    with network["44"] as node:
        (node.vault / "keys" / "440000-1.key").unlink()

        with pytest.raises(Refused) as refused:
            snapshots.make_snapshot(feed_id=feed_of("operators").pk)

        assert refused.value.reason == Reason.KEY_NOT_VALID_HERE
        assert not feed_of("operators").snapshots.exists()
