"""Keyrings of the demo's nodes and of the tests: made once, kept, and never written over."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from sojourn.core.keyring import CONTACTS, KEY_BYTES, LOOKUP


def keep(folder: Path, members: Iterable[str]) -> None:
    """There is a key for each member's residents, one for looking up and one for contacts; who has any keeps them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for purpose in (*members, LOOKUP, CONTACTS):
        if not any(folder.glob(f"{purpose}-*.key")):
            _make(folder / f"{purpose}-1.key")


def _make(file: Path) -> None:
    """A fresh key stands under this name, whole and on the disk, unless one stands there by then."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_hex(KEY_BYTES) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        os.link(fresh, file)
    except FileExistsError:
        pass  # somebody else made it, and may have used it already
    finally:
        fresh.unlink(missing_ok=True)
