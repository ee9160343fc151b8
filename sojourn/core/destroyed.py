"""Which data keys were destroyed for good, on a list outside the database (decision 0030).

A restored backup brings back the rows of somebody erased since, her wrapped key among them. The list does not come
back with it: it lies in the keyring's folder, a file ``destroyed`` with the id of one row of keys on each line. A
line is on the disk before the writer goes on, and no program takes one away. It tells nothing of anybody but that
the row's key must not be used.
"""

import fcntl
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from sojourn.core.keyring import KeyMissing, keyring

NAME = "destroyed"


def destroyed_keys() -> frozenset[UUID]:
    """The rows whose data key was destroyed; KeyMissing where the list stands there and cannot be read."""
    folder = keyring().folder
    if folder is None:
        return frozenset()
    path = folder / NAME
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return frozenset()
    return _listed(path, found.st_mtime_ns, found.st_size)


def is_destroyed(owner_of_key: UUID) -> bool:
    return owner_of_key in destroyed_keys()


def require_list() -> None:
    """KeyMissing unless a line could be added now: what cannot be written down must not be destroyed."""
    os.close(_opened())


def note_destroyed(ids: Iterable[UUID]) -> int:
    """These keys stand on the list, on the disk, once each; how many were added."""
    with open(_opened(), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.readall()
        fresh = sorted(set(ids) - _ids_in(content))
        # A line that a failing disk cut short must not swallow the next one.
        broken = b"\n" if content and not content.endswith(b"\n") else b""
        if fresh:
            file.write(broken + b"".join(f"{one}\n".encode() for one in fresh))
            os.fsync(file.fileno())
            _sync_folder()
    return len(fresh)


def _opened() -> int:
    """The list, made if need be, open for adding; KeyMissing where it cannot be."""
    folder = keyring().folder
    try:
        if folder is not None:
            return os.open(folder / NAME, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        pass
    raise KeyMissing(NAME)


@lru_cache(maxsize=2)
def _listed(path: Path, _changed_ns: int, _size: int) -> frozenset[UUID]:
    """The list as it stood when it had this size and this time of change."""
    try:
        return _ids_in(path.read_bytes())
    except OSError:
        raise KeyMissing(NAME) from None


def _ids_in(content: bytes) -> frozenset[UUID]:
    return frozenset(one for one in map(_id_in, content.split(b"\n")) if one is not None)


def _id_in(line: bytes) -> UUID | None:
    """The id on a line; a line that was cut short names nobody."""
    try:
        return UUID(line.decode("ascii")) if len(line) == 36 else None
    except ValueError:
        return None


def _sync_folder() -> None:
    """The file's place in the folder is on the disk too, also when it was made just now."""
    handle = os.open(settings.KEYRING, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
