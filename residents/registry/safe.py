"""A resident's safe: her private columns under a key of her own, which her province's key wraps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from residents.registry import contacts
from residents.registry.states import PrivateField
from sojourn.core import ciphers
from sojourn.core.keyring import LOOKUP, Key, keyring
from sojourn.core.masking import Masked, mask_identity, mask_name, mask_phone
from sojourn.core.phones import is_mobile

COLUMNS = {
    PrivateField.IDENTITY_NUMBER: "identity_cipher",
    PrivateField.PHONE: "phone_cipher",
    PrivateField.CONTACT_NAME: "contact_name_cipher",
    PrivateField.CONTACT_PHONE: "contact_phone_cipher",
}
MASKS = {
    PrivateField.NAME: mask_name,
    PrivateField.BIRTH_ON: lambda day: f"{day[:4]}-**-**",
    PrivateField.IDENTITY_NUMBER: mask_identity,
    PrivateField.PHONE: contacts.masking(mask_phone),
    PrivateField.CONTACT_NAME: contacts.masking(mask_name),
    PrivateField.CONTACT_PHONE: contacts.masking(mask_phone),
}
# Facts of which one text holds several values.
SEVERAL = frozenset({PrivateField.PHONE, PrivateField.CONTACT_NAME, PrivateField.CONTACT_PHONE})


def in_words(private: PrivateField, plain: str) -> str:
    """What is kept of a fact as it is read."""
    return contacts.spoken(plain) if private in SEVERAL else plain


def masked(private: PrivateField, plain: str) -> Masked:
    return Masked(in_words(private, plain), MASKS[private](plain))


def index_of(private: PrivateField, value: str) -> bytes:
    """The 32 bytes that a row keeps from now on for a value of this field."""
    return blinded_with(keyring().newest(LOOKUP))(private, value)


def indexes_of(private: PrivateField, value: str) -> list[bytes]:
    """The 32 bytes by which a value of this field is found, one for each look-up key of the node, the newest first.

    While a key is being replaced some rows stand under the older one. The same digits in another field give others.
    """
    return [blinded_with(key)(private, value) for key in keyring().every(LOOKUP)]


def blinded_with(key: Key) -> Callable[[PrivateField, str], bytes]:
    """The same for many values in a row, with the look-up key that was taken from the keyring once."""

    def index(private: PrivateField, value: str) -> bytes:
        return ciphers.blind_index(f"{private}:{value}", key=key)

    return index


def indexed(
    private: PrivateField, plain: str, index: Callable[[PrivateField, str], bytes]
) -> bytes | list[bytes]:
    """What the column by which this fact is found holds: 32 bytes, of several values those of each."""
    if private not in SEVERAL:
        return index(private, plain)
    return [index(private, part) for part in contacts.parts(plain)]


@dataclass(frozen=True)
class Safe:
    """The opened safe of one resident."""

    resident_id: UUID
    key: Key = field(repr=False)

    @classmethod
    def made(cls, resident_id: UUID) -> "Safe":
        """A safe with a key that nothing else was ever locked with."""
        return cls(resident_id, ciphers.new_data_key())

    @classmethod
    def unlocked(cls, resident_id: UUID, wrapped: str) -> "Safe":
        """The safe whose key stands wrapped in the resident's row of keys."""
        return cls.unlocked_with(resident_id, wrapped, keyring().key)

    @classmethod
    def unlocked_with(cls, resident_id: UUID, wrapped: str, key_of: Callable[[str], Key]) -> "Safe":
        """The same for many safes in a row, with keys that are taken from the keyring once each, by their name."""
        by = key_of(ciphers.key_name_of(wrapped))
        return cls(resident_id, ciphers.unwrapped(wrapped, by=by, of=key_place(resident_id)))

    def wrapped_by(self, province: str) -> str:
        """Its key as the database keeps it, under the newest key of a member (six-digit code)."""
        return self.wrapped_with(keyring().newest(province))

    def wrapped_with(self, key: Key) -> str:
        """The same for many safes in a row, under a key that was taken from the keyring once."""
        return ciphers.wrapped(self.key, by=key, of=key_place(self.resident_id))

    def put(self, private: PrivateField, plain: str) -> str:
        """The text as its column holds it."""
        return ciphers.encrypted(plain, key=self.key, of=self._place(private))

    def take(self, private: PrivateField, text: str) -> Masked:
        """What stands in the column, masked; Undecipherable for what was put elsewhere."""
        return masked(private, ciphers.decrypted(text, key=self.key, of=self._place(private)))

    def relocked(self, private: PrivateField, text: str, *, key: Key, of: str) -> str:
        """What stands in the column, locked with another key for another place; nobody is shown it."""
        return ciphers.encrypted(
            ciphers.decrypted(text, key=self.key, of=self._place(private)), key=key, of=of
        )

    def first_relocked(self, private: PrivateField, text: str, *, key: Key, of: str) -> str:
        """The same for the first of the telephones in the column."""
        return ciphers.encrypted(self._first(private, text), key=key, of=of)

    def is_mobile(self, private: PrivateField, text: str) -> bool:
        """Whether the first telephone in the column can read, or only listen; nobody is shown it."""
        return is_mobile(self._first(private, text))

    def marked(self, private: PrivateField, text: str, *, key: Key) -> bytes:
        """32 bytes by which who has this key finds the same value elsewhere; nobody is shown it."""
        return blinded_with(key)(private, ciphers.decrypted(text, key=self.key, of=self._place(private)))

    def indexed(self, private: PrivateField, text: str, *, key: Key) -> bytes | list[bytes]:
        """What is in the column as another column finds it by, with this look-up key; nobody is shown it."""
        plain = ciphers.decrypted(text, key=self.key, of=self._place(private))
        return indexed(private, plain, blinded_with(key))

    def _first(self, private: PrivateField, text: str) -> str:
        return contacts.first_of(ciphers.decrypted(text, key=self.key, of=self._place(private)))

    def _place(self, private: PrivateField) -> str:
        return f"registry_resident.{COLUMNS[private]}.{self._spelt_id}"

    @cached_property
    def _spelt_id(self) -> str:
        return str(self.resident_id)


def key_place(resident_id: UUID) -> str:
    """Where a resident's wrapped key stands, as the cipher binds it."""
    return f"registry_residentkey.wrapped.{resident_id}"
