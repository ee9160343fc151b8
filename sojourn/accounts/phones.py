"""The telephones of accounts: found by a blind index, locked under the node's key for contacts."""

import hmac
from uuid import UUID

from sojourn.core import ciphers, contacts
from sojourn.core.keyring import LOOKUP, Key, keyring

OF_ACCOUNTS, OF_CODES = "accounts_signinphone", "accounts_signincode"
COLUMN = "phone_cipher"


def index_of(phone: str) -> bytes:
    """The 32 bytes that an account keeps from now on for its telephone; a resident's telephone gives others."""
    return index_by(keyring().newest(LOOKUP), phone)


def indexes_of(phone: str) -> list[bytes]:
    """Those by which an account is found, one for each look-up key of the node, the newest first."""
    return [index_by(key, phone) for key in keyring().every(LOOKUP)]


def index_by(key: Key, phone: str) -> bytes:
    return ciphers.blind_index(f"account:{phone}", key=key)


def sealed(phone: str, *, table: str, row: UUID) -> str:
    return contacts.sealed(phone, table=table, column=COLUMN, row=row)


def opened(text: str, *, table: str, row: UUID) -> str:
    """The number that was sealed for this row; Undecipherable for anything else."""
    return contacts.opened(text, table=table, column=COLUMN, row=row)


def digest_of(code: str, *, row: UUID) -> bytes:
    """What is kept of a code: without the key nobody finds it by trying all million."""
    return ciphers.blind_index(f"code:{row}:{code}", key=keyring().newest(LOOKUP))


def is_code(code: str, *, digest: bytes, row: UUID) -> bool:
    """Whether this is the code whose digest is kept, made with any look-up key; the answer takes as long either way."""
    made = [ciphers.blind_index(f"code:{row}:{code}", key=key) for key in keyring().every(LOOKUP)]
    found = [hmac.compare_digest(each, bytes(digest)) for each in made]
    return True in found
