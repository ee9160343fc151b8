"""Requests between nodes, signed as RFC 9421 says, with the body's digest of RFC 9530.

Covered are the method, the path, the query, the body and the node it is meant for; the signature names its key,
its second and a nonce. The host is not covered: a node may stand behind another name. Whether a nonce was used
before is the receiver's to remember.
"""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    VerifyResult,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from sojourn.sharing.protocol.reasons import Reason, Refused

TARGET = "Sojourn-Target"
COVERED = ("@method", "@path", "@query", "sojourn-target", "content-digest")
TAG = "sojourn-sharing"
LABEL = "sojourn"
LONGEST_NONCE = 64
MOST_BODY = 512 * 1024


@dataclass(frozen=True)
class Request:
    """A request as its signature sees it; the url is absolute, the body empty where there is none."""

    method: str
    url: str
    headers: MutableMapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Caller:
    """Who signed a request: the key, the nonce and the moment it named."""

    key: str
    nonce: str
    at: datetime


def signed(request: Request, *, target: str, key: str, private: bytes, nonce: str, at: datetime) -> Request:
    """The same request with the headers that prove who sends it."""
    headers = {**request.headers, TARGET: target}
    message = Request(request.method, request.url, headers, request.body)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Holding({key: private}))
    signer.sign(
        message,
        key_id=key,
        created=at,
        nonce=nonce,
        tag=TAG,
        label=LABEL,
        covered_component_ids=COVERED,
        body=request.body,
    )
    return message


def caller_of(
    request: Request,
    *,
    target: str,
    public_of: Callable[[str], bytes | None],
    at: datetime,
    tolerance: timedelta,
) -> Caller:
    """Who sent a request meant for ``target``; Refused unless everything covered is as it was signed.

    ``public_of`` gives the public key of a key's name, or None; ``tolerance`` is how far clocks may differ.
    """
    if request.headers.get(TARGET) is None or "Signature" not in request.headers:
        raise Refused(Reason.NOT_SIGNED)
    keys = _Looking(public_of)
    told = _verified(request, keys).parameters
    nonce = str(told.get("nonce", ""))
    if not 0 < len(nonce) <= LONGEST_NONCE:
        raise Refused(Reason.NOT_SIGNED, "nonce")
    moment = datetime.fromtimestamp(int(told["created"]), tz=UTC)
    if abs(at - moment) > tolerance:
        raise Refused(Reason.WRONG_TIME)
    if request.headers[TARGET] != target:
        raise Refused(Reason.WRONG_TARGET)
    return Caller(str(told["keyid"]), nonce, moment)


def _verified(request: Request, keys: "_Looking") -> VerifyResult:
    verifier = _TimelessVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    try:
        results = verifier.verify(request, expect_tag=TAG, require_components=COVERED, max_age=None)
    except (InvalidSignature, HTTPMessageSignaturesException):
        raise Refused(Reason.UNKNOWN_KEY if keys.missed else Reason.BAD_SIGNATURE) from None
    if len(results) != 1:
        raise Refused(Reason.BAD_SIGNATURE, "several")
    try:
        verifier.verify_body(request, results, request.body)
    except (InvalidSignature, HTTPMessageSignaturesException):
        raise Refused(Reason.WRONG_BODY) from None
    return results[0]


class _TimelessVerifier(HTTPMessageVerifier):
    """The moment is compared with the caller's clock, not with the machine's."""

    def validate_created_and_expires(self, sig_input, max_age=None) -> None:
        if type(sig_input.params.get("created")) is not int or not 0 <= sig_input.params["created"] < 2**33:
            raise InvalidSignature("created")


class _Holding(HTTPSignatureKeyResolver):
    def __init__(self, private: Mapping[str, bytes]) -> None:
        self.private = private

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private[key_id])


class _Looking(HTTPSignatureKeyResolver):
    def __init__(self, public_of: Callable[[str], bytes | None]) -> None:
        self.public_of, self.missed = public_of, False

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        public = self.public_of(key_id)
        self.missed = public is None
        return None if public is None else Ed25519PublicKey.from_public_bytes(public)
