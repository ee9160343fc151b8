"""A peer is paused, taken up again, or has left; what is held of its members is marked and never lost by that."""

from uuid import UUID

from django.db import IntegrityError, connection, transaction

from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.trail import record
from sojourn.sharing import catalogue, policy
from sojourn.sharing.errors import (
    AlreadySettled,
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

PAUSED, LEFT = "peer_paused", "peer_left"


@transaction.atomic
def pause_peer(*, node: str, reason: str, actor: Actor) -> Peer:
    """The peer is neither asked nor served; the copies of its members' facts stay, marked as paused."""
    peer = _led_to(node, "pause", reason, actor)
    _mark_copies(peer, PAUSED, actor)
    return peer


@transaction.atomic
def resume_peer(*, node: str, actor: Actor) -> Peer:
    """The peer is asked at once and served again, and its feeds go on where they were."""
    peer = _led_to(node, "resume", "-", actor)
    peer.next_poll_at, peer.failures, peer.last_failure = now(), 0, ""
    peer.save(update_fields=["next_poll_at", "failures", "last_failure"])
    marked = Cursor.objects.of_node(peer.members).filter(state=FeedState.PAUSED, reason=PAUSED)
    for pk in list(marked.order_by("pk").values_list("pk", flat=True)):
        hold_feed(feed_id=pk, verb="resume", reason="", actor=actor)
    return peer


@transaction.atomic
def mark_left(*, node: str, reason: str, actor: Actor) -> Departure:
    """The peer has left; a record says what is held of its members, until somebody else says what became of it."""
    peer = _led_to(node, "leave", reason, actor)
    _mark_copies(peer, LEFT, actor)
    departure = Departure.objects.create(
        node=peer.node,
        members=peer.members,
        copies=_copies_of(peer.members),
        pages=Page.objects.filter(feed__owner__in=peer.members, feed__is_own=False).count(),
        reason=reason.strip(),
        left_at=now(),
        left_by=actor.user_id,
    )
    record(action="departure.recorded", actor=actor, subject=departure, copies=departure.copies)
    close_alarms(subject=f"node {peer.node}", actor=actor)
    return departure


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


def _mark_copies(peer: Peer, reason: str, actor: Actor) -> None:
    """The feeds of its members that went on are held; one that is held already keeps its own reason."""
    going_on = Cursor.objects.of_node(peer.members).filter(state=FeedState.RUNNING)
    for pk in list(going_on.order_by("pk").values_list("pk", flat=True)):
        hold_feed(feed_id=pk, verb="pause", reason=reason, actor=actor)


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
