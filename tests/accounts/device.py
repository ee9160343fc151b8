"""A device in tests that holds passkeys and answers as a browser would send it, honestly or not."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
ORIGIN = "http://localhost"


@dataclass
class Device:
    """One passkey at most; ``count`` is what the device says, 0 for one that never counts."""

    origin: str = ORIGIN
    verifies: bool = True
    counts: bool = True
    framed: bool = False
    domain: str = ""
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> bytes:
        """What a node keeps of it."""
        return cbor.encode(ES256.from_cryptography_key(self.key.public_key()))

    def make(self, options: dict) -> str:
        """The answer to a request for a new passkey."""
        asked = options["publicKey"]
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(
            self._domain_hash(asked["rp"]["id"]), self._flags() | FLAG.AT, self.count, bytes(credential)
        )
        attestation = AttestationObject.create("none", data, {})
        client = self._client(CollectedClientData.TYPE.CREATE, asked["challenge"])
        return self._spelt(client, attestationObject=websafe_encode(attestation))

    def prove(self, options: dict) -> str:
        """The answer to a request for a passkey that the device has."""
        asked = options["publicKey"]
        self.count += self.counts
        data = AuthenticatorData.create(self._domain_hash(asked["rpId"]), self._flags(), self.count)
        client = self._client(CollectedClientData.TYPE.GET, asked["challenge"])
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        return self._spelt(
            client, authenticatorData=websafe_encode(data), signature=websafe_encode(signature)
        )

    def _flags(self) -> FLAG:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _domain_hash(self, asked: str) -> bytes:
        return sha256((self.domain or asked).encode()).digest()

    def _client(self, deed: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(
            deed, websafe_decode(challenge), self.origin, cross_origin=self.framed
        )

    def _spelt(self, client: CollectedClientData, **response: str) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.credential_id),
                "rawId": websafe_encode(self.credential_id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {"clientDataJSON": websafe_encode(client), **response},
            }
        )
