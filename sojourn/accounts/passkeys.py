"""Passkeys (W3C Web Authentication): what a browser is asked to do, and whether what it answers holds."""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from django.conf import settings
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sojourn.accounts.errors import PasskeyUnproven

LONGEST_ANSWER = 16_384
LONGEST_NAME = 20  # of a device, as its owner calls it
LONGEST_ID = 1023  # of a credential, as the standard says
CHALLENGE_BYTES = 32
LOCAL = "localhost"
SITE_NAME = "旅居养老"
# Everything the library may stumble over in what a stranger sent.
UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    struct.error,
)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Site:
    """Where a passkey is made and used: the domain it belongs to, and the origin that the browser must tell."""

    domain: str
    origin: str


@dataclass(frozen=True)
class Owner:
    """Whom a device keeps a passkey for: a handle that says nothing, and what its list of accounts shows."""

    handle: bytes
    shown: str = field(repr=False)


@dataclass(frozen=True)
class Key:
    """What is kept of a passkey: its name, its public half (COSE) and how often the device says it has signed."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def site_of(host: str, *, is_secure: bool) -> Site | None:
    """The site that a visitor of this host is at; None where there can be no passkeys.

    A passkey belongs to a domain of the settings, never to an address of digits, and browsers make none without
    TLS, except on the machine itself.
    """
    name = host.lower().rpartition(":")[0] if _has_port(host) else host.lower()
    domain = next((one for one in settings.PASSKEY_DOMAINS if _lies_in(name, one)), None)
    if domain is None or not (is_secure or _lies_in(name, LOCAL)):
        return None
    return Site(domain, f"{'https' if is_secure else 'http'}://{host.lower()}")


def asked_to_make(site: Site, *, owner: Owner, held: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """What the browser is handed to make a passkey on a device that holds none of ``held``, as JSON can say it."""
    user = PublicKeyCredentialUserEntity(id=owner.handle, name=owner.shown, display_name=owner.shown)
    options, _state = _server(site).register_begin(
        user,
        credentials=_described(held),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options)


def asked_to_prove(site: Site, *, held: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """What the browser is handed to prove one of ``held``, or whichever the device has where none is named."""
    options, _state = _server(site).authenticate_begin(
        _described(held) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options)


def made(answer: str, *, site: Site, challenge: bytes) -> Key:
    """The passkey that the device made for this challenge; PasskeyUnproven for anything else."""

    def check() -> Key:
        response = RegistrationResponse.from_dict(_read(answer))
        _refuse_frames(response.response.client_data.cross_origin)
        data = _server(site).register_complete(_state(challenge), response)
        credential = data.credential_data
        if credential is None or not 0 < len(credential.credential_id) <= LONGEST_ID:
            raise PasskeyUnproven
        if credential.public_key.get(3) not in CoseKey.supported_algorithms():
            raise PasskeyUnproven
        return Key(credential.credential_id, cbor.encode(credential.public_key), data.counter)

    return _or_refuse(check)


def named_in(answer: str) -> bytes:
    """The passkey that an answer says it comes from; nothing is proven yet."""
    return _or_refuse(lambda: AuthenticationResponse.from_dict(_read(answer)).raw_id)


def proven(answer: str, *, site: Site, challenge: bytes, key: Key) -> int:
    """How often the device says it has signed, once it is proven that it holds this passkey; else PasskeyUnproven."""

    def check() -> int:
        response = AuthenticationResponse.from_dict(_read(answer))
        _refuse_frames(response.response.client_data.cross_origin)
        public_key = cbor.decode(key.public_key)
        if not isinstance(public_key, Mapping):
            raise PasskeyUnproven
        credential = AttestedCredentialData.create(Aaguid.NONE, key.credential_id, CoseKey.parse(public_key))
        _server(site).authenticate_complete(_state(challenge), [credential], response)
        return response.response.authenticator_data.counter

    return _or_refuse(check)


def is_copied(*, before: int, now: int) -> bool:
    """Whether two devices seem to hold one passkey: its count did not rise. A device that never counts says 0."""
    return (before > 0 or now > 0) and now <= before


def _or_refuse(check: Callable[[], Found]) -> Found:
    try:
        return check()
    except UNREADABLE:
        raise PasskeyUnproven from None


def _read(answer: str) -> Mapping[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyUnproven
    found = orjson.loads(answer)
    if not isinstance(found, dict):
        raise PasskeyUnproven
    return found


def _refuse_frames(is_cross_origin: bool) -> None:
    """Another site that shows ours in a frame has no passkeys of ours."""
    if is_cross_origin:
        raise PasskeyUnproven


def _state(challenge: bytes) -> dict[str, Any]:
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }


def _server(site: Site) -> Fido2Server:
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=site.domain, name=SITE_NAME),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == site.origin,
    )


def _described(held: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=credential)
        for credential in held
    ]


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit()


def _lies_in(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
