"""Steps at the feeds: every page from the first to the head is there, signed, chained, strict and the owner's."""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from sojourn.sharing.conformance.door import PAGE, PAGES, Failed, feed_path
from sojourn.sharing.conformance.visit import NotNow, Visit, framed_head
from sojourn.sharing.protocol import batches
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.pages import FIRST, FeedName, Framed, unframed
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import verify_page_signature
from sojourn.sharing.protocol.verifying import Place, Verified, verified

MOST_HEADS, MOST_SHOWN, MOST_TOGETHER = 2000, 100, 5
NOT_FOUND, FORBIDDEN, GONE = 404, 403, 410
PAGE_NOT_THERE, PAGE_GONE = "page_not_there", "page_gone"
FAR = 1_000_000
Versions = dict[str, tuple[int, int]]


def heads_are_exchanged(visit: Visit) -> str:
    """For our heads the node gives its own: its name, its registry's edition and a list of heads, a feed once."""
    facts = visit.door.heads().expect_object()
    if not {"node", "registry", "heads"} <= facts.keys():
        raise Failed("the answer lacks node, registry or heads")
    if facts["node"] != visit.node:
        raise Failed(f"it calls itself {facts['node']}, not {visit.node}")
    visit.heads = _heads_in(facts)
    return f"{len(visit.heads)} heads, {len(visit.own_heads())} of them its own"


def heads_are_signed(visit: Visit) -> str:
    """Every head, also of others' feeds, carries its owner's signature."""
    if visit.heads is None:
        raise NotNow("no heads")
    for head in visit.heads:
        try:
            verify_page_signature(head.header, head.header_bytes, head.signature, visit.believed_registry())
        except Refused as refusal:
            raise Failed(f"head of {_told(head.header.feed)}: {refusal}") from None
    return f"{len(visit.heads)} signatures"


def shown_heads_come_back(visit: Visit) -> str:
    """A feed comes back with its head, or by its name alone where that very head was shown; no other is named."""
    visit.some_head()
    heads = visit.heads or []
    shown = heads[::2][:MOST_SHOWN]
    named = _named_for(visit, shown)
    if strange := named - {head.header.feed for head in shown}:
        raise Failed(f"{_told(min(strange, key=str))} is named as unchanged, and its head was not shown")
    if strange := _named_for(visit, [_altered(head) for head in shown]):
        raise Failed(f"{_told(min(strange, key=str))} is named as unchanged, and another head was shown")
    return f"{len(shown)} of {len(heads)} heads shown, {len(named)} of them named as unchanged"


def pages_hold(visit: Visit) -> str:
    """Every page of every feed we may read can be believed, the last is the head, and versions only rise."""
    visit.some_head()
    followed = sum(_follow(visit, head) for head in visit.own_heads())
    return f"{followed} pages of {len(visit.own_heads())} feeds"


def pages_stay_the_same(visit: Visit) -> str:
    """The same page asked for again is the same to the byte."""
    if visit.sample is None:
        raise NotNow("no page was believed")
    page, content = visit.sample
    again = visit.door.page(page.header.feed, page.header.epoch, page.header.no).expect_given(PAGE)
    if again != content:
        raise Failed(f"{_told(page.header.feed)} {page.header.epoch}.{page.header.no}: other bytes")
    return f"{len(content)} bytes"


def pages_come_together(visit: Visit) -> str:
    """What follows several places comes in one answer: their next pages in order, to the byte, and nothing else's."""
    heads = visit.own_heads()[:MOST_TOGETHER]
    if not heads:
        raise NotNow("no heads")
    asked = [Asked(head.header.feed, head.header.epoch, head.header.no - 1) for head in heads]
    foreign = Asked(FeedName("999999", "facilities", "all"), 1, 0)
    answer = visit.door.ask("POST", "/pages/", batches.spelt([foreign, *asked])).expect_given(PAGES)
    try:
        given = list(batches.parted(answer))
    except Refused as refusal:
        raise Failed(f"the answer falls into no pages: {refusal}") from None
    if not given:
        raise Failed("no page came")
    for content, place in zip(given, asked, strict=False):
        if content != visit.door.page(place.feed, place.epoch, place.no + 1).expect_given(PAGE):
            raise Failed(f"{_told(place.feed)} {place.epoch}.{place.no + 1}: other bytes than alone")
    if len(given) > len(asked):
        raise Failed(f"{len(given)} pages for {len(asked)} places before the last")
    return f"{len(given)} pages of {len(asked)} feeds"


def page_beyond_the_head_is_not_there(visit: Visit) -> str:
    """A page that was not sealed yet is not there, and neither is one of another epoch."""
    header = visit.some_head().header
    for epoch, no in ((header.epoch, header.no + FAR), (header.epoch + FAR, 1)):
        visit.door.page(header.feed, epoch, no).expect_refused(NOT_FOUND, PAGE_NOT_THERE)
    return ""


