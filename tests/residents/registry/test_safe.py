from uuid import uuid4

import pytest

from residents.registry.safe import COLUMNS, MASKS, Safe, index_of
from residents.registry.states import PrivateField
from sojourn.core.ciphers import Undecipherable, key_name_of
from sojourn.core.keyring import KeyMissing

PHONE, CONTACT = PrivateField.PHONE, PrivateField.CONTACT_PHONE


def test_what_was_put_in_is_taken_out_masked():
    safe = Safe.made(uuid4())

    taken = safe.take(PHONE, safe.put(PHONE, "00000000001"))

    assert f"{taken} {taken!r}" == "000******01 000******01"


def test_the_same_safe_is_unlocked_from_its_wrapped_key():
    safe = Safe.made(uuid4())
    wrapped = safe.wrapped_by("440000")

    again = Safe.unlocked(safe.resident_id, wrapped)

    assert again == safe
    assert key_name_of(wrapped) == "440000-1"


def test_a_wrapped_key_opens_no_safe_of_another_resident():
    wrapped = Safe.made(uuid4()).wrapped_by("440000")

    with pytest.raises(Undecipherable):
        Safe.unlocked(uuid4(), wrapped)


def test_even_under_the_same_key_a_text_opens_in_its_own_place_only():
    mine = Safe.made(uuid4())
    another = Safe(uuid4(), mine.key)
    text = mine.put(PHONE, "00000000001")

    with pytest.raises(Undecipherable):
        another.take(PHONE, text)
    with pytest.raises(Undecipherable):
        mine.take(CONTACT, text)


def test_without_the_key_of_her_province_no_safe_is_made():
    with pytest.raises(KeyMissing):
        Safe.made(uuid4()).wrapped_by("420000")


def test_equal_values_are_found_in_their_own_field_only():
    assert index_of(PHONE, "00000000001") == index_of(PHONE, "00000000001")
    assert index_of(PHONE, "00000000001") != index_of(PrivateField.IDENTITY_NUMBER, "00000000001")
    assert len(index_of(PHONE, "00000000001")) == 32


def test_a_safe_shows_nothing_of_its_key():
    safe = Safe.made(uuid4())

    assert safe.key.secret.hex() not in repr(safe)
    assert str(safe.key.secret) not in repr(safe)


def test_every_private_field_has_its_mask_and_all_but_name_and_birth_are_in_the_safe():
    assert set(MASKS) == set(PrivateField)
    assert set(PrivateField) - set(COLUMNS) == {PrivateField.NAME, PrivateField.BIRTH_ON}
