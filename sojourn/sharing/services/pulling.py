"""Following the feeds of other nodes: ask, believe only what is signed and in its place, apply, go on.

A job is only a hint: the lease in the peer's row keeps two workers from asking one node at once, the lock on the
cursor keeps a page from being applied twice, and a sweep finds whatever a lost job left.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import timedelta
from functools import partial

from django.db.models import Case, F, Value, When

from sojourn.core.clock import now, today
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.client import PeerClient, PeerFailed
from sojourn.sharing.models import Cursor, Page, Peer
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.verifying import Place, Verified
from sojourn.sharing.services.ahead import Ahead, Turn
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.applying import OverQuarantineLimit, apply_page
from sojourn.sharing.services.heads import FORKED, forks_at, heads_for, look_at_heads
from sojourn.sharing.services.holding import hold_feed
from sojourn.sharing.services.membership import live_registry, take_registry
from sojourn.sharing.services.snapshots import begin_anew, take_over
from sojourn.sharing.services.withdrawing import take_withdrawals
from sojourn.sharing.states import HELD_FEEDS, FeedState, PeerState

LEASE = timedelta(seconds=120)
LONGEST_PULL = 60.0
SOON = 5.0
FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0
UNREACHABLE, NOT_SERVED = "peer_unreachable", "feed_not_served"
PAGE_GONE, SNAPSHOT_NOT_READY = "page_gone", "snapshot_not_ready"
# The first answer may have been spoilt on its way; the second one stops the feed.
STOPPING = frozenset(
    {
        Reason.BAD_SIGNATURE,
        Reason.KEY_NOT_VALID_HERE,
        Reason.WRONG_FEED,
        Reason.WRONG_EPOCH,
        Reason.WRONG_NUMBER,
        Reason.BROKEN_CHAIN,
        Reason.WRONG_OWNER,
        Reason.WRONG_COUNT,
        Reason.WRONG_DIGEST,
        Reason.NOT_STRICT,
        Reason.BAD_ENTRY,
        Reason.TOO_LARGE,
        Reason.BAD_HEADER,
        Reason.BAD_FRAME,
        Reason.BAD_PACKING,
    }
)
Connect = Callable[[Peer], PeerClient]


def connect(peer: Peer) -> PeerClient:
    return PeerClient(peer.node, peer.address)


def peers_due() -> list[str]:
    """The nodes whom it is time to ask."""
    return list(Peer.objects.due(now()).order_by("next_poll_at").values_list("node", flat=True))


def active_peers() -> list[str]:
    """The nodes with whom this one exchanges."""
    return list(Peer.objects.filter(state=PeerState.ACTIVE).order_by("pk").values_list("node", flat=True))


def pull_from(*, node: str, reach: Connect = connect, beside: Executor | None = None) -> int:
    """Everything new of a node's feeds that it serves now is applied here; how many pages that took.

    Nothing where another worker is asking that node. A node that fails is asked again later, ever more seldom.
    Where somebody is ``beside`` us, he fetches and verifies the next page while PostgreSQL writes this one.
    """
    if not Peer.objects.due(now()).filter(node=node).update(leased_until=now() + LEASE):
        return 0
    peer = Peer.objects.get(pk=node)
    try:
        client = reach(peer)
        registry = _registry_by(client)
        asked_at = now()
        answer = client.heads(heads_for(node))
        registry = _newer_registry(client, answer, registry)
        look_at_heads(answer.get("heads"), shown_by=node, registry=registry)
        turn = Turn(client, registry, time.monotonic() + LONGEST_PULL, beside)
        pages = _follow_all(peer, turn)
        Cursor.objects.of_node(peer.members).filter(
            state=FeedState.RUNNING, head_epoch=F("epoch"), head_no=F("no")
        ).update(confirmed_at=asked_at)
    except PeerFailed as failure:
        _failed(peer, failure.reason)
        return 0
    except Refused as refusal:
        raise_alarm(reason=refusal.reason, subject=f"node {node}", detail="heads")
        _failed(peer, refusal.reason)
        return 0
    _answered(peer, pages)
    return pages


def poke(node: str) -> None:
    """A node that says it has something new is asked at once, one that failed before within seconds; a mere hint."""
    at = now()
    Peer.objects.filter(node=node, failures=0).update(next_poll_at=at)
    soon = at + timedelta(seconds=SOON)
    Peer.objects.filter(node=node, failures__gt=0, next_poll_at__gt=soon).update(next_poll_at=soon)


def _registry_by(client: PeerClient) -> Registry:
    """The registry that counts; where ours is past its time, the peer may hold the next one."""
    try:
        return live_registry()
    except Refused as refusal:
        if refusal.reason != Reason.REGISTRY_EXPIRED:
            raise
    take_registry(client.registry())
    return live_registry()


def _newer_registry(client: PeerClient, answer: dict, registry: Registry) -> Registry:
    """The peer's registry, if it holds a newer one that the registrars signed."""
    edition = answer.get("registry")
    if not isinstance(edition, int) or edition <= registry.edition:
        return registry
    take_registry(client.registry())
    return live_registry()


