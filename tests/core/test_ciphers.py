"""Ciphertexts: what was locked opens with its key in its place, and with one bit changed nowhere."""

import base64
import hashlib
import hmac
import os
import re
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from sojourn.core import ciphers
from sojourn.core.ciphers import (
    SUITES,
    Undecipherable,
    blind_index,
    decrypted,
    encrypted,
    key_name_of,
    new_data_key,
    unwrapped,
    wrapped,
)
from sojourn.core.keyring import Key

OF = "registry_resident.identity.0190a3c4-0000-7000-8000-000000000001"
PLAIN = "230103194701011234"
KEY = Key("data", bytes(range(32)))
MEMBER = Key("440000-1", bytes(range(32, 64)))
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

texts = st.text(st.characters(exclude_categories=("Cs",)))


def changed_by_a_bit(text: str):
    """Every text that differs from this one in one bit of its bytes, told apart by where."""
    raw = text.encode()
    for at in range(len(raw)):
        for bit in range(8):
            yield at, (raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]).decode("latin-1")


@given(plain=texts, of=texts.filter(bool))
def test_what_was_locked_is_opened(plain, of):
    assert decrypted(encrypted(plain, key=KEY, of=of), key=KEY, of=of) == plain


@pytest.mark.parametrize("plain", ["", "𮧵𬱖", "阿卜杜拉·买买提", "\x00", "a.b.c.d", "长" * 100_000])
def test_names_of_every_script_and_length_come_back(plain):
    assert decrypted(encrypted(plain, key=KEY, of=OF), key=KEY, of=OF) == plain


def test_a_ciphertext_says_suite_key_nonce_and_the_rest():
    text = encrypted(PLAIN, key=MEMBER, of=OF)

    assert re.fullmatch(
        rf"v1\.440000-1\.[\w-]{{16}}\.[\w-]{{{-(-(len(PLAIN) + 16) * 8 // 6)}}}", text, re.ASCII
    )
    assert key_name_of(text) == "440000-1"
    assert PLAIN not in text


def test_it_is_aes_256_gcm_over_the_place():
    _suite, _name, nonce, sealed = encrypted(PLAIN, key=KEY, of=OF).split(".")

    opened = AESGCM(KEY.secret).decrypt(
        base64.urlsafe_b64decode(nonce), base64.urlsafe_b64decode(sealed + "=="), OF.encode()
    )
    assert opened.decode() == PLAIN


def test_a_ciphertext_of_the_first_day_still_opens():
    # What stands in databases from this release on; whatever suites come, it is read.
    first = "v1.data.AAECAwQFBgcICQoL.dTHmKvXW8yK5dqe6gdhJX7DiS49v-8RMrPOiHe4yD_rMNA"

    assert decrypted(first, key=KEY, of=OF) == PLAIN


@pytest.mark.parametrize("plain", ["", "a", "ab", "abc", PLAIN], ids=len)
def test_a_ciphertext_changed_by_one_bit_in_any_of_its_parts_does_not_open(plain):
    text = encrypted(plain, key=MEMBER, of=OF)
    opened = []

    for at, changed in changed_by_a_bit(text):
        try:
            opened.append((at, decrypted(changed, key=MEMBER, of=OF)))
        except Undecipherable:
            continue

    assert opened == []


@pytest.mark.parametrize("plain", ["", "a", "ab", "abc"], ids=len)
def test_a_ciphertext_has_no_second_spelling(plain):
    text = encrypted(plain, key=MEMBER, of=OF)
    others = [text[:-1] + char for char in URL_SAFE if char != text[-1]]
    others += [text + "=", text + "==", text + "\n", text + " ", " " + text, text + "A", text + "."]
    others += [text.replace("v1.", "V1."), text.replace("v1.", "v1 ."), text.replace(".", "．"), text + "é"]

    for other in others:
        with pytest.raises(Undecipherable):
            decrypted(other, key=MEMBER, of=OF)


def test_a_truncated_ciphertext_does_not_open():
    text = encrypted(PLAIN, key=KEY, of=OF)

    for length in range(len(text)):
        with pytest.raises(Undecipherable):
            decrypted(text[:length], key=KEY, of=OF)


def test_a_ciphertext_that_lost_its_start_does_not_open():
    text = encrypted(PLAIN, key=KEY, of=OF)

    for length in range(1, len(text)):
        with pytest.raises(Undecipherable):
            decrypted(text[length:], key=KEY, of=OF)


@pytest.mark.parametrize(
    "of",
    [
        OF[:-1] + "2",
        OF.replace("identity", "phone"),
        OF.replace("resident", "guardian"),
        OF + " ",
        OF[:-1],
        OF.upper(),
        "x",
    ],
)
def test_in_another_row_column_or_table_it_does_not_open(of):
    text = encrypted(PLAIN, key=KEY, of=OF)

    with pytest.raises(Undecipherable):
        decrypted(text, key=KEY, of=of)


def test_another_key_of_the_same_name_does_not_open_it():
    text = encrypted(PLAIN, key=KEY, of=OF)

    with pytest.raises(Undecipherable):
        decrypted(text, key=new_data_key(), of=OF)


def test_the_same_secret_under_another_name_does_not_open_it():
    text = encrypted(PLAIN, key=MEMBER, of=OF)
    renamed = Key("440000-2", MEMBER.secret)

    with pytest.raises(Undecipherable):
        decrypted(text, key=renamed, of=OF)
    with pytest.raises(Undecipherable):
        decrypted(text.replace("440000-1", "440000-2"), key=MEMBER, of=OF)


def test_every_bit_of_the_key_counts():
    text = encrypted(PLAIN, key=KEY, of=OF)

    for bit in range(256):
        secret = (int.from_bytes(KEY.secret, "big") ^ 1 << bit).to_bytes(32, "big")
        with pytest.raises(Undecipherable):
            decrypted(text, key=Key("data", secret), of=OF)


def test_the_parts_of_two_ciphertexts_do_not_fit_together():
    first = encrypted(PLAIN, key=KEY, of=OF).split(".")
    second = encrypted(PLAIN, key=KEY, of=OF).split(".")

    for at in (2, 3):
        mixed = [*first[:at], second[at], *first[at + 1 :]]
        with pytest.raises(Undecipherable):
            decrypted(".".join(mixed), key=KEY, of=OF)


@pytest.mark.parametrize("suite", ["v2", "v0", "v11", "v", "", "V1", "ｖ1", "none", "v1\n"])
def test_another_suite_is_none_of_ours(suite):
    text = encrypted(PLAIN, key=KEY, of=OF)

    for ask in (lambda text: decrypted(text, key=KEY, of=OF), key_name_of):
        with pytest.raises(Undecipherable):
            ask(suite + text.removeprefix("v1"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "...",
        "v1",
        "v1...",
        "v1.data..",
        "v1.data.AAECAwQFBgcICQoL.",
        "v1.data..AAECAwQFBgcICQoLAAECAwQFBgcICQoL",
        "v1.data.AAEC.AAECAwQFBgcICQoLAAECAwQFBgcICQoL",
        "v1.data.AAECAwQFBgcICQoLAAEC.AAECAwQFBgcICQoLAAECAwQFBgcICQoL",
        "v1.data.AAECAwQFBgcICQoL.A",
        "v1.data.AAECAwQFBgcICQoL.AAAA.AAAA",
        "v1..AAECAwQFBgcICQoL.AAECAwQFBgcICQoLAAECAwQFBgcICQoL",
        "v1.../x.AAECAwQFBgcICQoL.AAECAwQFBgcICQoL",
        "v1.王小明.AAECAwQFBgcICQoL.AAECAwQFBgcICQoLAAECAwQFBgcICQoL",
        "\ud800",
        "v1.data.\ud800.\ud800",
        PLAIN,
        "." * 1_000_000,
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_what_is_no_ciphertext_is_undecipherable(text):
    with pytest.raises(Undecipherable):
        decrypted(text, key=KEY, of=OF)


@pytest.mark.parametrize("name", ["", "/x", "440000-01", "440000-1 ", "DATA", "王小明", "x/1", "x" * 80])
def test_a_ciphertext_that_asks_for_a_key_of_no_name_is_none(name):
    text = encrypted(PLAIN, key=KEY, of=OF).replace("data", name)

    with pytest.raises(Undecipherable):
        key_name_of(text)


@given(text=st.text(st.characters(exclude_categories=())))
def test_whatever_stands_in_a_column_has_its_own_error(text):
    for ask in (lambda: decrypted(text, key=KEY, of=OF), lambda: key_name_of(text)):
        with pytest.raises(Undecipherable):
            ask()


def test_what_does_not_open_is_told_without_content():
    text = encrypted(PLAIN, key=KEY, of=OF)
    wrong = wrapped(Key("data", b"\xff" * 32), by=KEY, of=OF)  # it opens, and is no text

    for stored, of in ((text, OF + "2"), (wrong, OF), (PLAIN, OF)):
        with pytest.raises(Undecipherable) as refused:
            decrypted(stored, key=KEY, of=of)
        told = "".join(traceback.format_exception(refused.value)) + repr(refused.value.args)
        assert stored not in told
        assert OF not in told
        assert refused.value.__context__ is None


def test_nonces_do_not_repeat():
    nonces = {encrypted(PLAIN, key=KEY, of=OF).split(".")[2] for _ in range(10_000)}

    assert len(nonces) == 10_000


def test_nonces_come_from_the_system(monkeypatch):
    monkeypatch.setattr(os, "urandom", lambda length: b"\x07" * length)

    assert encrypted(PLAIN, key=KEY, of=OF).split(".")[2] == "BwcHBwcHBwcHBwcH"


def test_a_place_has_to_be_told():
    for ask in (
        lambda: encrypted(PLAIN, key=KEY, of=""),
        lambda: wrapped(KEY, by=MEMBER, of=""),
        lambda: decrypted(encrypted(PLAIN, key=KEY, of=OF), key=KEY, of=""),
    ):
        with pytest.raises(ValueError, match=r"table\.column\.row id") as refused:
            ask()
        assert PLAIN not in str(refused.value)


@pytest.mark.parametrize(
    "ask", [lambda text: encrypted(text, key=KEY, of=OF), lambda text: blind_index(text, key=KEY)]
)
def test_half_a_surrogate_pair_is_refused_without_the_text_around_it(ask):
    with pytest.raises(ValueError, match="surrogate") as refused:
        ask(PLAIN + "\ud800")

    assert type(refused.value) is ValueError
    assert refused.value.__context__ is None
    assert PLAIN not in "".join(traceback.format_exception(refused.value))


# Data keys.


def test_data_keys_are_fresh_and_alike_in_nothing_but_their_name():
    keys = [new_data_key() for _ in range(1_000)]

    assert len({key.secret for key in keys}) == 1_000
    assert {(key.name, len(key.secret)) for key in keys} == {("data", 32)}


def test_a_wrapped_key_is_opened_by_the_key_it_names():
    data = new_data_key()

    text = wrapped(data, by=MEMBER, of=OF)

    assert key_name_of(text) == "440000-1"
    assert unwrapped(text, by=MEMBER, of=OF) == data
    assert data.secret.hex() not in text
    assert base64.urlsafe_b64encode(data.secret).decode()[:40] not in text


def test_a_wrapped_key_changed_moved_or_asked_of_another_key_does_not_open():
    text = wrapped(new_data_key(), by=MEMBER, of=OF)
    asked = [(changed, MEMBER, OF) for _at, changed in changed_by_a_bit(text)]
    asked += [(text[:length], MEMBER, OF) for length in range(len(text))]
    asked += [(text, MEMBER, OF + "2"), (text, Key("440000-1", KEY.secret), OF), (text, KEY, OF)]

    for stored, key, of in asked:
        with pytest.raises(Undecipherable):
            unwrapped(stored, by=key, of=of)


@pytest.mark.parametrize("plain", ["", "a" * 31, "a" * 33])
def test_a_text_of_another_length_is_no_wrapped_key(plain):
    with pytest.raises(Undecipherable):
        unwrapped(encrypted(plain, key=MEMBER, of=OF), by=MEMBER, of=OF)


def test_a_key_wrapped_anew_opens_the_same_data():
    data, newer = new_data_key(), Key("440000-2", os.urandom(32))
    text = encrypted(PLAIN, key=data, of=OF)
    before = wrapped(data, by=MEMBER, of=OF)

    after = wrapped(unwrapped(before, by=MEMBER, of=OF), by=newer, of=OF)

    assert decrypted(text, key=unwrapped(after, by=newer, of=OF), of=OF) == PLAIN
    with pytest.raises(Undecipherable):
        unwrapped(after, by=MEMBER, of=OF)


# Blind indexes.


def test_a_blind_index_is_hmac_sha_256():
    # RFC 4231, test case 2, with its short key filled up with zeros as HMAC itself does.
    jefe = Key("lookup-1", b"Jefe".ljust(32, b"\x00"))

    index = blind_index("what do ya want for nothing?", key=jefe)

    assert index.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert blind_index("长者", key=KEY) == hmac.new(KEY.secret, "长者".encode(), hashlib.sha256).digest()


@given(value=texts)
def test_a_blind_index_is_the_same_every_time_and_another_under_another_key(value):
    index = blind_index(value, key=KEY)

    assert index == blind_index(value, key=KEY)
    assert len(index) == 32
    assert index != blind_index(value, key=MEMBER)


@given(one=texts, other=texts)
def test_two_values_have_two_blind_indexes(one, other):
    assert (blind_index(one, key=KEY) == blind_index(other, key=KEY)) == (one == other)


def test_the_name_of_its_key_does_not_change_a_blind_index():
    assert blind_index(PLAIN, key=KEY) == blind_index(PLAIN, key=Key("lookup-7", KEY.secret))


def test_suites_are_known_by_their_name():
    assert {name: suite.name for name, suite in SUITES.items()} == {"v1": "v1"}


def test_bytes_open_in_their_place_with_their_key_and_nowhere_else():
    key, other = ciphers.new_data_key(), ciphers.new_data_key()
    locked = ciphers.encrypted_bytes(b"\x00scan\xff", key=key, of="t.c.1")

    assert ciphers.decrypted_bytes(locked, key=key, of="t.c.1") == b"\x00scan\xff"
    assert locked.startswith(b"v1.")
    for wrong, by, of in [
        (locked, other, "t.c.1"),
        (locked, key, "t.c.2"),
        (locked[:-1], key, "t.c.1"),
        (locked + b"x", key, "t.c.1"),
        (b"v2" + locked[2:], key, "t.c.1"),
        (locked[3:], key, "t.c.1"),
        (b"v1.", key, "t.c.1"),
        (b"", key, "t.c.1"),
        (b"\xff.", key, "t.c.1"),
    ]:
        with pytest.raises(ciphers.Undecipherable):
            ciphers.decrypted_bytes(wrong, key=by, of=of)
