"""Following the feeds of other nodes: ask, believe only what is signed and in its place, apply, go on.

A job is only a hint: the lease in the peer's row keeps two workers from asking one node at once, the lock on the
cursor keeps a page from being applied twice, and a sweep finds whatever a lost job left.
"""

import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from datetime import timedelta
from functools import partial

from django.db.models import Case, F, Q, Value, When

from sojourn.core.clock import now, today
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.client import PeerClient, PeerFailed
from sojourn.sharing.models import Alarm, Cursor, Page, Peer
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.verifying import Place, Verified
from sojourn.sharing.services.ahead import STOPPING, Ahead, Shelf, Turn, asked_twice, while_writing
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.services.applying import OverQuarantineLimit, apply_page
from sojourn.sharing.services.heads import FORKED, forks_at, heads_for, known_of, look_at_answer
from sojourn.sharing.services.holding import TOO_MUCH_ASIDE, hold_feed
from sojourn.sharing.services.membership import live_registry, take_registry
from sojourn.sharing.services.snapshots import begin_anew, take_over
from sojourn.sharing.services.withdrawing import take_withdrawals
from sojourn.sharing.states import HELD_FEEDS, FeedState, PeerState

LEASE = timedelta(seconds=120)
LONGEST_PULL = 60.0
SOON = 5.0
FIRST_DELAY, LONGEST_DELAY = 1.0, 300.0
UNREACHABLE, NOT_SERVED = "peer_unreachable", "feed_not_served"
PAGES = "pages"
PAGE_GONE, SNAPSHOT_NOT_READY = "page_gone", "snapshot_not_ready"
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
    Where somebody is ``beside`` us, he fetches and verifies the next pages while PostgreSQL writes these.
    """
    if not Peer.objects.due(now()).filter(node=node).update(leased_until=now() + LEASE):
        return 0
    peer = Peer.objects.get(pk=node)
    try:
        client = reach(peer)
        registry = _registry_by(client)
        if _wants_heads(peer):
            registry = _compare_heads(peer, client, registry)
        pages = _follow_all(peer, Turn(client, registry, time.monotonic() + LONGEST_PULL, beside))
        _confirm(peer)
    except PeerFailed as failure:
        _failed(peer, failure.reason)
        return 0
    except Refused as refusal:
        raise_alarm(reason=refusal.reason, subject=f"node {node}", detail="heads")
        _failed(peer, refusal.reason)
        return 0
    _answered(peer, pages)
    return pages


def _wants_heads(peer: Peer) -> bool:
    """Whether heads are compared before the pages are asked for: who was told of pages need not ask at once."""
    lately = now() - timedelta(seconds=rule("sharing_heads_seconds", on=today()))
    if peer.heads_at is None or not lately < peer.heads_at <= now():
        return True
    return not any(map(_asked_behind, _behind(peer)))


def _compare_heads(peer: Peer, client: PeerClient, registry: Registry) -> Registry:
    """What each node says is newest stands at both; the registry that counts from then on."""
    asked_at, known = now(), known_of(peer.members)
    answer = client.heads(heads_for(peer.node))
    registry = _newer_registry(client, answer, registry)
    look_at_answer(answer, known=known, shown_by=peer.node, registry=registry)
    Peer.objects.filter(pk=peer.pk).update(heads_at=asked_at)
    peer.heads_at = asked_at
    return registry


def _confirm(peer: Peer) -> None:
    """The feeds of which everything is here are as fresh as the last comparison of heads."""
    at_their_ends = Cursor.objects.of_node(peer.members).at_their_ends()
    at_their_ends.filter(Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=peer.heads_at)).update(
        confirmed_at=peer.heads_at
    )


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
    """The node's feeds followed to their ends, parents before what belongs to them; how many pages that took.

    Pages of many feeds come in one answer. A feed of which none came waits until those of which some did have had
    theirs; then it is asked for alone. One that got nowhere is left for the next turn.
    """
    pages, ahead, left = 0, Ahead[Shelf](turn.beside), set[int]()
    while not turn.is_over:
        behind = [cursor for cursor in _behind(peer) if cursor.pk not in left]
        if not behind:
            break
        places = {cursor.pk: _asked_behind(cursor) for cursor in behind}
        asked = [place for place in places.values() if place]
        shelf = ahead.take(PAGES) or Shelf((), (), turn.registry)
        if asked and not any(place in shelf for place in asked):
            shelf = turn.ask_for_all(asked)
        ready = [cursor for cursor in behind if places[cursor.pk] is None or places[cursor.pk] in shelf]
        if ready and (further := _further(behind, places, shelf)):
            ahead.want(PAGES, partial(turn.ask_for_all, further))
        taken = {cursor: _follow_or_note(cursor, turn, shelf) for cursor in ready or behind}
        left |= {cursor.pk for cursor, some in taken.items() if not some}
        _note_served(cursor for cursor, some in taken.items() if some)
        pages += sum(taken.values())
    return pages


def _behind(peer: Peer) -> list[Cursor]:
    """The node's feeds in which there is something to do, in the order of the catalogue."""
    order = {resource.name: at for at, resource in enumerate(catalogue.resources())}
    cursors = Cursor.objects.of_node(peer.members).behind().select_related("feed").order_by("pk")
    return sorted(cursors, key=lambda each: order.get(each.feed.resource, len(order)))


def _asked_behind(cursor: Cursor) -> Place | None:
    """The place behind which the feed's next page comes; None where it is not by pages that it goes on."""
    if cursor.state in HELD_FEEDS:
        after = cursor.withdrawn_place
    elif cursor.state == FeedState.RUNNING and not _must_begin_anew(cursor):
        after = cursor.place
    else:
        return None
    return after if after.no < cursor.head_no else None


