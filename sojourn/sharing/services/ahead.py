"""A turn with another node: what will be wanted of it next is asked for while what came before is being written."""

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from sojourn.sharing.client import PeerClient, PeerFailed
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.registry import Registry
from sojourn.sharing.protocol.verifying import Place, Verified, verified

Found = TypeVar("Found")


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
