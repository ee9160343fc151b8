"""Many pages in one answer: which were asked for, and how they stand one behind the other on the wire.

Each page is preceded by its length in bytes, in decimal digits, and a line feed. A batch is no more than its pages:
nothing is signed but they.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import orjson

from sojourn.sharing.protocol.pages import FeedName
from sojourn.sharing.protocol.reasons import Reason, Refused

MOST_PLACES = 500
# A hundred pages of a few entries, or one of a thousand: while that one is written the next is fetched.
MOST_BYTES = 128 * 1024
MOST_LENGTH_DIGITS = 8
MOST_NUMBER = 2**62
_OWNER, _WORD = re.compile("[0-9]{6}"), re.compile(r"[a-z0-9_.]{1,80}")


class Asked(NamedTuple):
    """The pages of a feed behind this one are asked for."""

    feed: FeedName
    epoch: int
    no: int


def spelt(places: Sequence[Asked]) -> bytes:
    """The body of a request for what follows these places, the first of them being wanted most."""
    rows = [[feed.owner, feed.resource, feed.audience, epoch, no] for feed, epoch, no in places]
    return orjson.dumps({"after": rows[:MOST_PLACES]})


def asked_of(body: bytes) -> list[Asked]:
    """The places that the body of a request names, each feed once; Refused where it is none."""
    try:
        facts = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(Reason.BAD_HEADER, "after") from None
    rows = facts.get("after") if isinstance(facts, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_PLACES:
        raise Refused(Reason.BAD_HEADER, "after")
    places = [_place_of(row) for row in rows]
    if len({place.feed for place in places}) != len(places):
        raise Refused(Reason.BAD_HEADER, "a feed twice")
    return places


def _place_of(row: object) -> Asked:
    if not isinstance(row, list) or list(map(type, row)) != [str, str, str, int, int]:
        raise Refused(Reason.BAD_HEADER, "place")
    owner, resource, audience, epoch, no = row
    if not (_OWNER.fullmatch(owner) and _WORD.fullmatch(resource) and _WORD.fullmatch(audience)):
        raise Refused(Reason.BAD_HEADER, "feed")
    if not (0 < epoch < MOST_NUMBER and 0 <= no < MOST_NUMBER):
        raise Refused(Reason.BAD_HEADER, "number")
    return Asked(FeedName(owner, resource, audience), epoch, no)


def joined(pages: Iterable[bytes]) -> bytes:
    """The pages as one answer."""
    return b"".join(b"%d\n%b" % (len(page), page) for page in pages)


def parted(content: bytes) -> Iterator[bytes]:
    """The pages of an answer, none of them believed yet; Refused at the first that is not there whole."""
    at = 0
    while at < len(content):
        digits, feed, _rest = content[at : at + MOST_LENGTH_DIGITS + 1].partition(b"\n")
        if not feed or not digits.isdigit():
            raise Refused(Reason.BAD_FRAME, "length")
        at += len(digits) + 1
        page = content[at : at + int(digits)]
        if not page or len(page) != int(digits):
            raise Refused(Reason.BAD_FRAME, "cut off")
        yield page
        at += len(page)