def _further(behind: list[Cursor], places: dict[int, Place | None], shelf: Shelf) -> list[Place]:
    """What there will be to ask for once the shelf is empty."""
    found = []
    for cursor in behind:
        place = places[cursor.pk]
        if place is not None and (end := shelf.end_of(place)).no < cursor.head_no:
            found.append(end)
    return found


def _follow_or_note(cursor: Cursor, turn: Turn, shelf: Shelf) -> int:
    """One feed followed; what its owner answers amiss about it must not hold up the owner's other feeds."""
    try:
        return _follow(cursor, turn, shelf)
    except PeerFailed as failure:
        if not failure.status:
            raise  # nobody answered: the other feeds would not fare better
        raise_alarm(reason=NOT_SERVED, subject=str(cursor.feed), detail=failure.reason)
        return 0


def _note_served(cursors: Iterable[Cursor]) -> None:
    """The alarms are over that these feeds were not served."""
    named = [str(cursor.feed) for cursor in cursors]
    found = Alarm.objects.open().filter(reason=NOT_SERVED, subject__in=named)
    for subject in found.values_list("subject", flat=True):
        close_alarms(subject=subject, reasons=(NOT_SERVED,))


def _follow(cursor: Cursor, turn: Turn, shelf: Shelf) -> int:
    """How many steps a feed came nearer to its end: pages from the shelf, one asked for alone, or a snapshot."""
    if _must_begin_anew(cursor):
        begin_anew(feed_id=cursor.pk, reason="many_pages" if cursor.no == 0 else "epoch")
        cursor.refresh_from_db()
    if cursor.state == FeedState.REBOOTSTRAP:
        return int(_take_over(cursor, turn))
    after, pages = _asked_behind(cursor), 0
    if after is None:
        return 0
    is_held = cursor.state in HELD_FEEDS
    page = shelf.take(after) or _believed(cursor, after, turn)
    while page is not None and not turn.is_over:
        with while_writing(partial(shelf.begin, page.place, turn.beside)):
            taken = take_withdrawals(feed_id=cursor.pk, page=page) if is_held else _take(cursor, page)
        if not taken:
            break
        pages += 1
        page = shelf.take(page.place)
    return pages


def _must_begin_anew(cursor: Cursor) -> bool:
    """Whether a snapshot is the shorter way, or the only one since the owner counts anew."""
    if cursor.state != FeedState.RUNNING:
        return False
    many = cursor.no == 0 and cursor.head_no > rule("sharing_snapshot_pages", on=today())
    return many or cursor.head_epoch > cursor.epoch


def _take_over(cursor: Cursor, turn: Turn) -> bool:
    """Whether the owner's snapshot stands here, whole; what is wrong with it counts as in a page.

    One that is still being made, or too large for one turn, is gone on with the next time.
    """
    try:
        if not take_over(feed_id=cursor.pk, turn=turn):
            return False
    except PeerFailed as failure:
        if failure.reason != SNAPSHOT_NOT_READY:
            raise
        return False
    except OverQuarantineLimit:
        _hold_for_quarantine(cursor, "snapshot")
        return False
    except Refused as refusal:
        _hold_for(refusal, cursor, "snapshot")
        return False
    close_alarms(subject=str(cursor.feed), reasons=("rebootstrap", "digest_differs"))
    return True


def _believed(cursor: Cursor, after: Place, turn: Turn) -> Verified | None:
    """The next page, verified; asked for twice before its faults are held against its owner."""
    try:
        return asked_twice(partial(turn.ask, str(cursor.feed), after))
    except PeerFailed as failure:
        if failure.reason != PAGE_GONE or cursor.state in HELD_FEEDS:
            raise
        begin_anew(feed_id=cursor.pk, reason=PAGE_GONE)
    except Refused as refusal:
        _hold_for(refusal, cursor, f"{after.epoch}.{after.no + 1}")
    return None


def _hold_for(refusal: Refused, cursor: Cursor, detail: str) -> None:
    """An alarm says what was wrong, and the feed stops; or it is held where only this program is too old.

    A key that is not known yet is waited for.
    """
    raise_alarm(reason=refusal.reason, subject=str(cursor.feed), detail=detail)
    if refusal.reason == Reason.UNKNOWN_SCHEMA:
        hold_feed(feed_id=cursor.pk, verb="hold_for_schema", reason=refusal.reason)
    elif refusal.reason in STOPPING:
        hold_feed(feed_id=cursor.pk, verb="stop", reason=refusal.reason)


def _hold_for_quarantine(cursor: Cursor, detail: str) -> None:
    raise_alarm(reason=TOO_MUCH_ASIDE, subject=str(cursor.feed), detail=detail)
    hold_feed(feed_id=cursor.pk, verb="hold_for_quarantine", reason=TOO_MUCH_ASIDE)


def _take(cursor: Cursor, page: Verified) -> bool:
    """Whether the page was applied; where it may not be, the feed is held and says why."""
    number = f"{page.header.epoch}.{page.header.no}"
    try:
        kept = apply_page(feed_id=cursor.feed_id, page=page)
    except OverQuarantineLimit:
        _hold_for_quarantine(cursor, number)
        return True
    except Refused as refusal:
        _hold_for(refusal, cursor, number)
        return refusal.reason == Reason.UNKNOWN_SCHEMA
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
    behind = Cursor.objects.of_node(peer.members).behind()
    states = set(behind.values_list("state", flat=True))
    if (pages and states) or FeedState.REBOOTSTRAP in states:
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
