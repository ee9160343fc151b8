"""Keys and the signed registry of the demo's nodes: made once, kept, and signed anew when the nodes change."""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sojourn.local.nodes import Node
from sojourn.local.paths import Local
from sojourn.sharing.protocol import registry, strict
from sojourn.sharing.protocol.pages import Signature
from sojourn.sharing.protocol.reasons import Refused
from sojourn.sharing.protocol.suites import SUITES

SUITE = SUITES["ed25519"]
REGISTRAR = "registrar-1"
LASTS = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=60)
# A node whose clock is a little behind takes a fresh edition all the same.
ISSUED_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Vault:
    """A folder for its owner alone: private keys, and what was signed last."""

    folder: Path

    def make(self) -> None:
        for folder in (self.folder, self.folder / "keys", self.folder / "watermarks"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def private(self, name: str) -> bytes:
        """The private key of this name, made at first."""
        file = self.folder / "keys" / f"{name}.key"
        if not file.exists():
            self.make()
            _put(file, SUITE.new_key().hex().encode() + b"\n", mode=0o600)
        return bytes.fromhex(file.read_text().strip())

    def public(self, name: str) -> bytes:
        return SUITE.public_of(self.private(name))


def registrar(root: Local) -> Vault:
    """Where the demo's registrar keeps key and last edition; no node reads it."""
    return Vault(root.var / "registrar")


def registrars(root: Local) -> str:
    """The registrars as a node is told of them: names with public keys."""
    return f"{REGISTRAR}:{registrar(root).public(REGISTRAR).hex()}"


def keep(root: Local, nodes: Sequence[Node], *, at: datetime) -> bytes:
    """Every node holds its keys and the current edition of the registry, which is returned."""
    members = tuple(registry.Node(node.name, node.address, node.plan.members) for node in nodes)
    keys = tuple(key for node in nodes for key in _keys(node))
    places = [registrar(root).folder / "registry", *(node.registry for node in nodes)]
    documents = [text for text in map(_document, places) if text]
    current = next((text for text in documents if _stands(root, text, members, keys, at)), b"")
    if not current or any(text != current and _edition(text) >= _edition(current) for text in documents):
        edition = max(map(_edition, documents), default=0) + 1
        issued = (at - ISSUED_BEFORE).replace(microsecond=0)
        current = _signed(root, registry.Registry(edition, issued, issued + LASTS, members, keys))
    for place in places:
        if _document(place) != current:
            _put(place, current, mode=0o644)
    return current


def _keys(node: Node) -> Iterable[registry.MemberKey]:
    """The public keys of a node: one for the pages of each member, one for its own requests."""
    vault = Vault(node.vault)
    vault.make()
    names = [(f"{member}-1", member) for member in node.plan.members]
    for key, holder in [*names, (f"node-{node.name}-1", node.name)]:
        yield registry.MemberKey(key, holder, SUITE.name, vault.public(key), ())


def _signed(root: Local, edition: registry.Registry) -> bytes:
    """The registry file: the document, and under it a line for each signature."""
    document = edition.spelt()
    value = SUITE.sign_bytes(registrar(root).private(REGISTRAR), registry.signed_text(document))
    return document + b"\n" + Signature(SUITE.name, REGISTRAR, value).spelt() + b"\n"


def _stands(
    root: Local,
    text: bytes,
    members: tuple[registry.Node, ...],
    keys: tuple[registry.MemberKey, ...],
    at: datetime,
) -> bool:
    """Whether an edition is ours, says what is so, and will for a while."""
    document, _, rest = text.partition(b"\n")
    try:
        signatures = [
            Signature(line["suite"], line["key"], bytes.fromhex(line["value"]))
            for line in map(strict.read, rest.splitlines())
        ]
        held = registry.registry_of(
            document,
            signatures,
            registrars={REGISTRAR: registrar(root).public(REGISTRAR)},
            needed=1,
            at=at,
            held=0,
        )
    except (Refused, KeyError, ValueError):
        return False
    return held.nodes == members and held.keys == keys and held.expires_at - at > RENEWED_BEFORE


def _document(place: Path) -> bytes:
    return place.read_bytes() if place.exists() else b""


def _edition(text: bytes) -> int:
    """The number of an edition, also of one that is over; 0 where nothing can be read."""
    try:
        edition = strict.read(text.partition(b"\n")[0]).get("edition")
    except Refused:
        return 0
    return edition if type(edition) is int else 0


def _put(place: Path, content: bytes, *, mode: int) -> None:
    """Replace a file at once, so that nobody reads half of it."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(place)
