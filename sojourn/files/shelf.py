"""The folder in which the bytes of files lie, each under a random name and already locked."""

import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from sojourn.files.errors import FileUnreadable, NoPlaceForFiles

_NAME = re.compile(r"[0-9a-f]{32}")


def put(content: bytes) -> str:
    """The bytes stand on the disk, whole, under a name that nothing else has; the name comes back."""
    name = secrets.token_hex(16)
    target = _path(name)
    _make(target.parent)
    beside = target.with_name(f".{name}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    _sync(target.parent)
    return name


def take(name: str) -> bytes:
    """The bytes under this name; FileUnreadable where there are none."""
    try:
        return _path(name).read_bytes()
    except OSError:
        pass
    raise FileUnreadable


def remove(name: str) -> None:
    """Nothing stands under this name any more."""
    _path(name).unlink(missing_ok=True)


def older_than(seconds: int) -> Iterator[str]:
    """The names of files that have stood for so long, and of halves that a crash left."""
    folder, now = _folder(), time.time()
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else []:
        name = path.name.removeprefix(".")
        if _NAME.fullmatch(name) and now - path.stat().st_mtime > seconds:
            if path.name == name:
                yield name
            else:
                path.unlink(missing_ok=True)


def _folder() -> Path:
    if not settings.FILES:
        raise NoPlaceForFiles
    return Path(settings.FILES)


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError("files lie under 32 hexadecimal digits")
    return _folder() / name[:2] / name


def _make(folder: Path) -> None:
    """The folder and the one above it stand, closed to others: each made by itself, as only the last gets its mode."""
    for each in (folder.parent, folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync(each.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
