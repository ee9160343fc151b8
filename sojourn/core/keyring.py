"""The keys that lock personal data at rest, in a folder outside database and repository (decision 0017).

A file ``<purpose>-<n>.key`` holds 32 bytes in hexadecimal digits. A purpose is the six-digit code of a member, whose
keys wrap the data keys of its residents, ``lookup``, whose keys make blind indexes, or ``contacts``, whose keys lock
the phones of accounts and the messages on their way. What is new is locked with the highest number; what stands is
opened with the key it names. Files are read at every use, so a key that was added or taken away counts at once and
without a restart.
"""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Refusal

LOOKUP = "lookup"
CONTACTS = "contacts"
KEY_BYTES = 32
# Without a dot, which parts the text form of a ciphertext, and without a hyphen but the one before the number.
_PURPOSE = re.compile(r"[a-z0-9_]{1,64}")
_NUMBERED = re.compile(rf"({_PURPOSE.pattern})-([1-9][0-9]{{0,8}})")
_FILE_NAME = re.compile(rf"{_NUMBERED.pattern}\.key")
_KEY_NAME = re.compile(rf"{_NUMBERED.pattern}|{_PURPOSE.pattern}")
_DIGITS = re.compile(rb"([0-9a-fA-F]{64})(?:\r?\n)?")
LONGEST_FILE = 66


class KeyMissing(Refusal):
    """A key that is needed is not in the node's keyring, or its file does not hold one."""

    code, status = "key_missing", 503
    title = _("密钥{name}缺失或内容有误，请联系系统管理员")

    def __init__(self, name: str) -> None:
        # What is no name may be anything, also what somebody typed: it is not repeated.
        super().__init__(name=name if is_key_name(name) else "?")


@dataclass(frozen=True)
class Key:
    """A secret of 32 bytes and the name by which a ciphertext tells which one opens it."""

    name: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.secret) != KEY_BYTES:
            raise ValueError("a key has a short name of small letters and digits, and 32 bytes")

    @property
    def purpose(self) -> str:
        """What it is for; of a data key nothing but its own name."""
        return self.name.rpartition("-")[0] or self.name

    def __reduce_ex__(self, _protocol) -> NoReturn:
        raise TypeError("a key is not pickled or copied")


@dataclass(frozen=True)
class Keyring:
    """The folder of keys; None where the node was given none, and then every key is missing."""

    folder: Path | None

    def newest(self, purpose: str) -> Key:
        """The key with which what is new is locked: the highest number of its purpose, never the one before it."""
        return self.key(f"{purpose}-{self._numbers(purpose)[0]}")

    def every(self, purpose: str) -> list[Key]:
        """All keys of a purpose, the newest first."""
        return [self.key(f"{purpose}-{number}") for number in self._numbers(purpose)]

    def purposes(self) -> set[str]:
        """The purposes of which there is a key."""
        return {purpose for purpose, _number in map(_parted, self._files()) if purpose}

    def replaced(self) -> set[str]:
        """The purposes of which there are an older key and a newer one."""
        counted = Counter(purpose for purpose, _number in map(_parted, self._files()) if purpose)
        return {purpose for purpose, keys in counted.items() if keys > 1}

    def names(self, purpose: str) -> list[str]:
        """The names of the keys of a purpose, the newest first; none where there is none."""
        return (
            [f"{purpose}-{number}" for number in self._numbers(purpose)] if purpose in self.purposes() else []
        )

    def take_away(self, name: str) -> None:
        """The file of this key is gone from the folder of this machine; KeyMissing where there is none."""
        if self.folder is None or not _NUMBERED.fullmatch(name):
            raise KeyMissing(name)
        try:
            os.unlink(self.folder / f"{name}.key")
        except OSError:
            raise KeyMissing(name) from None

    def key(self, name: str) -> Key:
        """The key of this name, as a ciphertext or a row names it."""
        found = _DIGITS.fullmatch(self._content(name)) if _NUMBERED.fullmatch(name) else None
        if not found:
            raise KeyMissing(name)
        return Key(name, bytes.fromhex(found[1].decode()))

    def _numbers(self, purpose: str) -> list[int]:
        numbers = [int(number) for found, number in map(_parted, self._files()) if found == purpose]
        if not numbers:
            raise KeyMissing(purpose)
        return sorted(numbers, reverse=True)

    def _files(self) -> list[str]:
        try:
            return os.listdir(self.folder) if self.folder else []
        except OSError:
            return []

    def _content(self, name: str) -> bytes:
        """What the file of a key holds, as far as a key can be long; nothing where there is none."""
        if not self.folder:
            return b""
        try:
            with open(self.folder / f"{name}.key", "rb", buffering=0) as file:
                return file.read(LONGEST_FILE + 1)
        except OSError:
            return b""


def keyring() -> Keyring:
    """The keyring of this node."""
    return Keyring(Path(settings.KEYRING) if settings.KEYRING else None)


def is_key_name(text: str) -> bool:
    """Whether a key can bear this name; a path never is one."""
    return _KEY_NAME.fullmatch(text) is not None


def _parted(file_name: str) -> tuple[str, str]:
    """Purpose and number that a file's name tells; both empty if it is not the file of a key."""
    found = _FILE_NAME.fullmatch(file_name)
    return (found[1], found[2]) if found else ("", "0")
