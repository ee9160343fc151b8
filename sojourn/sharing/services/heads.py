"""Heads: what each node says is newest, compared by all, so that nobody can show two histories."""

from collections.abc import Collection, Iterable

import orjson

from sojourn.sharing.models import Cursor, Feed, FeedHead, HeadSeen, Page
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName, Header, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry, verify_page_signature
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.serving import readable_feeds

MOST_HEADS = 2000
FORKED, OWN_UNKNOWN, HEAD_LOWER = "two_histories", "own_head_unknown", "head_lower"


def heads_for(node: str) -> list[dict]:
    """The newest page of each feed written here that a node may read, and the newest seen of every other."""
    seen = Cursor.objects.filter(no__gt=0).values_list("feed_id", "epoch", "no")
    return [_told(page) for page in _pages_at([*_own_places(node), *seen])]


def own_heads_for(node: str, feeds: Collection[int]) -> list[dict]:
    """The newest pages of these feeds of our own, as far as a node may read them."""
    return [_told(page) for page in _pages_at([at for at in _own_places(node) if at[0] in feeds])]


def _own_places(node: str) -> list[tuple[int, int, int]]:
    begun = FeedHead.objects.filter(no__gt=0)
    readable = [feed.pk for feed in readable_feeds(node, among=begun.values("pk"))]
    return list(begun.filter(feed_id__in=readable).values_list("feed_id", "epoch", "no"))


def _pages_at(places: Collection[tuple[int, int, int]]) -> Iterable[Page]:
    found = Page.objects.filter(
        feed_id__in={feed for feed, _, _ in places}, no__in={no for _, _, no in places}
    ).defer("packed")
    return [page for page in found if (page.feed_id, page.epoch, page.no) in set(places)]


def _told(page: Page) -> dict:
    return {"header": bytes(page.header).decode(), "signature": bytes(page.signature).decode()}


def look_at_heads(told: object, *, shown_by: str, registry: Registry) -> None:
    """Every head that a node showed is compared with what stands here; what contradicts is kept, with an alarm.

    Refused where they are no heads at all; one that nobody signed is an alarm and nothing else.
    """
    shown = _shown(told)
    feeds = {feed.feed_name: feed for feed in _feeds_of({header.owner for header, _, _ in shown})}
    known = _known_digests(feeds, [header for header, _, _ in shown])
    for header, text, signature in shown:
        feed = feeds.get(header.feed)
        digest = known.get((feed.pk, header.epoch, header.no)) if feed else None
        if feed is None:
            continue
        writer = registry.node_of(header.owner)
        by_writer = writer is not None and writer.name == shown_by and not feed.is_own
        if digest == pages.digest_of(text):
            _alarm_if_lower(feed, header, by_writer=by_writer)
            continue
        try:
            verify_page_signature(header, text, signature, registry)
        except Refused as refusal:
            raise_alarm(reason=refusal.reason, subject=f"node {shown_by}", detail="heads")
            continue
        _keep(feed, header, text, signature, shown_by)
        _judge(feed, header, digest, by_writer=by_writer)


def _feeds_of(owners: set[str]) -> Iterable[Feed]:
    return Feed.objects.filter(owner__in=owners).select_related("cursor", "head")


def _shown(told: object) -> list[tuple[Header, bytes, Signature]]:
    if not isinstance(told, list) or len(told) > MOST_HEADS:
        raise Refused(Reason.BAD_HEADER, "heads")
    try:
        texts = [(each["header"].encode(), each["signature"]) for each in told]
        return [(pages.header_of(text), text, _signature(signature)) for text, signature in texts]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Refused(Reason.BAD_HEADER, "heads") from None


def _signature(text: str) -> Signature:
    facts = orjson.loads(text)
    return Signature(str(facts["suite"]), str(facts["key"]), bytes.fromhex(facts["value"]))


def _known_digests(feeds: dict[FeedName, Feed], headers: list[Header]) -> dict[tuple[int, int, int], str]:
    """The digests of the pages that stand here under the numbers shown."""
    wanted = {(feeds[h.feed].pk, h.epoch, h.no) for h in headers if h.feed in feeds}
    rows = Page.objects.filter(feed_id__in={at[0] for at in wanted}, no__in={at[2] for at in wanted})
    found = {
        (feed, epoch, no): digest
        for feed, epoch, no, digest in rows.values_list("feed", "epoch", "no", "digest")
    }
    return {at: found[at] for at in wanted & found.keys()}


def _keep(feed: Feed, header: Header, text: bytes, signature: Signature, shown_by: str) -> None:
    HeadSeen.objects.get_or_create(
        feed=feed,
        epoch=header.epoch,
        no=header.no,
        digest=pages.digest_of(text),
        defaults={"header": text, "signature": signature.spelt(), "shown_by": shown_by},
    )


def _judge(feed: Feed, header: Header, known: str | None, *, by_writer: bool) -> None:
    """What a head that stands not here means: a fork, pages of ours that we forgot, or something new."""
    place = f"{header.epoch}.{header.no}"
    if known is not None:
        raise_alarm(reason=FORKED, subject=str(feed), detail=place)
    elif feed.is_own and header.epoch >= feed.head.epoch:
        raise_alarm(reason=OWN_UNKNOWN, subject=str(feed), detail=place)
    elif not feed.is_own and by_writer:
        _learn(feed, header)


def _learn(feed: Feed, header: Header) -> None:
    """The newest page of a feed is known from its writer; a lower one than before changes nothing."""
    if not _alarm_if_lower(feed, header, by_writer=True):
        Cursor.objects.filter(feed=feed).update(head_epoch=header.epoch, head_no=header.no)


def _alarm_if_lower(feed: Feed, header: Header, *, by_writer: bool) -> bool:
    """Whether a writer shows an older page as its newest than it did before: its database was put back, or it lies."""
    if not by_writer:
        return False
    newest = feed.cursor.head_epoch, feed.cursor.head_no
    is_lower = (header.epoch, header.no) < newest
    if is_lower:
        raise_alarm(reason=HEAD_LOWER, subject=str(feed), detail=f"{header.no} < {newest[1]}")
    return is_lower


def forks_at(page: Page) -> list[HeadSeen]:
    """Other headers that somebody showed for this page's number."""
    same = HeadSeen.objects.filter(feed_id=page.feed_id, epoch=page.epoch, no=page.no)
    return list(same.exclude(digest=page.digest))
