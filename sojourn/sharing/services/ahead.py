"""A turn with another node: what will be wanted of it next is asked for while what came before is being written."""

import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from sojourn.sharing.client import PeerClient, PeerFailed
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.batches import Asked
from sojourn.sharing.protocol.reasons import Reason, Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.verifying import Place, Verified, verified

Found = TypeVar("Found")
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

# Pages that were believed, each under the place behind which it comes.
Shelf = dict[Place, Verified]


@dataclass(frozen=True)
class Turn:
    """One turn with a node: how it is reached, whose keys count, until when, and who fetches ahead meanwhile."""

    client: PeerClient
    registry: Registry
    deadline: float
    beside: Executor | None

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.deadline

    def ask(self, feed: str, after: Place) -> Verified:
        """The page behind this place, verified."""
        content = self.client.page(feed, after.epoch, after.no + 1)
        return verified(content, after=after, registry=self.registry)

    def ask_for_all(self, places: Sequence[Place]) -> Shelf:
        """What follows these places, as much of it as one answer holds, verified.

        What cannot be believed is left out, and so is what comes behind it: it is asked for alone then, which says
        what is wrong with it.
        """
        found: Shelf = {}
        ends = {place.feed: place for place in places}
        for content in self._given_after(places):
            try:
                feed = pages.unframed(content).header.feed
            except Refused:
                continue
            after = ends.pop(feed, None)
            if after is None:
                continue
            try:
                page = verified(content, after=after, registry=self.registry)
            except Refused:
                continue
            found[after], ends[feed] = page, page.place
        return found

    def _given_after(self, places: Sequence[Place]) -> list[bytes]:
        """Nothing where the node says no; PeerFailed where nobody answers."""
        try:
            return self.client.pages([Asked(place.feed, place.epoch, place.no) for place in places])
        except Refused:
            return []
        except PeerFailed as failure:
            if not failure.status:
                raise
            return []


def asked_twice(ask: Callable[[], Found]) -> Found:
    """What is asked for and verified; asked for once more before its faults are held against its owner."""
    try:
        return ask()
    except Refused as refusal:
        if refusal.reason not in STOPPING:
            raise
    return ask()


class Ahead(Generic[Found]):
    """One answer that is fetched and verified by somebody beside us, who touches no database.

    What goes wrong there is forgotten: the same is then asked for in the ordinary way, which says what it was.
    """

    def __init__(self, beside: Executor | None) -> None:
        self.beside = beside
        self.wanted: tuple[Hashable, Future[Found]] | None = None

    def want(self, name: Hashable, work: Callable[[], Found]) -> None:
        """The answer of this name is being fetched, if somebody is there to do it."""
        if self.beside is not None:
            self.wanted = name, self.beside.submit(work)

    def take(self, name: Hashable) -> Found | None:
        """The answer of this name, waited for if it is under way; None where it has to be asked for."""
        wanted, self.wanted = self.wanted, None
        if wanted is None:
            return None
        told, answer = wanted
        try:
            found = answer.result()
        except (PeerFailed, Refused):
            return None
        return found if told == name else None
