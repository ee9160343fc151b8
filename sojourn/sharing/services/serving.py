"""What another node is given: only what the catalogue and the grants allow, and every answer is on record."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from sojourn.core import trace
from sojourn.core.clock import now, today
from sojourn.provinces.rules import rule
from sojourn.sharing import catalogue
from sojourn.sharing.catalogue import Resource
from sojourn.sharing.errors import PageGone
from sojourn.sharing.models import Feed, FeedHead, Nonce, Page, Peer, ServeRecord
from sojourn.sharing.protocol import requests
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.blanking import emptied, servable
from sojourn.sharing.services.granting import ended_grants, opening_grants
from sojourn.sharing.services.membership import live_registry
from sojourn.sharing.states import Outcome, PeerState, ShareClass

OWN_PAGES, TAKEN_BACK = "own_pages", "taken_back"
STRANGERS_A_MINUTE = 60
MOST_OF_A_FEED = 64
# Sizes are added up before any page is read: a peer far behind asks for what would fill the memory.
BEHIND = """
SELECT page, wanted FROM (
    SELECT p.id AS page, w.at AS wanted, p.no,
        sum(octet_length(p.header) + octet_length(p.signature) + octet_length(p.packed) + 64) OVER running AS bytes,
        row_number() OVER running AS nth
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
        AS w (owner, resource, audience, epoch, no, at)
    JOIN sharing_feed AS f USING (owner, resource, audience)
    JOIN sharing_page AS p ON p.feed_id = f.id AND p.epoch = w.epoch AND p.no > w.no AND p.no <= w.no + %s
    WINDOW running AS (ORDER BY w.at, p.no)
) AS behind
WHERE bytes <= %s OR nth = 1
ORDER BY wanted, no
"""


def admit(request: requests.Request) -> str:
    """The node that sent this request, known by its signature; the request does not count a second time."""
    registry = live_registry()
    tolerance = timedelta(seconds=rule("sharing_clock_tolerance_seconds", on=today()))
    caller = requests.caller_of(
        request,
        target=settings.NODE,
        public_of=lambda name: _public_of(registry, name),
        at=now(),
        tolerance=tolerance,
    )
    key = registry.key(caller.key)
    assert key is not None
    try:
        with transaction.atomic():  # both in one: a request costs the disk no more waits than it must
            Nonce.objects.create(key=caller.key, nonce=caller.nonce, at=caller.at)
            Peer.objects.filter(node=key.holder).update(called_at=now())
    except IntegrityError:
        raise Refused(Reason.REPLAYED) from None
    if Peer.objects.filter(node=key.holder).exclude(state=PeerState.ACTIVE).exists():
        raise Refused(Reason.NOT_GRANTED, "peer")
    return key.holder


def _public_of(registry: Registry, name: str) -> bytes | None:
    """The public key of this name, if it is one with which a node signs requests."""
    key = registry.key(name)
    is_node = key is not None and any(node.name == key.holder for node in registry.nodes)
    return key.public if key is not None and is_node else None


def forget_nonces() -> int:
    """Nonces too old to be accepted again are forgotten; how many they were."""
    kept = timedelta(seconds=2 * rule("sharing_clock_tolerance_seconds", on=today()))
    return Nonce.objects.filter(at__lt=now() - kept).delete()[0]


def ground_for(node: str, feed: FeedName, registry: Registry) -> str:
    """The ground on which this node may read this feed; empty where there is none.

    After the end of a grant it is TAKEN_BACK: the node learns what was withdrawn and reads nothing.
    """
    members = next((each.members for each in registry.nodes if each.name == node), ())
    if not members:
        return ""
    if feed.owner in members:
        return OWN_PAGES
    resource = catalogue.known(feed.resource)
    if resource is None or feed.owner not in settings.HOSTED_PROVINCES:
        return ""
    match resource.share_class:
        case ShareClass.UNCONDITIONAL:
            meant = {
                catalogue.EVERYBODY,
                *(map(catalogue.audience_of, members) if resource.addressed_by else ()),
            }
            return str(resource.ground) if feed.audience in meant else ""
        case ShareClass.CONDITIONAL:
            return _granted_ground(members, feed, resource)
    return ""


def _granted_ground(members: tuple[str, ...], feed: FeedName, resource: Resource) -> str:
    """The ground of a live grant to a member whom the feed is for, of everything that its pages hold.

    What is for several members cannot be taken back from one: after the end such a feed is closed.
    """
    meant = [m for m in members if feed.audience in {catalogue.EVERYBODY, catalogue.audience_of(m)}]
    if not meant:
        return ""
    for grant in opening_grants(owner=feed.owner, to=meant, resource=resource):
        return f"{grant.pk} {grant.get_purpose_display()}：{grant.ground}"
    is_for_one = resource.addressed_by and feed.audience != catalogue.EVERYBODY
    return TAKEN_BACK if is_for_one and ended_grants(owner=feed.owner, to=meant, resource=resource) else ""


def page_for(node: str, name: FeedName, epoch: int, no: int) -> bytes | None:
    """The bytes of a page that this node may read, or None where there is no such page (yet).

    Refused, and on record, where it may not.
    """
    ground = ground_for(node, name, live_registry())
    if not ground:
        refuse(node=node, asked="page", reason=Reason.NOT_GRANTED, feed=name)
    page = (
        Page.objects.at(epoch, no)
        .filter(feed__owner=name.owner, feed__resource=name.resource, feed__audience=name.audience)
        .first()
    )
    if page is None:
        if _was_kept(name, epoch, no):
            raise PageGone
        return None
    put_on_record(node=node, asked="page", feed=name, place=(epoch, no), ground=ground)
    return _told(page, name, ground)


def pages_for(node: str, asked: Sequence[Asked], *, at_most: int) -> list[bytes]:
    """The pages that follow these places, feed by feed, as far as this node may read them and so many bytes hold.

    A feed that it may not read is left out and on record as refused; what is not kept any more is left out.
    """
    registry = live_registry()
    grounds = {place.feed: ground_for(node, place.feed, registry) for place in asked}
    for feed, ground in grounds.items():
        if not ground:
            _put_refusal_on_record(node=node, asked="page", reason=Reason.NOT_GRANTED, feed=feed)
    found = _pages_behind([place for place in asked if grounds[place.feed]], at_most)
    ServeRecord.objects.bulk_create(
        _served(node, "page", grounds[name], name, (page.epoch, page.no)) for name, page in found
    )
    return [_told(page, name, grounds[name]) for name, page in found]


def _told(page: Page, name: FeedName, ground: str) -> bytes:
    """The bytes of a page as far as this ground lets them be read."""
    return emptied(page) if ground == TAKEN_BACK else servable(page, catalogue.known(name.resource))


def _pages_behind(places: Sequence[Asked], at_most: int) -> list[tuple[FeedName, Page]]:
    """Pages behind these places in their order, one at least if there is any, then as many as the bytes hold."""
    columns = [[getattr(place.feed, name) for place in places] for name in ("owner", "resource", "audience")]
    columns += [[place.epoch for place in places], [place.no for place in places]]
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [*columns, MOST_OF_A_FEED, at_most])
        wanted = cursor.fetchall()
    pages = Page.objects.in_bulk([page for page, _ in wanted])
    return [(places[at - 1].feed, pages[page]) for page, at in wanted if page in pages]


def _was_kept(name: FeedName, epoch: int, no: int) -> bool:
    """Whether a page of this number was sealed once and is no longer kept."""
    head = FeedHead.objects.filter(
        feed__owner=name.owner, feed__resource=name.resource, feed__audience=name.audience
    ).first()
    return head is not None and min(epoch, no) > 0 and (epoch, no) <= (head.epoch, head.no)


def own_feed_for(node: str, name: FeedName, *, asked: str) -> Feed:
    """A feed written here that this node may read, and it is on record that it did; Refused where it may not."""
    ground = ground_for(node, name, live_registry())
    feed = Feed.objects.named(name.owner, name.resource, name.audience).filter(is_own=True).first()
    if not ground or feed is None:
        refuse(node=node, asked=asked, reason=Reason.NOT_GRANTED, feed=name)
    assert feed is not None
    put_on_record(node=node, asked=asked, feed=name, ground=ground)
    return feed


def readable_feeds(node: str, *, among: QuerySet | None = None) -> list[Feed]:
    """The feeds written here, or of them those with these ids, that a node may read."""
    registry = live_registry()
    own = Feed.objects.filter(is_own=True).order_by("pk")
    own = own if among is None else own.filter(pk__in=among)
    return [feed for feed in own if ground_for(node, feed.feed_name, registry)]


def put_on_record(
    *,
    node: str,
    asked: str,
    ground: str = "",
    feed: FeedName | None = None,
    place: tuple[int, int] | None = None,
) -> None:
    """It is on record what this node was given, and under which ground."""
    _served(node, asked, ground, feed, place).save(force_insert=True)


def _served(
    node: str, asked: str, ground: str, feed: FeedName | None, place: tuple[int, int] | None
) -> ServeRecord:
    return ServeRecord(
        node=node,
        asked=asked,
        outcome=Outcome.SERVED,
        ground=ground[:200],
        trace_id=trace.current(),
        **_columns(feed, place),
    )


def refuse(*, node: str, asked: str, reason: Reason, feed: FeedName | None = None) -> None:
    """It is on record what this node was refused, an alarm says so, and the request ends here."""
    _put_refusal_on_record(node=node, asked=asked, reason=reason, feed=feed)
    raise Refused(reason)


def _put_refusal_on_record(*, node: str, asked: str, reason: Reason, feed: FeedName | None) -> None:
    """What this node was refused, with its alarm.

    Of those whom nobody knows only so many a minute are put on record; the alarm counts them all.
    """
    if node or _strangers_lately() < STRANGERS_A_MINUTE:
        ServeRecord.objects.create(
            node=node[:40],
            asked=asked,
            outcome=Outcome.REFUSED,
            reason=reason,
            trace_id=trace.current(),
            **_columns(feed, None),
        )
    raise_alarm(reason=reason, subject=f"node {node or '?'}", detail=asked)


def _strangers_lately() -> int:
    lately = ServeRecord.objects.filter(node="", at__gt=now() - timedelta(minutes=1))
    return lately[:STRANGERS_A_MINUTE].count()


def _columns(feed: FeedName | None, place: tuple[int, int] | None) -> dict:
    columns: dict = {}
    if feed is not None:
        columns |= {"owner": feed.owner[:6], "resource": feed.resource[:40], "audience": feed.audience[:80]}
    if place is not None:
        columns |= {"epoch": place[0], "no": place[1]}
    return columns
