"""Personal data locked at rest: authenticated encryption bound to the place where a value stands (decision 0017).

A ciphertext is text: ``v1.<key name>.<nonce>.<ciphertext>``, the last two in base64url without padding. Its first
part is the suite; ``v1`` is AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits and a tag of 128. ``of`` says
where the value stands, ``table.column.row id``, and is authenticated with it: moved to another row or column, a
ciphertext does not open. A text has one spelling; whatever differs from it by one bit is ``Undecipherable``.
"""

import base64
import hmac
import os
import re
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sojourn.core.keyring import KEY_BYTES, Key, is_key_name

DATA = "data"
SUITE_NAME_WITHIN = 16
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class Undecipherable(Exception):
    """A stored ciphertext was changed, moved, or locked with another key; nothing of it is told."""

    def __init__(self) -> None:
        super().__init__("a stored value does not open with its key in its place")


class Suite(Protocol):
    """One way to lock bytes: ``seal`` gives nonce and ciphertext, ``open`` the bytes or None."""

    name: str
    nonce_bytes: int

    def seal(self, secret: bytes, plain: bytes, of: bytes) -> tuple[bytes, bytes]: ...

    def open(self, secret: bytes, nonce: bytes, sealed: bytes, of: bytes) -> bytes | None: ...


class Aes256Gcm:
    name = "v1"
    nonce_bytes = 12

    def seal(self, secret: bytes, plain: bytes, of: bytes) -> tuple[bytes, bytes]:
        nonce = os.urandom(self.nonce_bytes)
        return nonce, AESGCM(secret).encrypt(nonce, plain, of)

    def open(self, secret: bytes, nonce: bytes, sealed: bytes, of: bytes) -> bytes | None:
        if len(nonce) != self.nonce_bytes:
            return None
        try:
            return AESGCM(secret).decrypt(nonce, sealed, of)
        except InvalidTag:
            return None


CURRENT: Suite = Aes256Gcm()
SUITES: dict[str, Suite] = {suite.name: suite for suite in (CURRENT,)}


def encrypted(plain: str, *, key: Key, of: str) -> str:
    """The text locked with this key for this place; another ciphertext at every call."""
    return _locked(_bytes(plain), key, of)


def decrypted(text: str, *, key: Key, of: str) -> str:
    """What was locked with this key for this place; Undecipherable for anything else."""
    plain = _text(_opened(text, key, of))
    if plain is None:
        raise Undecipherable
    return plain


def encrypted_bytes(plain: bytes, *, key: Key, of: str) -> bytes:
    """Bytes locked with this key for this place: suite, a point, nonce and ciphertext; no text that is a third longer."""
    nonce, sealed = CURRENT.seal(key.secret, plain, _place(of))
    return CURRENT.name.encode() + b"." + nonce + sealed


def decrypted_bytes(content: bytes, *, key: Key, of: str) -> bytes:
    """The bytes that were locked with this key for this place; Undecipherable for anything else."""
    name, _, _ = content[:SUITE_NAME_WITHIN].partition(b".")
    suite = SUITES.get(name.decode("ascii", "replace"))
    if suite is None:
        raise Undecipherable
    start = len(name) + 1
    nonce = content[start : start + suite.nonce_bytes]
    plain = suite.open(key.secret, nonce, content[start + suite.nonce_bytes :], _place(of))
    if plain is None:
        raise Undecipherable
    return plain


def relocked(text: str, *, older: Key, newer: Key, of: str) -> str:
    """What the older key locked for this place, text or wrapped key, locked with the newer one for the same place."""
    return _locked(_opened(text, older, of), newer, of)


def key_name_of(text: str) -> str:
    """The name of the key that a ciphertext asks for; whether it opens with that, opening tells."""
    return _labelled(text)[1]


def new_data_key() -> Key:
    """A fresh key for the data of one person."""
    return Key(DATA, os.urandom(KEY_BYTES))


def wrapped(data: Key, *, by: Key, of: str) -> str:
    """A data key locked with a key of the keyring, for the row that keeps it."""
    return _locked(data.secret, by, of)


def unwrapped(text: str, *, by: Key, of: str) -> Key:
    """The data key that a row keeps; Undecipherable if it is not one that was wrapped by this key for this row."""
    secret = _opened(text, by, of)
    if len(secret) != KEY_BYTES:
        raise Undecipherable
    return Key(DATA, secret)


def blind_index(value: str, *, key: Key) -> bytes:
    """32 bytes by which equal values are found and nothing is read: HMAC-SHA-256 of the normalised value."""
    return hmac.digest(key.secret, _bytes(value), "sha256")


def _locked(plain: bytes, key: Key, of: str) -> str:
    nonce, sealed = CURRENT.seal(key.secret, plain, _place(of))
    return f"{CURRENT.name}.{key.name}.{_spelt(nonce)}.{_spelt(sealed)}"


def _opened(text: str, key: Key, of: str) -> bytes:
    suite, name, nonce, sealed = _parts(text)
    plain = suite.open(key.secret, nonce, sealed, _place(of)) if name == key.name else None
    if plain is None:
        raise Undecipherable
    return plain


def _parts(text: str) -> tuple[Suite, str, bytes, bytes]:
    """Suite, key name, nonce and ciphertext; Undecipherable unless the text has exactly this form."""
    suite, name, *spelt = _labelled(text)
    nonce, sealed = map(_read, spelt)
    if nonce is None or sealed is None:
        raise Undecipherable
    return suite, name, nonce, sealed


def _labelled(text: str) -> tuple[Suite, str, str, str]:
    """Suite and key name, and the two others as they are spelt."""
    parts = text.split(".")
    suite = SUITES.get(parts[0]) if len(parts) == 4 else None
    if suite is None or not is_key_name(parts[1]):
        raise Undecipherable
    return suite, parts[1], parts[2], parts[3]


def _place(of: str) -> bytes:
    if not of:
        raise ValueError("a value is locked for a place: table.column.row id")
    return of.encode()


def _spelt(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _read(text: str) -> bytes | None:
    """The bytes behind base64url; None for a second spelling of the same ones (RFC 4648, 3.5)."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        return None
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return content if _spelt(content) == text else None


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass  # it carries the whole text along, so ours is raised when it is over
    raise ValueError("a text with half a surrogate pair cannot be locked")


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
