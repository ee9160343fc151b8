"""Signature suites, by the name that stands in a key's record.

A suite signs bytes and verifies bytes; nothing else here knows one algorithm from another, so that SM2 with
SM3 can stand beside Ed25519 without a change elsewhere.
"""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Suite(Protocol):
    """One way to sign: raw keys and raw signatures, bytes in and bytes out."""

    name: str

    def new_key(self) -> bytes: ...

    def public_of(self, private: bytes) -> bytes: ...

    def sign_bytes(self, private: bytes, message: bytes) -> bytes: ...

    def verify_bytes(self, public: bytes, signature: bytes, message: bytes) -> bool: ...


class Ed25519:
    """RFC 8032, raw keys of 32 bytes and signatures of 64."""

    name = "ed25519"

    def new_key(self) -> bytes:
        return Ed25519PrivateKey.generate().private_bytes_raw()

    def public_of(self, private: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def sign_bytes(self, private: bytes, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(private).sign(message)

    def verify_bytes(self, public: bytes, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


SUITES: dict[str, Suite] = {suite.name: suite for suite in (Ed25519(),)}
