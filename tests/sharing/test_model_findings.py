"""What the stories of the model found, each as the smallest case."""

from datetime import timedelta
from pathlib import Path
from unittest import mock

from providers.facilities.models import Facility
from sojourn.core.clock import frozen, now
from sojourn.sharing.models import Feed, Marker, Page, Peer
from sojourn.sharing.protocol import pages
from sojourn.sharing.services import membership, pulling, sealing
from tests.factories.facilities import FacilityFactory
from tests.sharing.network import REGISTRAR, SUITE, signed_registry


def test_a_registry_file_older_than_the_edition_held_is_left_alone(network):
    node, registrar = network["44"], b"\7" * 32
    node.own_settings["REGISTRARS"] = {REGISTRAR: SUITE.public_of(registrar)}

    with node:
        membership.take_registry(signed_registry(network, registrar, edition=5))
        Path(node.own_settings["REGISTRY"]).write_bytes(signed_registry(network, registrar, edition=4))

        assert membership.load_registry() == 5


def test_a_version_shown_early_is_not_shown_again(network):
    with network["44"], mock.patch.object(pages, "MOST_ENTRIES", 2):
        first, _second, _third = FacilityFactory.create_batch(3, division_id="440106")
        Facility.objects.filter(pk=first.pk).update(address="改")
        feed = Feed.objects.named("440000", "facilities", "all").get()

        sealing.seal_feed(feed_id=feed.pk)

        assert list(Page.objects.filter(feed=feed).order_by("no").values_list("entries", flat=True)) == [2, 1]
        assert not Marker.objects.filter(feed=feed).exists()


def test_a_clock_that_was_a_day_ahead_keeps_nobody_waiting(network):
    with network["44"]:
        with frozen(now() + timedelta(days=1)):
            Peer.objects.update(next_poll_at=now(), leased_until=now() + timedelta(minutes=2))

        assert pulling.peers_due() == ["50"]
