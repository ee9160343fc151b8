"""Heads: what each node says is newest, compared by all, so that nobody can show two histories."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple
from types import MappingProxyType
from typing import NamedTuple

import orjson
from django.db import connection

from sojourn.sharing.models import Cursor, Feed, FeedHead, HeadSeen, Page
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName, Header, Signature
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry, verify_page_signature
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.serving import readable_feeds

MOST_HEADS = 2000
# Held in one order: two that are told of the same feeds at once do not stand in each other's way.
LEARN = """
WITH held AS (
    SELECT feed_id FROM sharing_cursor WHERE feed_id = ANY(%s::bigint[]) ORDER BY feed_id FOR NO KEY UPDATE
)
UPDATE sharing_cursor AS c SET head_epoch = told.epoch, head_no = told.no
FROM held JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS told (feed, epoch, no) ON told.feed = held.feed_id
WHERE c.feed_id = held.feed_id AND (c.head_epoch, c.head_no) < (told.epoch, told.no)
"""
FORKED, OWN_UNKNOWN, HEAD_LOWER = "two_histories", "own_head_unknown", "head_lower"


class Known(NamedTuple):
    """Of a feed that another node writes: the newest page it told of, and the newest applied; epoch and number."""

    told: tuple[int, int]
    applied: tuple[int, int]


NOTHING: Mapping[FeedName, Known] = MappingProxyType({})


def heads_for(node: str) -> list[dict]:
    """The newest page of each feed written here that a node may read, and the newest seen of every other."""
    return [_told(page) for page in _newest_for(node)]


def answer_to_heads(node: str, shown: object) -> dict:
    """What a node hears for the heads it showed: ours where they are others, else the feed's name and nothing more."""
    held = {each["header"] for each in shown} if isinstance(shown, list) else set()
    heads, unchanged = [], []
    for page in _newest_for(node):
        if bytes(page.header).decode() in held:
            unchanged.append(list(astuple(page.feed.feed_name)))
        else:
            heads.append(_told(page))
    return {"heads": heads, "unchanged": unchanged}


def own_heads_for(node: str, feeds: Collection[int]) -> list[dict]:
    """The newest pages of these feeds of our own, as far as a node may read them."""
    return [_told(page) for page in _pages_at([at for at in _own_places(node) if at[0] in feeds])]


def _own_places(node: str) -> list[tuple[int, int, int]]:
    begun = FeedHead.objects.filter(no__gt=0)
    readable = [feed.pk for feed in readable_feeds(node, among=begun.values("pk"))]
    return list(begun.filter(feed_id__in=readable).values_list("feed_id", "epoch", "no"))


def _newest_for(node: str) -> Iterable[Page]:
    seen = Cursor.objects.filter(no__gt=0).values_list("feed_id", "epoch", "no")
    return _pages_at([*_own_places(node), *seen])


def _pages_at(places: Collection[tuple[int, int, int]]) -> Iterable[Page]:
    found = (
        Page.objects.filter(feed_id__in={feed for feed, _, _ in places}, no__in={no for _, _, no in places})
        .select_related("feed")
        .defer("packed")
    )
    return [page for page in found if (page.feed_id, page.epoch, page.no) in set(places)]


def _told(page: Page) -> dict:
    return {"header": bytes(page.header).decode(), "signature": bytes(page.signature).decode()}


def known_of(members: Collection[str]) -> dict[FeedName, Known]:
    """What is known of the feeds of these members; whoever asks for heads looks at it before it asks."""
    cursors = Cursor.objects.of_node(members).select_related("feed")
    return {
        cursor.feed.feed_name: Known((cursor.head_epoch, cursor.head_no), (cursor.epoch, cursor.no))
        for cursor in cursors
    }


def look_at_answer(
    answer: dict, *, known: Mapping[FeedName, Known], shown_by: str, registry: Registry
) -> None:
    """As :func:`look_at_heads`; what is older than what was ``known`` before the question raises an alarm.

    Only an answer proves that: what a node tells by itself may have been overtaken by something newer.
    """
    look_at_heads(answer.get("heads"), shown_by=shown_by, registry=registry, known=known)
    for name in _unchanged(answer.get("unchanged", [])) & known.keys():
        _is_lower(name, known[name].applied, known)


