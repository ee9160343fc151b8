"""Keys for one purpose each, derived from the node's secret; and what programs prove themselves with."""

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def fernet_key(secret: str, *, purpose: str) -> bytes:
    """A Fernet key for ``purpose``; different purposes give unrelated keys."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(derived)


def fresh(prefix: str) -> str:
    """A secret of 256 random bits, its prefix telling what was found where it should not be."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of such a secret: 64 hexadecimal digits of SHA-256 (decision 0028)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
