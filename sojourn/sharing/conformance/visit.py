"""One visit to a node: what the steps so far have found, step after step, and how each ended."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sojourn.sharing.conformance.door import Door, Failed
from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import Framed
from sojourn.sharing.protocol.registry import Node, Registry


class NotNow(Exception):
    """A step cannot be taken: what it stands on is missing."""


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass
class Visit:
    """The simulated member at a node's door, with the registrars' keys it trusts and what it has learnt."""

    door: Door
    node: str
    registrars: Mapping[str, bytes]
    registrars_needed: int
    wait: Callable[[float], None] = time.sleep
    registry_text: bytes | None = None
    registry: Registry | None = None
    heads: list[Framed] | None = None
    sample: tuple[Framed, bytes] | None = None

    def believed_registry(self) -> Registry:
        if self.registry is None:
            raise NotNow("no registry that can be believed")
        return self.registry

    def us(self) -> Node:
        """The node that we are, as the registry has it: the holder of the key we sign with."""
        registry = self.believed_registry()
        key = registry.key(self.door.key)
        found = next((node for node in registry.nodes if key and node.name == key.holder), None)
        if found is None:
            raise NotNow("the registry lists no node with our key")
        return found

    def they(self) -> Node:
        found = next((node for node in self.believed_registry().nodes if node.name == self.node), None)
        if found is None:
            raise NotNow(f"the registry lists no node {self.node}")
        return found

    def own_heads(self) -> list[Framed]:
        """The newest pages of the feeds that the node under test writes itself."""
        if self.heads is None:
            raise NotNow("no heads")
        return [head for head in self.heads if head.header.owner in self.they().members]

    def some_head(self) -> Framed:
        if not self.own_heads():
            raise NotNow("the node has sealed no page yet")
        return self.own_heads()[0]


Step = Callable[[Visit], str]


@dataclass(frozen=True)
class Taken:
    """A step that was taken: how it ended and what there is to say of it."""

    step: str
    outcome: Outcome
    detail: str


@dataclass
class Report:
    """All steps of one visit in their order."""

    url: str
    node: str
    steps: list[Taken] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether no step failed and none had to be left out."""
        return all(taken.outcome is Outcome.PASSED for taken in self.steps)

    def of(self, outcome: Outcome) -> list[str]:
        return [taken.step for taken in self.steps if taken.outcome is outcome]

    def as_facts(self) -> dict:
        steps = [{"step": t.step, "outcome": t.outcome, "detail": t.detail} for t in self.steps]
        return {"url": self.url, "node": self.node, "passed": self.passed, "steps": steps}


def framed_head(told: object) -> Framed:
    """A head taken apart like a page without entries; Refused or Failed where it is none."""
    if not isinstance(told, dict) or told.keys() != {"header", "signature"}:
        raise Failed("a head holds header and signature and nothing else")
    parts = [told["header"], told["signature"]]
    if not all(isinstance(part, str) for part in parts):
        raise Failed("a head's header and signature are words")
    lines = [pages.FIRST_LINE, *(part.encode() for part in parts), b""]
    return pages.unframed(b"\n".join(lines))
