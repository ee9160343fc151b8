"""What takes two people: a feed that stopped goes on, and an own feed counts anew."""

import pytest

from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.desk import services as desk
from sojourn.desk.errors import MayNotPropose, NoSuchProposal, SelfApproval
from sojourn.desk.models import Proposal, WorkItem
from sojourn.sharing import errors
from sojourn.sharing.models import Alarm, FeedHead, Marker, Page
from sojourn.sharing.protocol.pages import FIRST
from sojourn.sharing.services import membership, recovering, sealing, snapshots
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.two_people import propose_epoch, propose_release
from sojourn.sharing.states import FeedState
from tests.sharing.exchange import cursor_of, pull_all, seal_all
from tests.sharing.network import TWO_NODES
from tests.sharing.rows import followed, officer, stopped, written

pytestmark = pytest.mark.django_db
WHY = "已与对方核对，系其名册更新所致"


@pytest.fixture(autouse=True)
def hosted(settings):
    settings.HOSTED_PROVINCES = list(TWO_NODES["44"])


# --- a feed that stopped --------------------------------------------------------------------------
def test_a_feed_that_stopped_goes_on_when_a_second_person_agrees():
    cursor = stopped()
    raise_alarm(reason="bad_signature", subject=str(cursor.feed))
    proposal = propose_release(feed_id=cursor.pk, reason=WHY, actor=officer())
    cursor.refresh_from_db()
    assert cursor.state == FeedState.INTEGRITY_STOP

    desk.approve(proposal_id=proposal.pk, actor=officer())

    cursor.refresh_from_db()
    assert (cursor.state, cursor.reason) == (FeedState.RUNNING, WHY)
    assert not Alarm.objects.open().exists()
    assert WorkItem.objects.get(queue="feed_alarms").status == "closed"
    assert AuditEntry.objects.get(action="feed.release").facts["before"] == {"state": "integrity_stop"}


def test_one_person_alone_cannot():
    cursor, actor = stopped(), officer()
    proposal = propose_release(feed_id=cursor.pk, reason=WHY, actor=actor)

    with pytest.raises(SelfApproval):
        desk.approve(proposal_id=proposal.pk, actor=actor)

    cursor.refresh_from_db()
    assert cursor.state == FeedState.INTEGRITY_STOP


@pytest.mark.parametrize(
    ("division", "role"), [("440100", Role.OFFICER), ("440000", Role.AUDITOR), ("440000", Role.ADMIN)]
)
def test_only_officers_of_a_whole_province_propose_it(division, role):
    cursor = stopped()

    with pytest.raises(MayNotPropose):
        propose_release(feed_id=cursor.pk, reason=WHY, actor=officer(division, role))

    assert not Proposal.objects.exists()


@pytest.mark.parametrize("division", ["440100", "450000"])
def test_an_officer_of_less_or_of_elsewhere_does_not_approve_it(division):
    cursor = stopped()
    proposal = propose_release(feed_id=cursor.pk, reason=WHY, actor=officer())

    with pytest.raises(NoSuchProposal if division == "450000" else Exception):
        desk.approve(proposal_id=proposal.pk, actor=officer(division))

    cursor.refresh_from_db()
    assert cursor.state == FeedState.INTEGRITY_STOP


def test_whoever_proposes_has_it_at_her_own_provinces_desk():
    proposal = propose_release(feed_id=stopped().pk, reason=WHY, actor=officer("450000"))

    assert proposal.division_code == "450000"


def test_a_feed_that_runs_is_not_released():
    cursor = followed()

    with pytest.raises(WrongStatus):
        propose_release(feed_id=cursor.pk, reason=WHY, actor=officer())


# --- an own feed that counts anew -----------------------------------------------------------------
def test_an_epoch_begins_only_once_it_is_known_that_nobody_has_the_pages():
    head = written(state=FeedState.RECOVER, reason="vault")

    with pytest.raises(errors.StillRecovering):
        propose_epoch(feed_id=head.pk, reason=WHY, actor=officer())
    with pytest.raises(errors.StillRecovering):
        recovering.begin_epoch(feed_id=head.pk, reason=WHY, actor=officer())

    head.refresh_from_db()
    assert (head.epoch, head.state) == (1, FeedState.RECOVER)


def test_a_feed_whose_pages_nobody_has_is_sealed_anew_and_followed_from_there(network):
    with network["44"]:
        membership.beat_hearts()
        seal_all()
        membership.beat_hearts()
        seal_all()
        head = FeedHead.objects.get(feed__owner="440000", feed__resource="heartbeats")
        # The database is put back to before both pages, which no peer ever took.
        Page.objects.filter(feed=head.feed).delete()
        Marker.objects.filter(feed=head.feed).delete()
        FeedHead.objects.filter(pk=head.pk).update(no=0, digest=FIRST, sealed_at=None)
        recovering.find_restored()
        recovering.recover_feeds(reach=network["44"].reach)
        proposal = propose_epoch(feed_id=head.pk, reason=WHY, actor=officer())

        desk.approve(proposal_id=proposal.pk, actor=officer())

        head.refresh_from_db()
        assert (head.epoch, head.no, head.state) == (2, 0, FeedState.RUNNING)
        assert sealing.seal_feed(feed_id=head.pk) == 1
        head.refresh_from_db()
        assert (head.epoch, head.no, head.state) == (2, 1, FeedState.RUNNING)
        assert not Alarm.objects.open().filter(subject=str(head.feed)).exists()
        snapshots.make_snapshot(feed_id=head.pk)

    pull_all(network["50"], "44")

    with network["50"]:
        assert (cursor_of("heartbeats").epoch, cursor_of("heartbeats").no) == (2, 1)
