"""A peer is paused, taken up again or leaves; what is held of its members stays until somebody decides."""

import pytest

from providers.facilities.models import Facility, Operator
from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.sharing import errors
from sojourn.sharing.models import Alarm, Cursor, Departure, Page, Peer
from sojourn.sharing.protocol.reasons import Reason
from sojourn.sharing.services import pulling
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.looking_after import mark_left, pause_peer, resume_peer, settle_departure
from sojourn.sharing.states import Disposition, FeedState, PeerState
from tests.factories.facilities import FacilityFactory
from tests.sharing.exchange import pull_all
from tests.sharing.rows import officer, peer

pytestmark = pytest.mark.django_db


def test_a_paused_peers_copies_are_marked_and_not_deleted(standing):
    pull_all(standing["50"], "44")
    with standing["50"]:
        copies = Facility.objects.filter(owner="440000").count()

        pause_peer(node="44", reason="对方检修", actor=officer("500000"))

        assert copies == Facility.objects.filter(owner="440000").count() == 4
        states = set(Cursor.objects.values_list("state", "reason"))
        assert states == {(FeedState.PAUSED, "peer_paused")}
        assert AuditEntry.objects.filter(action="peer.pause").count() == 1


def test_a_paused_peer_is_neither_asked_nor_served(standing):
    with standing["44"]:
        pause_peer(node="50", reason="对方检修", actor=officer())
        assert pulling.peers_due() == []
    assert pull_all(standing["44"], "50") == 0

    assert pull_all(standing["50"], "44") == 0

    with standing["50"]:
        assert Peer.objects.get(pk="44").last_failure == Reason.NOT_GRANTED


def test_a_resumed_peer_is_followed_where_it_was_and_served_again(standing):
    with standing["44"]:
        held = Cursor.objects.order_by("pk").last()
        actor = officer()
        Cursor.objects.filter(pk=held.pk).update(state=FeedState.PAUSED, reason="只停这一条")
        pause_peer(node="50", reason="对方检修", actor=actor)

        resume_peer(node="50", actor=actor)

        held.refresh_from_db()
        assert (held.state, held.reason) == (FeedState.PAUSED, "只停这一条")
    assert pull_all(standing["44"], "50") > 0
    assert pull_all(standing["50"], "44") > 0


@pytest.mark.parametrize(
    ("division", "role"), [("440100", Role.OFFICER), ("440000", Role.AUDITOR), ("440106", Role.ADMIN)]
)
def test_only_those_who_look_after_feeds_pause_and_part(division, role):
    node = peer()

    for verb in (pause_peer, mark_left):
        with pytest.raises(errors.NotForYou):
            verb(node=node.pk, reason="不合作了", actor=officer(division, role))

    node.refresh_from_db()
    assert node.state == PeerState.ACTIVE
    assert not Departure.objects.exists()


def test_a_peer_is_paused_with_a_reason_and_once():
    peer()
    actor = officer()
    with pytest.raises(errors.WhyMissing):
        pause_peer(node="50", reason=" ", actor=actor)
    pause_peer(node="50", reason="对方检修", actor=actor)

    with pytest.raises(WrongStatus):
        pause_peer(node="50", reason="对方检修", actor=actor)
    with pytest.raises(errors.NoSuchPeer):
        pause_peer(node="99", reason="对方检修", actor=actor)


# --- leaving --------------------------------------------------------------------------------------
def left(actor) -> Departure:
    raise_alarm(reason="peer_unreachable", subject="node 44")
    return mark_left(node="44", reason="协议到期", actor=actor)


def test_leaving_writes_down_what_is_held_and_deletes_nothing(standing):
    pull_all(standing["50"], "44")

    with standing["50"]:
        departure = left(officer("500000"))

        assert departure.copies["facilities"] == Facility.objects.filter(owner__in=departure.members).count()
        assert departure.copies["operators"] == Operator.objects.filter(owner__in=departure.members).count()
        assert min(departure.copies["facilities"], departure.copies["operators"]) > 0
        assert departure.pages == Page.objects.filter(feed__is_own=False).count() > 0
        assert departure.disposition == ""
        assert Facility.objects.filter(owner="440000").exists()
        assert not Alarm.objects.open().exists()
        assert set(Cursor.objects.values_list("reason", flat=True)) == {"peer_left"}


def test_a_second_person_has_the_copies_erased_and_our_own_facts_stay(standing):
    pull_all(standing["50"], "44")
    with standing["50"]:
        actor = officer("500000")
        departure, own = left(actor), Facility.objects.filter(owner="500000").count()
        erase = {"departure_id": departure.pk, "disposition": Disposition.ERASED, "note": "按协议第九条"}
        with pytest.raises(errors.SecondPersonSettles):
            settle_departure(**erase, actor=actor)
        assert Facility.objects.filter(owner="440000").exists()

        settle_departure(**erase, actor=officer("500000"))

        assert not Facility.objects.filter(owner="440000").exists()
        assert not Operator.objects.filter(owner="440000").exists()
        assert not Page.objects.filter(feed__is_own=False).exists()
        assert Facility.objects.filter(owner="500000").count() == own > 0
        departure.refresh_from_db()
        assert departure.disposition == Disposition.ERASED
        with pytest.raises(errors.AlreadySettled):
            settle_departure(**erase, actor=officer("500000"))


def test_copies_that_our_own_facts_rest_on_are_not_erased(standing):
    pull_all(standing["50"], "44")
    with standing["50"]:
        departure = left(officer("500000"))
        FacilityFactory(division_id="500103", operator=Operator.objects.filter(owner="440000").first())

        with pytest.raises(errors.CopiesInUse):
            settle_departure(
                departure_id=departure.pk,
                disposition=Disposition.ERASED,
                note="按协议第九条",
                actor=officer("500000"),
            )

        departure.refresh_from_db()
        assert departure.disposition == ""
        assert Facility.objects.filter(owner="440000").exists()


def test_who_left_is_neither_asked_nor_served(standing):
    with standing["44"]:
        mark_left(node="50", reason="协议到期", actor=officer())
        assert pulling.active_peers() == pulling.peers_due() == []

    assert pull_all(standing["50"], "44") == 0
