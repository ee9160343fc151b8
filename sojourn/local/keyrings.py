"""Keyrings of the demo's nodes and of the tests: made once, kept, and never written over."""

import os
import secrets
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from sojourn.core.keyring import CONTACTS, KEY_BYTES, LOOKUP


def keep(folder: Path, members: Iterable[str]) -> None:
    """There is a key for each member's residents, one for looking up and one for contacts; who has any keeps them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for purpose in (*members, LOOKUP, CONTACTS):
        if not any(folder.glob(f"{purpose}-*.key")):
            _make(folder / f"{purpose}-1.key")


def keep_between(nodes: Sequence[tuple[Path, Collection[str]]]) -> None:
    """Every two members have a key for what each shares with the other, and one for matching, at both their nodes."""
    members = sorted({member for _folder, hosted in nodes for member in hosted})
    for first in members:
        for second in (each for each in members if each != first):
            folders = [folder for folder, hosted in nodes if {first, second} & set(hosted)]
            _keep_at_all(folders, f"share_{first}_{second}")
            if first < second:
                _keep_at_all(folders, f"match_{first}_{second}")


def _keep_at_all(folders: list[Path], purpose: str) -> None:
    """The folders hold the same keys of this purpose: those that one of them has, or a fresh one."""
    kept = next((folder for folder in folders if any(folder.glob(f"{purpose}-*.key"))), folders[0])
    if not any(kept.glob(f"{purpose}-*.key")):
        _make(kept / f"{purpose}-1.key")
    for file in kept.glob(f"{purpose}-*.key"):
        for folder in folders:
            if not (folder / file.name).exists():
                with open(os.open(folder / file.name, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as handle:
                    handle.write(file.read_bytes())


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
