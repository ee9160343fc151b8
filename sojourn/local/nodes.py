"""The nodes of the demo: each a whole deployment under a folder of its own, beside the other on one machine."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sojourn.local.errors import Trouble
from sojourn.local.paths import Local
from sojourn.local.ports import HOST, LOCALHOST

DEFAULT_PORT = 8000


@dataclass(frozen=True)
class Plan:
    """What one node of the demo is: its name, whom it hosts, and how many web processes it has."""

    name: str
    title: str
    short_names: str
    members: tuple[str, ...]
    web_processes: int


PLANS = (
    Plan("44", "粤", "粤桂赣湘川黔", ("440000", "450000", "360000", "430000", "510000", "520000"), 2),
    Plan("50", "渝", "渝陕辽吉黑", ("500000", "610000", "210000", "220000", "230000"), 1),
)


@dataclass(frozen=True)
class Node:
    """A node of one demo: a set of services of its own, and a port."""

    plan: Plan
    root: Local
    port: int

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def title(self) -> str:
        return f"{self.plan.name} {self.plan.title}"

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def named_address(self) -> str:
        """The same by the machine's name: browsers make no passkey for an address of digits."""
        return f"http://{LOCALHOST}:{self.port}/"

    @property
    def local(self) -> Local:
        return Local(self.root.var / "nodes" / self.name)

    @property
    def vault(self) -> Path:
        """What is kept outside the database: private keys, and what was signed last."""
        return self.local.var / "vault"

    @property
    def keyring(self) -> Path:
        """The keys of its residents' data, outside the database as well."""
        return self.local.var / "keyring"

    @property
    def messages(self) -> Path:
        """What would have reached telephones: a line for each message."""
        return self.local.var / "messages.txt"

    @property
    def files(self) -> Path:
        """Scans and pictures, locked."""
        return self.local.var / "files"

    @property
    def registry(self) -> Path:
        return self.local.var / "registry"

    # --- how it stands, for every program that asks -----------------------------------------------
    @property
    def serves(self) -> Path:
        """There while the node is up."""
        return self.local.run / "serves"

    @property
    def paused(self) -> Path:
        """There while the node is to stay down; it holds the reason."""
        return self.local.run / "paused"

    def forget_standing(self) -> None:
        for file in (self.serves, self.paused):
            file.unlink(missing_ok=True)


def nodes(root: Local, port: int = DEFAULT_PORT) -> tuple[Node, ...]:
    """The nodes of the demo, on this port and the ones after it."""
    return tuple(Node(plan, root, port + place) for place, plan in enumerate(PLANS))


def node_named(name: str, every: Sequence[Node]) -> Node:
    """One node of the demo, by its name or the short name of its first province; the first, where none is named."""
    found = [node for node in every if name in {"", node.name, node.plan.title}]
    if not found:
        known = " or ".join(node.name for node in every)
        raise Trouble(f"NODE={name} is no node of the demo: use {known}.")
    return found[0]


def running_port(root: Local) -> int | None:
    """The first port of the demo that runs, as it noted it."""
    try:
        return int(json.loads(note_of_port(root).read_text())["port"])
    except (OSError, ValueError, KeyError):
        return None


def note_of_port(root: Local) -> Path:
    return root.run / "demo.json"
