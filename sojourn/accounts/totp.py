"""Time-based codes (RFC 6238 with SHA-1, six digits, thirty seconds): what authenticator apps show."""

import base64
import hashlib
import hmac
import struct
from datetime import datetime

DIGITS = 6
STEP_SECONDS = 30
DRIFT = 1  # steps that a clock may be off, either way


def step_at(instant: datetime) -> int:
    """The number of the thirty-second step in which an instant lies."""
    return int(instant.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code that an app with this secret (base32) shows during a step."""
    digest = hmac.new(base64.b32decode(secret, casefold=True), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The step whose code this is, of those a clock may be in; None for a wrong code."""
    now = step_at(at)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None
