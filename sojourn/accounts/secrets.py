"""Keys for one purpose each, derived from the node's secret."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def fernet_key(secret: str, *, purpose: str) -> bytes:
    """A Fernet key for ``purpose``; different purposes give unrelated keys."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )
    return base64.urlsafe_b64encode(derived)
