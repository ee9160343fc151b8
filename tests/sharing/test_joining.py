"""Who is a peer follows the registry, save where people decided: a node or a member goes, moves and comes back."""

import secrets
from dataclasses import replace

import pytest

from providers.facilities.models import Facility
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.desk import services as desk
from sojourn.desk.errors import SelfApproval
from sojourn.sharing import errors
from sojourn.sharing.models import Cursor, Departure, Peer
from sojourn.sharing.services import pulling
from sojourn.sharing.services.looking_after import mark_left, pause_peer, settle_departure
from sojourn.sharing.services.membership import take_registry
from sojourn.sharing.services.two_people import propose_rejoin
from sojourn.sharing.states import Disposition, FeedState, PeerState
from tests.sharing.exchange import pull_all
from tests.sharing.network import REGISTRAR, SUITE, TestNode, signed_registry
from tests.sharing.rows import officer

RUNNING, MARKED = (FeedState.RUNNING, ""), (FeedState.PAUSED, "peer_left")


@pytest.fixture
def editions(standing):
    """Makes an edition of these nodes, which both believe."""
    registrar = secrets.token_bytes(32)
    for node in standing.values():
        node.own_settings["REGISTRARS"] = {REGISTRAR: SUITE.public_of(registrar)}

    def edition(number: int, *nodes: TestNode) -> bytes:
        return signed_registry({node.name: node for node in nodes}, registrar, edition=number)

    return edition


def marks(owner: str | None = None) -> set[tuple[str, str]]:
    """How the feeds stand here that this member, or anybody, owns."""
    cursors = Cursor.objects.filter(feed__owner=owner) if owner else Cursor.objects.all()
    return set(cursors.values_list("state", "reason"))


def copies(owner: str = "440000") -> int:
    return Facility.objects.filter(owner=owner).count()


def without(node: TestNode, member: str) -> TestNode:
    return replace(node, members=tuple(each for each in node.members if each != member))


# --- by the registry ----------------------------------------------------------------------------------
def test_a_node_that_an_edition_drops_is_neither_asked_nor_served_and_its_copies_stay_marked(
    standing, editions
):
    pull_all(standing["50"], "44")
    with standing["50"]:
        before = copies()

        take_registry(editions(2, standing["50"]))

        assert Peer.objects.get(pk="44").state == PeerState.LEFT
        assert pulling.peers_due() == pulling.active_peers() == []
        assert copies() == before > 0
        assert marks() == {MARKED}
        departure = Departure.objects.get()
        assert (departure.left_by, departure.disposition) == (None, "")
        assert sorted(departure.members) == sorted(standing["44"].members)
        assert departure.copies["facilities"] >= before
        assert AuditEntry.objects.get(action="peer.leave").facts["reason"] == "依据成员名册第 2 版"
    assert pull_all(standing["44"], "50") == 0


def test_whom_an_edition_took_away_a_later_one_brings_back(standing, editions):
    with standing["50"]:
        take_registry(editions(2, standing["50"]))
        assert Peer.objects.get(pk="44").state == PeerState.LEFT

        take_registry(editions(3, *standing.values()))

        assert Peer.objects.get(pk="44").state == PeerState.ACTIVE
        assert marks() == {RUNNING}
    assert pull_all(standing["50"], "44") > 0


def test_whom_people_marked_as_left_no_edition_brings_back(standing, editions):
    with standing["50"]:
        mark_left(node="44", reason="协议到期", actor=officer("500000"))

        take_registry(editions(2, *standing.values()))
        take_registry(editions(3, standing["50"]))
        take_registry(editions(4, *standing.values()))

        assert Peer.objects.get(pk="44").state == PeerState.LEFT
        assert Departure.objects.count() == 1
        assert marks() == {MARKED}


def test_one_member_that_an_edition_drops_is_marked_alone_and_comes_back_with_the_next(standing, editions):
    pull_all(standing["50"], "44")
    with standing["50"]:
        before = copies("450000")

        take_registry(editions(2, standing["50"], without(standing["44"], "450000")))

        assert Peer.objects.get(pk="44").state == PeerState.ACTIVE
        assert (marks("450000"), marks("440000")) == ({MARKED}, {RUNNING})
        assert copies("450000") == before
        assert Departure.objects.get().members == ["450000"]

        take_registry(editions(3, *standing.values()))

        assert marks() == {RUNNING}
        assert Departure.objects.count() == 1