def _follow_all(peer: Peer, turn: Turn) -> int:
    """The node's feeds one after the other, parents before what belongs to them."""
    order = {resource.name: at for at, resource in enumerate(catalogue.resources())}
    cursors = Cursor.objects.of_node(peer.members).select_related("feed").order_by("pk")
    pages = 0
    for cursor in sorted(cursors, key=lambda each: order.get(each.feed.resource, len(order))):
        if not turn.is_over and not _is_at_its_end(cursor):
            pages += _follow_or_note(cursor, turn)
    return pages


def _follow_or_note(cursor: Cursor, turn: Turn) -> int:
    """One feed followed; what its owner answers amiss about it must not hold up the owner's other feeds."""
    try:
        pages = _follow(cursor.pk, turn)
    except PeerFailed as failure:
        if not failure.status:
            raise  # nobody answered: the other feeds would not fare better
        raise_alarm(reason=NOT_SERVED, subject=str(cursor.feed), detail=failure.reason)
        return 0
    if pages:
        close_alarms(subject=str(cursor.feed), reasons=(NOT_SERVED,))
    return pages


def _is_at_its_end(cursor: Cursor) -> bool:
    """Whether there is nothing to do for a feed, as is so for most of them most of the time."""
    at_end = (cursor.epoch, cursor.no) == (cursor.head_epoch, cursor.head_no)
    return at_end and cursor.state == FeedState.RUNNING


def _follow(feed_id: int, turn: Turn) -> int:
    pages, ahead = 0, Ahead[Verified](turn.beside)
    while not turn.is_over:
        cursor = Cursor.objects.select_related("feed").get(pk=feed_id)
        if _must_begin_anew(cursor):
            begin_anew(feed_id=feed_id, reason="many_pages" if cursor.no == 0 else "epoch")
            cursor.refresh_from_db()
        if cursor.state == FeedState.REBOOTSTRAP:
            if not _take_over(cursor, turn):
                break
            pages += 1
            continue
        held = cursor.state in HELD_FEEDS
        after = cursor.withdrawn_place if held else cursor.place
        if cursor.state not in {FeedState.RUNNING, *HELD_FEEDS} or after.no >= cursor.head_no:
            break
        page = ahead.take(after) or _believed(cursor, after, turn)
        if page is None:
            break
        if page.place.no < cursor.head_no:
            ahead.want(page.place, partial(turn.ask, str(cursor.feed), page.place))
        taken = take_withdrawals(feed_id=feed_id, page=page) if held else _take(cursor, page)
        if not taken:
            break
        pages += 1
    return pages


def _must_begin_anew(cursor: Cursor) -> bool:
    """Whether a snapshot is the shorter way, or the only one since the owner counts anew."""
    if cursor.state != FeedState.RUNNING:
        return False
    many = cursor.no == 0 and cursor.head_no > rule("sharing_snapshot_pages", on=today())
    return many or cursor.head_epoch > cursor.epoch


