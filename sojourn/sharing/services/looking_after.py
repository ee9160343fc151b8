"""A peer is paused, taken up again, or has left; what is held of its members is marked and never lost by that."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import now
from sojourn.core.trail import record
from sojourn.sharing import catalogue, policy
from sojourn.sharing.errors import (
    AlreadySettled,
    BackAgain,
    CopiesInUse,
    NoSuchDeparture,
    NoSuchPeer,
    NotForYou,
    SecondPersonSettles,
    WhyMissing,
)
from sojourn.sharing.models import Cursor, Departure, Page, Peer, SetAsideEntry
from sojourn.sharing.protocol.pages import FIRST
from sojourn.sharing.services.alarms import close_alarms
from sojourn.sharing.services.holding import hold_feed
from sojourn.sharing.services.withdrawing import applying
from sojourn.sharing.states import (
    PEER_FLOW,
    UNSETTLED_ENTRIES,
    Disposition,
    EntryState,
    FeedState,
    PeerState,
)

# Why copies are no longer kept up to date, by how the peer stands that would.
MARKS = {PeerState.ACTIVE: "", PeerState.PAUSED: "peer_paused", PeerState.LEFT: "peer_left"}


@transaction.atomic
def pause_peer(*, node: str, reason: str, actor: Actor) -> Peer:
    """The peer is neither asked nor served; the copies of its members' facts stay, marked as paused."""
    peer = _led_to(node, "pause", reason, actor)
    _mark_copies(actor)
    return peer


@transaction.atomic
def resume_peer(*, node: str, actor: Actor) -> Peer:
    """The peer is asked at once and served again, and its feeds go on where they were."""
    return _asked_at_once(_led_to(node, "resume", "-", actor), actor)


@transaction.atomic
def mark_left(*, node: str, reason: str, actor: Actor) -> Departure:
    """The peer has left; a record says what is held of its members, until somebody else says what became of it."""
    peer = _led_to(node, "leave", reason, actor)
    _mark_copies(actor)
    return _departed(peer, peer.members, reason.strip(), actor)


@transaction.atomic
def rejoin_peer(*, node: str, reason: str, actor: Actor) -> Peer:
    """A peer that left is asked and served again, and its feeds go on: from their beginning where copies were erased.

    Two people decide that (kind ``rejoin_peer`` at the desk); this is what their decision does.
    """
    return _asked_at_once(_led_to(node, "rejoin", reason, actor), actor)


@transaction.atomic
def stand_by_registry(*, listed: Mapping[str, Collection[str]], edition: int) -> None:
    """Who is listed no more has left, with a record of what is held; whom an edition took away, a later one brings back.

    ``listed`` are the members of each node. Peers that people marked as left are theirs to take up again.
    """
    everybody = {member for members in listed.values() for member in members}
    reason = _("依据成员名册第 {edition} 版").format(edition=edition)
    for peer in list(Peer.objects.locked()):
        was_here = peer.state != PeerState.LEFT
        gone = [member for member in peer.members if member not in everybody]
        Peer.objects.filter(pk=peer.pk).update(members=list(listed.get(peer.node, gone)))
        if was_here and peer.node not in listed:
            peer = _led_to(peer.node, "leave", reason, SYSTEM)
        if was_here and (gone or peer.state == PeerState.LEFT):
            _departed(peer, gone, reason, SYSTEM)
        if not was_here and peer.node in listed and _left_by_registry(peer):
            _asked_at_once(_led_to(peer.node, "rejoin", reason, SYSTEM), SYSTEM)
    _mark_copies(SYSTEM)


@transaction.atomic
def settle_departure(*, departure_id: UUID, disposition: str, note: str, actor: Actor) -> Departure:
    """A second person says what became of the copies; where they are to be erased, they are gone with that."""
    departure = Departure.objects.locked().filter(pk=departure_id).first()
    if departure is None:
        raise NoSuchDeparture
    _permit(actor)
    if departure.disposition:
        raise AlreadySettled
    if actor.user_id == departure.left_by:
        raise SecondPersonSettles
    if not note.strip():
        raise WhyMissing
    if disposition == Disposition.ERASED:
        _refuse_if_back(departure)
        _erase_copies(departure.members)
    departure.disposition = Disposition(disposition)
    departure.note, departure.settled_at, departure.settled_by = note.strip(), now(), actor.user_id
    departure.save(update_fields=["disposition", "note", "settled_at", "settled_by"])
    record(action="departure.settled", actor=actor, subject=departure, disposition=disposition)
    return departure