def test_a_member_that_moves_to_another_node_is_followed_there(standing, editions, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "node-60-1.key").write_text(secrets.token_hex(32))
    new_home = replace(standing["44"], name="60", members=("450000",), vault=tmp_path)
    with standing["50"]:
        take_registry(editions(2, standing["50"], without(standing["44"], "450000"), new_home))

        assert marks() == {RUNNING}
        assert Peer.objects.get(pk="60").members == ["450000"]
        assert "450000" not in Peer.objects.get(pk="44").members
        assert not Departure.objects.exists()

        take_registry(editions(3, standing["50"], replace(new_home, members=("450000", "360000"))))

        assert (marks("360000"), marks("440000")) == ({RUNNING}, {MARKED})
        stayed = set(standing["44"].members) - {"450000", "360000"}
        assert set(Departure.objects.get().members) == set(Peer.objects.get(pk="44").members) == stayed


# --- by people ----------------------------------------------------------------------------------------
def test_two_people_take_up_again_who_left_and_what_was_erased_is_fetched_anew(standing):
    pull_all(standing["50"], "44")
    with standing["50"]:
        first, second, before = officer("500000"), officer("500000"), copies()
        departure = mark_left(node="44", reason="协议到期", actor=first)
        settle_departure(
            departure_id=departure.pk, disposition=Disposition.ERASED, note="按协议第九条", actor=second
        )
        assert copies() == 0

        proposal = propose_rejoin(node="44", reason="重新签约", actor=first)
        with pytest.raises(SelfApproval):
            desk.approve(proposal_id=proposal.pk, actor=first)
        assert Peer.objects.get(pk="44").state == PeerState.LEFT
        desk.approve(proposal_id=proposal.pk, actor=second)

        assert Peer.objects.get(pk="44").state == PeerState.ACTIVE
        assert marks() == {RUNNING}
    pull_all(standing["50"], "44")
    with standing["50"]:
        assert copies() == before > 0


def test_copies_of_who_came_back_are_not_erased_by_the_record_of_the_leaving(standing):
    pull_all(standing["50"], "44")
    with standing["50"]:
        first, second, before = officer("500000"), officer("500000"), copies()
        departure = mark_left(node="44", reason="协议到期", actor=first)
        proposal = propose_rejoin(node="44", reason="重新签约", actor=first)
        desk.approve(proposal_id=proposal.pk, actor=second)

        with pytest.raises(errors.BackAgain):
            settle_departure(
                departure_id=departure.pk, disposition=Disposition.ERASED, note="按协议第九条", actor=second
            )

        assert copies() == before > 0
        departure.refresh_from_db()
        assert departure.disposition == ""


def test_only_who_left_and_is_listed_is_taken_up_again(standing, editions):
    with standing["50"]:
        actor = officer("500000")
        with pytest.raises(errors.NoSuchPeer):
            propose_rejoin(node="99", reason="重新签约", actor=actor)
        with pytest.raises(WrongStatus):
            propose_rejoin(node="44", reason="重新签约", actor=actor)
        mark_left(node="44", reason="协议到期", actor=actor)
        proposal = propose_rejoin(node="44", reason="重新签约", actor=actor)
        take_registry(editions(2, standing["50"]))

        with pytest.raises(errors.NotListed):
            desk.approve(proposal_id=proposal.pk, actor=officer("500000"))
        with pytest.raises(errors.NotListed):
            propose_rejoin(node="44", reason="重新签约", actor=actor)

        assert Peer.objects.get(pk="44").state == PeerState.LEFT


def test_copies_of_a_paused_peer_that_leaves_are_marked_as_left(standing):
    with standing["50"]:
        actor = officer("500000")
        pause_peer(node="44", reason="对方检修", actor=actor)

        mark_left(node="44", reason="协议到期", actor=actor)

        assert marks() == {MARKED}
