"""Words that are kept as they are typed: reasons, case references, numbers of papers.

They are not locked with anybody's key, so what names a person must not be among them: an erasure would not reach it
(decision 0054). Names cannot be told from other words; the forms ask for none.
"""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from sojourn.core.identifiers import IdentityInvalid, resident_identity
from sojourn.core.refusals import Invalid, Refusal

_BETWEEN = re.compile(r"(?<=[0-9])[\s\-·.]+(?=[0-9Xx])")
_IDENTITY = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9Xx])")
_MOBILE = re.compile(r"(?<![0-9])(?:86)?1[3-9][0-9]{9}(?![0-9])")
# A fixed line as people write it; without its stroke it could be a number of anything.
_FIXED = re.compile(r"(?<![0-9])0[0-9]{2,3}\s?-\s?[0-9]{7,8}(?![0-9])")

LONGEST_NAME = 20


class NamesSomebody(Invalid):
    """An identity or telephone number stands where it would be kept in plain; the refusal does not repeat it."""

    code = "names_somebody"
    title = _("这里不要写身份证号码或电话号码，请改写办件编号，或只写事情经过")


def plain_words(text: str, longest: int, missing: Refusal | type[Refusal]) -> str:
    """The words trimmed; ``missing`` where there are none or more than fit, NamesSomebody where they hold a number."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > longest or "\0" in trimmed:
        raise missing
    if names_somebody(trimmed):
        raise NamesSomebody
    return trimmed


def names_somebody(text: str) -> bool:
    """Whether an identity number that passes its check, or a telephone number, stands in it."""
    spelt = unicodedata.normalize("NFKC", text)
    digits = _BETWEEN.sub("", spelt)
    if _FIXED.search(spelt) or _MOBILE.search(digits):
        return True
    return any(_is_identity(found.group()) for found in _IDENTITY.finditer(digits))


def _is_identity(text: str) -> bool:
    try:
        return bool(resident_identity(text))
    except IdentityInvalid:
        return False


def is_a_name(text: str) -> bool:
    """Whether it looks like the name of a parameter: a name may itself have been typed by a person, and be anything."""
    return text.isascii() and text.replace("_", "").isalpha() and len(text) <= LONGEST_NAME
