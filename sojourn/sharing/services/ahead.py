"""A turn with another node: what will be wanted of it next is asked for while what came before is being written."""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import connection

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


class Shelf:
    """Pages of one answer, each under the place behind which it claims to come; verified only when it is taken.

    What cannot be believed is not given, and so is what comes behind it: it is asked for alone then, which says what
    is wrong with it.
    """

    def __init__(self, answered: Iterable[bytes], after: Iterable[Place], registry: Registry) -> None:
        self._registry = registry
        self._pages: dict[Place, bytes] = {}
        self._next: dict[Place, Place] = {}
        self._begun: tuple[Place, Future[Verified]] | None = None
        ends = {place.feed: place for place in after}
        for content in answered:
            try:
                framed = pages.unframed(content)
            except Refused:
                continue
            header = framed.header
            end = ends.get(header.feed)
            if end is not None and (header.epoch, header.no) == (end.epoch, end.no + 1):
                behind = Place(header.feed, header.epoch, header.no, framed.digest)
                self._pages[end], self._next[end], ends[header.feed] = content, behind, behind

    def __contains__(self, place: Place | None) -> bool:
        return place in self._pages

    def end_of(self, place: Place) -> Place:
        """Where a feed would stand once all that is here of it behind this place was applied."""
        while place in self._next:
            place = self._next[place]
        return place

    def begin(self, after: Place, beside: Executor | None) -> None:
        """The page behind this place is being verified by who is beside us, if there is one and somebody to do it."""
        if beside is not None and after in self._pages:
            self._begun = after, beside.submit(self._verifying(after))

    def take(self, after: Place) -> Verified | None:
        """The page behind this place, verified; None where none is here that can be believed. It is gone from here."""
        begun, self._begun = self._begun, None
        if after not in self._pages:
            return None
        work = self._verifying(after)
        del self._pages[after]
        try:
            # Who is beside us may still be busy with an answer that is slow to come.
            is_under_way = begun is not None and begun[0] == after and not begun[1].cancel()
            return begun[1].result() if begun and is_under_way else work()
        except Refused:
            return None

    def _verifying(self, after: Place) -> Callable[[], Verified]:
        return partial(verified, self._pages[after], after=after, registry=self._registry)


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
        """What follows these places, as much of it as one answer holds."""
        return Shelf(self._given_after(places), places, self.registry)

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


@contextmanager
def while_writing(begin: Callable[[], None]) -> Iterator[None]:
    """Work for somebody beside us begins when the first row is on its way to PostgreSQL.

    Begun before, it would only stand in our way: one thread at a time computes.
    """
    waiting = [begin]

    def look(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if waiting and sql.startswith("INSERT"):
            waiting.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield
