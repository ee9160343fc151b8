"""Telephone numbers as they are dialled within the country."""

import re
import unicodedata

LONGEST_TYPED = 40

_COUNTRY = re.compile(r"(?:\+|00)86")
_BETWEEN_DIGITS = re.compile(r"[\s()\-]+")
_MOBILE = re.compile(r"1[0-9]{10}")
_AREA_AND_NUMBER = re.compile(r"0[0-9]{9,11}")


def dialled(text: str) -> str | None:
    """The number in digits only, one of a fixed line with its area code and 0; None for what cannot be one."""
    compact = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text[: LONGEST_TYPED + 1]))
    digits, abroad = _COUNTRY.subn("", compact, count=1) if _COUNTRY.match(compact) else (compact, 0)
    if abroad and not digits.startswith("0") and not _MOBILE.fullmatch(digits):
        digits = f"0{digits}"
    return digits if _MOBILE.fullmatch(digits) or _AREA_AND_NUMBER.fullmatch(digits) else None


def is_mobile(digits: str) -> bool:
    """Whether a number as dialled is a mobile telephone's, which can read; a fixed line can only listen."""
    return _MOBILE.fullmatch(digits) is not None