def _take_over(cursor: Cursor, turn: Turn) -> bool:
    """Whether the owner's snapshot stands here, whole; what is wrong with it stops the feed.

    One that is still being made, or too large for one turn, is gone on with the next time.
    """
    try:
        if not take_over(feed_id=cursor.pk, turn=turn):
            return False
    except PeerFailed as failure:
        if failure.reason != SNAPSHOT_NOT_READY:
            raise
        return False
    except Refused as refusal:
        raise_alarm(reason=refusal.reason, subject=str(cursor.feed), detail="snapshot")
        hold_feed(feed_id=cursor.pk, verb="stop", reason=refusal.reason)
        return False
    close_alarms(subject=str(cursor.feed), reasons=("rebootstrap", "digest_differs"))
    return True


def _believed(cursor: Cursor, after: Place, turn: Turn) -> Verified | None:
    """The next page, verified; asked for twice before its faults are held against its owner."""
    for attempt in (1, 2):
        try:
            return turn.ask(str(cursor.feed), after)
        except PeerFailed as failure:
            if failure.reason == PAGE_GONE and cursor.state not in HELD_FEEDS:
                begin_anew(feed_id=cursor.pk, reason=PAGE_GONE)
                return None
            raise
        except Refused as refusal:
            fault = refusal
            if attempt == 1 and refusal.reason not in STOPPING:
                break
    raise_alarm(reason=fault.reason, subject=str(cursor.feed), detail=f"{after.epoch}.{after.no + 1}")
    if fault.reason in STOPPING:
        hold_feed(feed_id=cursor.feed_id, verb="stop", reason=fault.reason)
    return None


def _take(cursor: Cursor, page: Verified) -> bool:
    """Whether the page was applied; where it may not be, the feed is held and says why."""
    feed_id, number = cursor.feed_id, f"{page.header.epoch}.{page.header.no}"
    try:
        kept = apply_page(feed_id=feed_id, page=page)
    except OverQuarantineLimit:
        raise_alarm(reason="quarantine_limit", subject=str(cursor.feed), detail=number)
        hold_feed(feed_id=feed_id, verb="hold_for_quarantine", reason="quarantine_limit")
        return True
    except Refused as refusal:
        raise_alarm(reason=refusal.reason, subject=str(cursor.feed), detail=number)
        verb = "hold_for_schema" if refusal.reason == Reason.UNKNOWN_SCHEMA else "stop"
        hold_feed(feed_id=feed_id, verb=verb, reason=refusal.reason)
        return verb == "hold_for_schema"
    return kept is not None and _stands_alone(cursor, kept)


def _stands_alone(cursor: Cursor, page: Page) -> bool:
    """Whether nobody ever showed another header for this number; else the feed stops."""
    if forks_at(page):
        raise_alarm(reason=FORKED, subject=str(cursor.feed), detail=f"{page.epoch}.{page.no}")
        hold_feed(feed_id=cursor.feed_id, verb="stop", reason=FORKED)
        return False
    return True


def _answered(peer: Peer, pages: int) -> None:
    """The node is asked again after the usual time; soon, where the last turn was too short for all it had."""
    seconds = rule("sharing_poll_seconds", on=today())
    wait = timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the load, keeps no secret
    followed = list(Cursor.objects.of_node(peer.members))
    is_moving = pages > 0 and not all(map(_is_at_its_end, followed))
    if is_moving or any(cursor.state == FeedState.REBOOTSTRAP for cursor in followed):
        wait = timedelta(seconds=SOON)
    # One that said meanwhile that it has something new is asked again at once: it may be in a feed we were past.
    at = Case(When(next_poll_at=peer.next_poll_at, then=Value(now() + wait)), default=F("next_poll_at"))
    Peer.objects.filter(pk=peer.pk).update(
        leased_until=None, next_poll_at=at, failures=0, last_failure="", answered_at=now()
    )
    close_alarms(subject=f"node {peer.node}", reasons=(UNREACHABLE,))


def _failed(peer: Peer, reason: str) -> None:
    delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(peer.failures, 20))
    wait = timedelta(seconds=delay * random.uniform(0.8, 1.2))  # noqa: S311 - as above
    Peer.objects.filter(pk=peer.pk).update(
        leased_until=None, next_poll_at=now() + wait, failures=F("failures") + 1, last_failure=reason[:80]
    )
    if peer.failures >= 2:
        raise_alarm(reason=UNREACHABLE, subject=f"node {peer.node}", detail=reason)
