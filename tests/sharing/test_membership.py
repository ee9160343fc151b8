"""The member registry: only what enough registrars signed counts, the newest of it, for as long as it lasts."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from sojourn.core.clock import frozen
from sojourn.core.models import AuditEntry
from sojourn.sharing.models import Alarm, Feed, Marker, Peer
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.suites import SUITES
from sojourn.sharing.services import membership
from sojourn.sharing.services.membership import live_registry, load_registry, take_registry
from tests.factories.facilities import OperatorFactory
from tests.sharing.exchange import feed_of, pull_all, seal_all
from tests.sharing.network import REGISTRAR, SUITE, signed_registry


@pytest.fixture
def registrar(network):
    """A registrar whom both nodes trust from now on."""
    private = secrets.token_bytes(32)
    for node in network.values():
        node.own_settings["REGISTRARS"] = {REGISTRAR: SUITE.public_of(private)}
    return private


def test_a_newer_edition_takes_effect_and_its_addresses_too(network, registrar):
    text = signed_registry(network, registrar, edition=2)

    with network["44"]:
        assert take_registry(text) == 2
        assert live_registry().edition == 2
        assert Peer.objects.get(node="50").address == "http://127.0.0.1"
        assert AuditEntry.objects.filter(action="registry.taken").count() == 2


@pytest.mark.parametrize(("edition", "reason"), [(1, Reason.REGISTRY_OLDER), (2, Reason.REGISTRY_FORKED)])
def test_an_older_edition_or_another_of_the_same_number_never_takes_effect(
    network, registrar, edition, reason
):
    with network["44"]:
        take_registry(signed_registry(network, registrar, edition=2))
        other = dict(list(network.items())[:1])

        with pytest.raises(Refused) as refusal:
            take_registry(signed_registry(other, registrar, edition=edition))

        assert refusal.value.reason == reason
        assert len(live_registry().nodes) == 2


def test_an_edition_that_a_stranger_signed_is_an_alarm_and_changes_nothing(network, registrar):
    with network["44"]:
        Path(settings.REGISTRY).write_bytes(signed_registry(network, SUITES["ed25519"].new_key(), edition=7))

        assert load_registry() == 1

        assert Alarm.objects.open().get().reason == "bad_signature"
        assert live_registry().edition == 1


def test_a_registry_past_its_time_counts_no_more(network):
    with network["44"], frozen(datetime(2037, 1, 1, tzinfo=UTC)), pytest.raises(Refused) as refusal:
        live_registry()

    assert refusal.value.reason == Reason.REGISTRY_EXPIRED


def test_a_peer_hands_on_the_newer_edition_that_it_holds(network, registrar):
    with network["44"]:
        take_registry(signed_registry(network, registrar, edition=2))
        OperatorFactory(division_id="440106")
        seal_all()

    pull_all(network["50"], "44")

    with network["50"]:
        assert live_registry().edition == 2


def test_a_new_feed_begins_with_what_stands_already(network):
    with network["44"]:
        operator = OperatorFactory(division_id="440106")
        OperatorFactory(division_id="450103")
        Marker.objects.all().delete()
        feed = feed_of("operators")
        feed.head.delete()
        Feed.objects.filter(pk=feed.pk).delete()

        opened = membership.open_feeds()

        assert opened == 1
        assert list(Marker.objects.values_list("entity", flat=True)) == [operator.pk]


def test_every_hosted_member_writes_and_every_other_is_followed(network):
    with network["50"]:
        own = set(Feed.objects.filter(is_own=True).values_list("owner", flat=True))
        followed = set(Feed.objects.filter(is_own=False).values_list("owner", flat=True))

    assert own == set(network["50"].members)
    assert followed == set(network["44"].members)
