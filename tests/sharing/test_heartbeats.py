"""Each hour a member's heartbeat is sealed, served and verified; what went wrong on the way is told."""

import secrets
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from sojourn.core.clock import frozen, now
from sojourn.sharing import tasks
from sojourn.sharing.models import Alarm, FeedHead, Page, ServeRecord
from sojourn.sharing.services import care, serving
from sojourn.sharing.states import FeedState
from tests.sharing.exchange import feed_of


def proofs() -> dict:
    """When each member's heartbeat was last proved."""
    rows = FeedHead.objects.filter(feed__resource="heartbeats").order_by("pk")
    return dict(rows.values_list("feed__owner", "proved_at"))


def faults() -> list[tuple[str, str]]:
    found = Alarm.objects.open().filter(reason=care.HEARTBEAT_FAILED).order_by("pk")
    return list(found.values_list("subject", "detail"))


def test_what_is_proved_came_through_the_door_and_it_is_noted_when(network):
    with network["44"], frozen(now() + timedelta(hours=3)) as at:
        tasks.beat_hearts()

        assert proofs() == dict.fromkeys(settings.HOSTED_PROVINCES, at)
        served = ServeRecord.objects.filter(node="44", resource="heartbeats", outcome="served")
        assert {row.owner: row.no for row in served} == dict.fromkeys(settings.HOSTED_PROVINCES, 1)
        assert faults() == []


def test_a_page_under_a_wrong_signature_is_an_alarm_and_no_proof_until_one_is_right(network):
    with network["44"]:
        key = Path(settings.VAULT) / "keys" / "440000-1.key"
        right = key.read_text()
        key.write_text(secrets.token_hex(32))

        tasks.beat_hearts()

        assert proofs()["440000"] is None
        assert proofs()["450000"] is not None
        assert faults() == [("440000/heartbeats/all", "bad_signature")]

        key.write_text(right)
        tasks.beat_hearts()

        assert proofs()["440000"] is not None
        assert faults() == []


def test_what_the_door_spoils_is_no_proof(network, monkeypatch):
    with network["44"]:
        tasks.beat_hearts()
        before = proofs()
        monkeypatch.setattr(serving, "servable", lambda page, _resource: page.content[:-1] + b"?")

        tasks.beat_hearts()

        assert proofs() == before
        assert len(faults()) == len(settings.HOSTED_PROVINCES)


def test_what_the_door_refuses_is_no_proof(network, monkeypatch):
    with network["44"]:
        monkeypatch.setattr(serving, "ground_for", lambda *_asked: "")

        tasks.beat_hearts()

        assert set(proofs().values()) == {None}
        assert {detail for _, detail in faults()} == {"not_granted"}


def test_an_older_page_proves_nothing_of_the_present_heartbeat(network):
    with network["44"]:
        tasks.beat_hearts()
        before = proofs()
        feed = feed_of("heartbeats")
        FeedHead.objects.filter(pk=feed.pk).update(state=FeedState.RECOVER)

        tasks.beat_hearts()

        assert proofs()["440000"] == before["440000"]
        assert proofs()["450000"] > before["450000"]
        assert faults() == [(str(feed), "not_sealed")]


def test_a_member_whose_key_is_gone_is_told_and_holds_up_nobody(network):
    with network["44"]:
        (Path(settings.VAULT) / "keys" / "440000-1.key").write_text("no key")

        tasks.beat_hearts()

        assert faults() == [("440000/heartbeats/all", "no_key")]
        assert proofs()["450000"] is not None


def test_a_page_that_is_gone_is_no_proof(network):
    with network["44"]:
        tasks.beat_hearts()
        feed = feed_of("heartbeats")
        Page.objects.filter(feed=feed).delete()
        FeedHead.objects.filter(pk=feed.pk).update(state=FeedState.RECOVER)

        tasks.beat_hearts()

        assert faults() == [(str(feed), "page_gone")]
