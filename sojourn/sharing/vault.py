"""What a node keeps outside its database: its private keys, and what it signed last in each feed.

A restored backup knows nothing of pages signed since; the vault does. It refuses to sign a number twice, and it
keeps the last page signed of each feed whole, so that a crash between signing and commit loses nothing: the same
page is taken up again (decision 0014). One vault serves one node; it lies on a disk that backups of the database
do not restore.
"""

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from sojourn.sharing.protocol import pages
from sojourn.sharing.protocol.pages import FeedName, Header, Signature
from sojourn.sharing.protocol.suites import SUITES

SUITE = "ed25519"
KEY_BYTES = 32


class VaultMissing(Exception):
    """The node has no vault, or a key that should lie in it is not there."""


class AlreadySigned(Exception):
    """Another header was signed under this number, or a later one: signing again would fork the feed."""


@dataclass(frozen=True)
class LastSigned:
    """The page signed last in a feed, with the markers it covered."""

    epoch: int
    no: int
    header: bytes
    signature: bytes
    packed: bytes
    markers: list[int]

    @property
    def digest(self) -> str:
        return pages.digest_of(self.header)

    @property
    def content(self) -> bytes:
        """The page as it goes over the wire."""
        return pages.joined(self.header, self.signature, self.packed)

    def spelt(self) -> bytes:
        return orjson.dumps(
            {
                "epoch": self.epoch,
                "no": self.no,
                "header": self.header.decode(),
                "signature": self.signature.decode(),
                "packed": base64.b64encode(self.packed).decode(),
                "markers": self.markers,
            }
        )


@dataclass(frozen=True)
class Vault:
    """The folder: ``keys/<name>.key`` in hex, ``watermarks/<owner>.<resource>.<audience>`` a feed."""

    folder: Path

    def key(self, name: str) -> bytes:
        """The private key of this name, 32 raw bytes."""
        try:
            private = bytes.fromhex((self.folder / "keys" / f"{name}.key").read_text().strip())
        except (OSError, ValueError):
            raise VaultMissing(name) from None
        if len(private) != KEY_BYTES:
            raise VaultMissing(name)
        return private

    def key_names(self, holder: str) -> list[str]:
        """The keys of a holder that lie here, the newest last."""
        found = (path.stem for path in (self.folder / "keys").glob(f"{holder}-*.key"))
        return sorted(found, key=lambda name: int(name.rpartition("-")[2]))

    @contextmanager
    def feed(self, feed: FeedName) -> Iterator["Watermark"]:
        """The watermark of a feed, held against every other process that signs."""
        path = self.folder / "watermarks" / f"{feed.owner}.{feed.resource}.{feed.audience}"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Watermark(self, path)


@dataclass(frozen=True)
class Watermark:
    """The last number signed in one feed; to be used inside ``Vault.feed`` only."""

    vault: Vault
    path: Path

    def last(self) -> LastSigned | None:
        """What was signed last, or None where nothing ever was."""
        try:
            facts = orjson.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return LastSigned(
            facts["epoch"],
            facts["no"],
            facts["header"].encode(),
            facts["signature"].encode(),
            base64.b64decode(facts["packed"]),
            facts["markers"],
        )

    def sign(self, header: Header, packed: bytes, *, key: str, markers: list[int]) -> LastSigned:
        """The header is signed, and on the disk before anybody sees it; AlreadySigned where its number was."""
        last = self.last()
        if last is not None and (header.epoch, header.no) <= (last.epoch, last.no):
            raise AlreadySigned
        text = header.spelt()
        value = SUITES[SUITE].sign_bytes(self.vault.key(key), pages.signed_text(text))
        signed = LastSigned(
            header.epoch, header.no, text, Signature(SUITE, key, value).spelt(), packed, markers
        )
        _write_through(self.path, signed.spelt())
        return signed


def _write_through(path: Path, content: bytes) -> None:
    """The content stands under this name, whole or not at all, also after the power fails."""
    fresh = path.with_name(f"{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
