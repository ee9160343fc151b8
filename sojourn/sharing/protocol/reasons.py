"""Why a page or a request is refused: one closed list that both sides count by."""

from enum import StrEnum


class Reason(StrEnum):
    """What was wrong; the value is the reason code of alarms, metrics and the protocol page."""

    TOO_LARGE = "too_large"
    BAD_FRAME = "bad_frame"
    BAD_HEADER = "bad_header"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_VALID_HERE = "key_not_valid_here"
    BAD_SIGNATURE = "bad_signature"
    WRONG_FEED = "wrong_feed"
    WRONG_EPOCH = "wrong_epoch"
    WRONG_NUMBER = "wrong_number"
    BROKEN_CHAIN = "broken_chain"
    BAD_PACKING = "bad_packing"
    WRONG_COUNT = "wrong_count"
    WRONG_DIGEST = "wrong_digest"
    NOT_STRICT = "not_strict"
    BAD_ENTRY = "bad_entry"
    WRONG_OWNER = "wrong_owner"
    UNKNOWN_SCHEMA = "unknown_schema"
    NOT_SIGNED = "not_signed"
    WRONG_TARGET = "wrong_target"
    WRONG_TIME = "wrong_time"
    WRONG_BODY = "wrong_body"
    REPLAYED = "replayed"
    NOT_GRANTED = "not_granted"
    BAD_REGISTRY = "bad_registry"
    REGISTRY_EXPIRED = "registry_expired"
    REGISTRY_OLDER = "registry_older"
    REGISTRY_FORKED = "registry_forked"


class Refused(Exception):
    """Bytes from another node break the protocol; nothing of them may take effect."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail
