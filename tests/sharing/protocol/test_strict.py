import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.sharing.protocol import strict
from sojourn.sharing.protocol.reasons import Reason, Refused

KEYS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=8)
STRINGS = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | STRINGS
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(KEYS, inside, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_spelt_is_read_as_the_same(value):
    assert strict.read(strict.spelt(value)) == value


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
def test_one_value_has_one_spelling_whatever_the_order_of_its_keys(value):
    assert strict.spelt(dict(reversed(value.items()))) == strict.spelt(value)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"\xff",
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":123456789012345678901234567890}',
        b'{"a":NaN}',
        b'{"A":1}',
        b'{"":1}',
        b'{"a b":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\/"}',
        '{"a":"e\u0301"}'.encode(),
        b'{"a":' + b"[" * 9 + b"]" * 9 + b"}",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(Refused) as refused:
        strict.read(text)

    assert refused.value.reason is Reason.NOT_STRICT


@pytest.mark.parametrize(
    "value", [{"a": 1.5}, {"A": 1}, {"a": "e\u0301"}, {"a": "\0"}, {"a": 2**53}, {"a": b""}]
)
def test_a_value_the_profile_cannot_hold_is_not_spelt(value):
    with pytest.raises(strict.Unspellable):
        strict.spelt(value)


def test_a_refusal_repeats_nothing_of_what_it_read():
    with pytest.raises(Refused) as refused:
        strict.read('{"name":"王小明","x":1.5}'.encode())

    assert "王" not in str(refused.value)
