"""How the facts of an extract are locked: on their way with a key of two members, where they are kept with their own.

``share_<owner>_<receiver>`` is the purpose of the keys that a node has of its own members towards others and of others
towards its own (docs/operations.md, Keyring). A ciphertext names its key, so keys of a pair change one after another.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from sojourn.core import ciphers
from sojourn.core.ciphers import Undecipherable
from sojourn.core.keyring import Key, KeyMissing, keyring

Lock = Callable[[Key, str], str]


class Locked(Protocol):
    """A row, or a body on the wire read as one: whose resident, for whom, and what is sealed."""

    owner: str
    receiver: str
    resident: UUID
    sealed: Any
    wrapped: str


def key_between(owner: str, receiver: str) -> Key:
    """The newest key with which one member locks what is for the other."""
    return keyring().newest(f"share_{owner}_{receiver}")


def sealed(locks: Mapping[str, Lock], *, owner: str, receiver: str, resident: UUID) -> dict[str, str]:
    """Each fact locked for its receiver; ``locks`` lock one fact each, for a key and a place."""
    key = key_between(owner, receiver)
    return {code: lock(key, _place(code, resident, receiver)) for code, lock in locks.items()}


def locking(plain: str) -> Lock:
    """A lock of words that stand open here."""
    return lambda key, of: ciphers.encrypted(plain, key=key, of=of)


def taken_in(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a copy: its facts under a key of their own, which the receiving member's key wraps.

    Where a key is not here, or something does not open, it stays as it came and opens to nobody yet: a page must not
    fail over what one entry holds. What this node writes for others stays as it is.
    """
    came, receiver, resident = facts["sealed"], facts["receiver"], facts["resident"]
    try:
        by = keyring().newest(receiver)
        data = ciphers.new_data_key()
        kept = {
            code: ciphers.encrypted(
                _opened(text, None, _place(code, resident, receiver)), key=data, of=_kept(code, resident)
            )
            for code, text in dict(came).items()
        }
    except (KeyMissing, Undecipherable, TypeError, ValueError, AttributeError):
        return {"sealed": came, "wrapped": ""}
    return {"sealed": kept, "wrapped": ciphers.wrapped(data, by=by, of=wrapping_place(resident))}


def opened(row: Locked, codes: list[str]) -> dict[str, str]:
    """The words of these facts; KeyMissing or Undecipherable where they do not open here."""
    if not row.wrapped:
        return {
            code: _opened(row.sealed[code], None, _place(code, row.resident, row.receiver))
            for code in codes
            if code in row.sealed
        }
    by = keyring().key(ciphers.key_name_of(row.wrapped))
    data = ciphers.unwrapped(row.wrapped, by=by, of=wrapping_place(row.resident))
    return {
        code: _opened(row.sealed[code], data, _kept(code, row.resident))
        for code in codes
        if code in row.sealed
    }


def wrapping_place(resident: UUID | str) -> str:
    """Where the wrapped key of a copy stands, as the cipher binds it."""
    return _kept("wrapped", resident)


def _opened(text: str, key: Key | None, of: str) -> str:
    return ciphers.decrypted(text, key=key or keyring().key(ciphers.key_name_of(text)), of=of)


def _place(code: str, resident: UUID | str, receiver: str) -> str:
    return f"consents_extract.sealed.{code}.{resident}.{receiver}"


def _kept(code: str, resident: UUID | str) -> str:
    return f"consents_extract.kept.{code}.{resident}"