def foreign_feeds_are_refused(visit: Visit) -> str:
    """What no ground opens to us is refused: for others' eyes, of no resource, of a member hosted elsewhere."""
    theirs = visit.they().members
    if not theirs:
        raise NotNow("it hosts nobody")
    for feed in (
        FeedName(theirs[0], "facilities", f"member.{theirs[0]}"),
        FeedName(theirs[0], "facilities", "agreement.reserved"),
        FeedName(theirs[0], "no_such_resource", "all"),
        FeedName("999999", "facilities", "all"),
    ):
        for parts in (("pages", 1, 1), ("snapshot",), ("digest", 1, 1)):
            visit.door.ask("GET", feed_path(feed, *parts)).expect_refused(FORBIDDEN, Reason.NOT_GRANTED)
    return "4 feeds, their pages, snapshots and figures"


def _heads_in(facts: dict) -> list[Framed]:
    told = facts.get("heads")
    if not isinstance(told, list) or len(told) > MOST_HEADS:
        raise Failed("heads is no list, or too long")
    try:
        heads = [framed_head(each) for each in told]
    except Refused as refusal:
        raise Failed(f"a head is refused: {refusal}") from None
    if len({head.header.feed for head in heads}) != len(heads):
        raise Failed("two heads of one feed")
    return heads


def _named_for(visit: Visit, shown: Sequence[Framed]) -> set[FeedName]:
    """The feeds named as unchanged where these heads are shown; all that are known come back, none twice."""
    words = [(head.header_bytes.decode(), head.signature.spelt().decode()) for head in shown]
    body = orjson.dumps({"heads": [{"header": header, "signature": value} for header, value in words]})
    facts = visit.door.heads(body).expect_object()
    told, named = {head.header.feed for head in _heads_in(facts)}, _unchanged_in(facts)
    if twice := told & named:
        raise Failed(f"{_told(min(twice, key=str))} is named as unchanged, and its head told")
    if lacking := {head.header.feed for head in visit.heads or []} - told - named:
        raise Failed(f"{_told(min(lacking, key=str))} comes back neither with its head nor by its name")
    return named


def _unchanged_in(facts: dict) -> set[FeedName]:
    told = facts.get("unchanged", [])
    if not isinstance(told, list) or len(told) > MOST_HEADS:
        raise Failed("unchanged is no list, or too long")
    try:
        named = {FeedName(*each) for each in told if isinstance(each, list)}
    except TypeError:
        named = set()
    if len(named) != len(told) or not all(isinstance(word, str) for each in told for word in each):
        raise Failed("unchanged holds what is no feed's name, or one twice")
    return named


def _altered(head: Framed) -> Framed:
    """Another head under the same number, as nobody signed it."""
    header = replace(head.header, digest="f" * 64 if head.header.digest == FIRST else FIRST)
    return replace(head, header=header, header_bytes=header.spelt())


def _follow(visit: Visit, head: Framed) -> int:
    """How many pages lead from the first to this head, each believed."""
    header = head.header
    place, versions = _start(visit, head), Versions()
    first = place.no + 1
    for no in range(first, header.no + 1):
        page = _believed(visit, place, no)
        _risen(page, versions)
        place = page.place
    if place.digest != head.digest:
        raise Failed(f"{_told(header.feed)} {header.epoch}.{header.no}: the head showed another header")
    return header.no - first + 1


def _start(visit: Visit, head: Framed) -> Place:
    """The place before the oldest page that is kept: those before it are gone, and a snapshot stands for them."""
    header = head.header
    gone, kept = 0, 1
    if visit.door.page(header.feed, header.epoch, 1).code == PAGE_GONE:
        gone, kept = 1, header.no
        while kept - gone > 1:
            middle = (kept + gone) // 2
            if visit.door.page(header.feed, header.epoch, middle).code == PAGE_GONE:
                gone = middle
            else:
                kept = middle
        visit.door.page(header.feed, header.epoch, gone).expect_refused(GONE, PAGE_GONE)
    if not gone:
        return Place(header.feed, header.epoch)
    content = visit.door.page(header.feed, header.epoch, kept).expect_given(PAGE)
    return Place(header.feed, header.epoch, gone, unframed(content).header.previous)


def _believed(visit: Visit, after: Place, no: int) -> Verified:
    content = visit.door.page(after.feed, after.epoch, no).expect_given(PAGE)
    try:
        page = verified(content, after=after, registry=visit.believed_registry())
    except Refused as refusal:
        raise Failed(f"{_told(after.feed)} {after.epoch}.{no}: {refusal}") from None
    visit.sample = (page.framed, content)
    return page


def _risen(page: Verified, versions: Versions) -> None:
    """The (epoch, version) of each entity is above that of the pages before."""
    for entry in page.entries:
        if entry.is_blanked:
            continue
        at = (entry.epoch, entry.version)
        if at <= versions.get(entry.entity, (0, 0)):
            header = page.header
            raise Failed(f"{_told(header.feed)} {header.epoch}.{header.no}: a version does not rise")
        versions[entry.entity] = at


def _told(feed: FeedName) -> str:
    return f"{feed.owner}/{feed.resource}/{feed.audience}"