def look_at_heads(
    told: object, *, shown_by: str, registry: Registry, known: Mapping[FeedName, Known] = NOTHING
) -> None:
    """Every head that a node showed is compared with what stands here; what contradicts is kept, with an alarm.

    Refused where they are no heads at all; one that nobody signed is an alarm and nothing else.
    """
    shown = _shown(told)
    feeds = {feed.feed_name: feed for feed in _feeds_of({header.owner for header, _, _ in shown})}
    digests = _known_digests(feeds, [header for header, _, _ in shown])
    new, learnt = [], []
    for header, text, signature in shown:
        feed = feeds.get(header.feed)
        if feed is None:
            continue
        stands = digests.get((feed.pk, header.epoch, header.no))
        is_same = stands == pages.digest_of(text)
        if not is_same:
            try:
                verify_page_signature(header, text, signature, registry)
            except Refused as refusal:
                raise_alarm(reason=refusal.reason, subject=f"node {shown_by}", detail="heads")
                continue
            new.append(_seen(feed, header, text, signature, shown_by))
            if _is_contradicted(feed, header, stands):
                continue
        writer = registry.node_of(header.owner)
        by_writer = writer is not None and writer.name == shown_by and not feed.is_own
        place = header.epoch, header.no
        if by_writer and not _is_lower(feed.feed_name, place, known) and not is_same:
            learnt.append((feed.pk, header))
    HeadSeen.objects.bulk_create(new, ignore_conflicts=True)
    _learn(learnt)


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


def _unchanged(told: object) -> set[FeedName]:
    if not isinstance(told, list) or len(told) > MOST_HEADS:
        raise Refused(Reason.BAD_HEADER, "heads")
    try:
        return {FeedName(*map(str, each)) for each in told}
    except TypeError:
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


def _seen(feed: Feed, header: Header, text: bytes, signature: Signature, shown_by: str) -> HeadSeen:
    return HeadSeen(
        feed=feed,
        epoch=header.epoch,
        no=header.no,
        digest=pages.digest_of(text),
        header=text,
        signature=signature.spelt(),
        shown_by=shown_by,
    )


def _is_contradicted(feed: Feed, header: Header, stands: str | None) -> bool:
    """Whether another page stands here under the number of a head, or none of our own does: a fork, or we forgot."""
    is_forgotten = stands is None and feed.is_own and header.epoch >= feed.head.epoch
    if stands is not None or is_forgotten:
        raise_alarm(
            reason=OWN_UNKNOWN if is_forgotten else FORKED,
            subject=str(feed),
            detail=f"{header.epoch}.{header.no}",
        )
    return stands is not None or is_forgotten


def _is_lower(name: FeedName, place: tuple[int, int], known: Mapping[FeedName, Known]) -> bool:
    """Whether a writer shows an older page as its newest than it did before: its database was put back, or it lies."""
    is_lower = name in known and place < known[name].told
    if is_lower:
        raise_alarm(reason=HEAD_LOWER, subject=str(name), detail=f"{place[1]} < {known[name].told[1]}")
    return is_lower


def _learn(heads: Sequence[tuple[int, Header]]) -> None:
    """The newest pages of these feeds are known from their writers; a lower one than before changes nothing."""
    newest: dict[int, tuple[int, int]] = {}
    for feed, header in heads:
        newest[feed] = max(newest.get(feed, (0, 0)), (header.epoch, header.no))
    if not newest:
        return
    epochs, numbers = zip(*newest.values(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(LEARN, [list(newest), list(newest), list(epochs), list(numbers)])


def forks_at(page: Page) -> list[HeadSeen]:
    """Other headers that somebody showed for this page's number."""
    same = HeadSeen.objects.filter(feed_id=page.feed_id, epoch=page.epoch, no=page.no)
    return list(same.exclude(digest=page.digest))