# --- steps --------------------------------------------------------------------------------------------
def _led_to(node: str, verb: str, reason: str, actor: Actor) -> Peer:
    """The peer, held until commit, in the state that the verb leads to."""
    peer = Peer.objects.locked().filter(pk=node).first()
    if peer is None:
        raise NoSuchPeer
    _permit(actor)
    if not reason.strip():
        raise WhyMissing
    before = PeerState(peer.state)
    peer.state = PEER_FLOW.after(verb, before)
    peer.save(update_fields=["state"])
    record(
        action=f"peer.{verb}",
        actor=actor,
        subject=peer,
        before={"state": before},
        after={"state": peer.state},
        reason=reason.strip(),
    )
    return peer


def _permit(actor: Actor) -> None:
    if not policy.can_look_after_feeds(actor):
        raise NotForYou


def _asked_at_once(peer: Peer, actor: Actor) -> Peer:
    peer.next_poll_at, peer.failures, peer.last_failure = now(), 0, ""
    peer.save(update_fields=["next_poll_at", "failures", "last_failure"])
    _mark_copies(actor)
    return peer


def _mark_copies(actor: Actor) -> None:
    """The feeds of every member that go on, or are held for its node's sake alone, stand as its node does.

    One that is held for a reason of its own keeps it. Of whom no node is listed, nobody keeps the copies up to date.
    """
    standing = {
        member: MARKS[PeerState(peer.state)]
        for peer in Peer.objects.order_by("pk")
        for member in peer.members
    }
    for cursor in list(Cursor.objects.select_related("feed").order_by("pk")):
        mark = standing.get(cursor.feed.owner, MARKS[PeerState.LEFT])
        is_marked = cursor.state == FeedState.PAUSED and cursor.reason in MARKS.values()
        if is_marked and cursor.reason != mark:
            hold_feed(feed_id=cursor.pk, verb="resume", reason="", actor=actor)
        if mark and (cursor.state == FeedState.RUNNING or (is_marked and cursor.reason != mark)):
            hold_feed(feed_id=cursor.pk, verb="pause", reason=mark, actor=actor)


def _departed(peer: Peer, members: list[str], reason: str, actor: Actor) -> Departure:
    departure = Departure.objects.create(
        node=peer.node,
        members=members,
        copies=_copies_of(members),
        pages=Page.objects.filter(feed__owner__in=members, feed__is_own=False).count(),
        reason=reason,
        left_at=now(),
        left_by=actor.user_id,
    )
    record(action="departure.recorded", actor=actor, subject=departure, copies=departure.copies)
    if peer.state == PeerState.LEFT:
        close_alarms(subject=f"node {peer.node}", actor=actor)
    return departure


def _left_by_registry(peer: Peer) -> bool:
    last = Departure.objects.filter(node=peer.node).order_by("-left_at").first()
    return last is not None and last.left_by is None


def _refuse_if_back(departure: Departure) -> None:
    back = Peer.objects.exclude(state=PeerState.LEFT).filter(members__overlap=departure.members)
    if back.exists():
        raise BackAgain


def _copies_of(members: list[str]) -> dict[str, int]:
    """How many entities of these members stand here, by resource."""
    found = {}
    with connection.cursor() as cursor:
        for resource in catalogue.resources():
            cursor.execute(
                f"SELECT count(*) FROM {resource.shape.table} WHERE owner = ANY(%s)",
                [members],
            )
            found[resource.name] = cursor.fetchone()[0]
    return found


def _erase_copies(members: list[str]) -> None:
    """Rows, pages and entries of these members are gone; a member that comes back is followed from its beginning."""
    try:
        with transaction.atomic(), applying(), connection.cursor() as cursor:
            for resource in reversed(list(catalogue.resources())):
                table = resource.shape.table
                for part in resource.shape.parts:
                    cursor.execute(
                        f"DELETE FROM {part.table} WHERE {part.whole} IN"
                        f" (SELECT id FROM {table} WHERE owner = ANY(%s))",
                        [members],
                    )
                cursor.execute(f"DELETE FROM {table} WHERE owner = ANY(%s)", [members])
    except IntegrityError:
        raise CopiesInUse from None
    feeds = {"feed__owner__in": members, "feed__is_own": False}
    Page.objects.filter(**feeds).delete()
    SetAsideEntry.objects.filter(**feeds, state__in=UNSETTLED_ENTRIES).update(
        state=EntryState.DISMISSED, settled_at=now(), body=b""
    )
    Cursor.objects.of_node(members).update(
        no=0,
        digest=FIRST,
        withdrawn_no=0,
        withdrawn_digest=FIRST,
        confirmed_at=None,
        pieces_of="",
        pieces_taken=0,
    )
