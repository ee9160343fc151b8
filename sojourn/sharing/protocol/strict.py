"""The JSON that nodes exchange: one spelling for one value, so that bytes can be signed and compared.

The spelling is that of RFC 8785 without fractions: keys of a-z, 0-9 and _ in order, no white space, UTF-8,
strings in Unicode's form C without U+0000, whole numbers up to 2^53 - 1, at most eight levels deep. Money is
whole fen, decimals are strings.
"""

import unicodedata
from collections.abc import Collection, Iterable
from typing import Any

import orjson

from sojourn.sharing.protocol.reasons import Reason, Refused

LARGEST_NUMBER = 2**53 - 1
DEEPEST = 8
_SPELLING = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER  # strict: up to 2^53 - 1
_KEY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")

Value = dict[str, Any] | list[Any] | str | int | bool | None


class Unspellable(ValueError):
    """A value that the profile cannot hold."""


def spelt(value: Value) -> bytes:
    """The one spelling of a value; Unspellable where the profile cannot hold it."""
    try:
        text = orjson.dumps(value, option=_SPELLING)
    except orjson.JSONEncodeError as error:
        raise Unspellable("no JSON, or a number beyond 2^53 - 1") from error
    problem = _problem_of_text(text) or _problem_of_value(value, DEEPEST)
    if problem:
        raise Unspellable(problem)
    return text


def read(text: bytes) -> dict[str, Any]:
    """The object that these bytes spell; Refused where they are not its one spelling.

    What is wrong is told without repeating any of the content.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refused(Reason.NOT_STRICT, f"no JSON at {error.pos}") from None
    if type(value) is not dict:
        raise Refused(Reason.NOT_STRICT, "no object")
    problem = _problem_of_text(text) or _problem_of_value(value, DEEPEST)
    # Repeated keys, white space, other escapes and another order all differ from the one spelling.
    if not problem and _spelling_of(value) != text:
        problem = "another spelling, or a number beyond 2^53 - 1"
    if problem:
        raise Refused(Reason.NOT_STRICT, problem)
    return value


def _spelling_of(value: dict[str, Any]) -> bytes:
    """The one spelling; empty where a number is too large for it."""
    try:
        return orjson.dumps(value, option=_SPELLING)
    except orjson.JSONEncodeError:
        return b""


def _problem_of_text(text: bytes) -> str:
    """What of the strings stands outside the profile. No mark joins the quote before it: the line stands for each."""
    if b"\\u0000" in text or not unicodedata.is_normalized("NFC", text.decode()):
        return "a string not in form C, or with U+0000"
    return ""


def _problem_of_value(value: object, depth: int) -> str:
    """What of the keys and the other values stands outside the profile, level by level."""
    level = [] if type(value) in _PLAIN else [value]
    for _ in range(depth):
        below: list[object] = []
        for part in level:
            if type(part) is dict:
                if not _sound_keys.issuperset(part) and not _are_sound(part):
                    return "a key of other characters"
                inside: Collection[object] = part.values()
            elif type(part) is list:
                inside = part
            else:
                return "a fraction, or another kind of value"
            if not _PLAIN.issuperset(map(type, inside)):
                below += [each for each in inside if type(each) not in _PLAIN]
        if not below:
            return ""
        level = below
    return "nested too deep"


def _are_sound(keys: Iterable[object]) -> bool:
    """Whether keys are of the profile; those that are, are known from then on, up to a bound."""
    if not all(type(key) is str and key and _KEY.issuperset(key) for key in keys):
        return False
    if len(_sound_keys) < 10_000:
        _sound_keys.update(keys)  # type: ignore[arg-type]
    return True


_PLAIN = frozenset({str, int, bool, type(None)})
_sound_keys: set[str] = set()
