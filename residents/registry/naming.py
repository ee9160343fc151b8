"""A person's name: how it is written, searched and sorted, and the prefix of the room's numbers."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from residents.registry.errors import FactsInvalid, field_error
from sojourn.core import hanzi

RESIDENT_PREFIX = "RS"
LONGEST_NAME = 60

_INTERPUNCTS = re.compile("[•‧∙⋅⸱・･᛫●．]")
_HAN = re.compile("[{}]".format("".join(f"{chr(first)}-{chr(last)}" for first, last in hanzi.HAN_BLOCKS)))
_BLANKS = re.compile(r"\s+")
_BETWEEN_PARTS = re.compile(r"(?<=[^·' -])[·' -](?=[^·' -])")


def checked_name(text: str, field: str = "name") -> str:
    """A name in its written form: trimmed, with 库尔班·尼亚孜's point always written U+00B7.

    Every Chinese character is taken, those of the later extensions and of compatibility blocks as they
    stand: the household register writes them so. FactsInvalid where there are digits, marks or nothing.
    """
    hanzi.normalise(text)  # refuses what neither database nor wire can hold
    name = _BLANKS.sub(" ", _INTERPUNCTS.sub("·", text)).strip()
    if not name or len(name) > LONGEST_NAME or not _is_of_letters(_BETWEEN_PARTS.sub("", name)):
        detail = _("请按户口簿或身份证填写，只含文字和间隔号，不超过{longest}个字").format(
            longest=LONGEST_NAME
        )
        raise FactsInvalid(errors=[field_error(field, "name_unreadable", detail)])
    return name


def _is_of_letters(text: str) -> bool:
    # Characters newer than this Python's tables have no category yet, so the blocks decide.
    others = _HAN.sub("", text)
    return all(unicodedata.category(char) in {"Lu", "Ll", "Lo", "Lt", "Mn"} for char in others)


def search_columns(name: str) -> dict[str, str]:
    """The columns under which a person is found by characters, pinyin or initials, and sorted.

    The surname is read as surnames are, 单 shan; who types dan finds her too.
    """
    read, plain = hanzi.surname_pinyin(name), hanzi.pinyin(name)
    letters = hanzi.initials(name)
    return {
        "name_normal": hanzi.search_text(name),
        "pinyin": " ".join(dict.fromkeys([read, plain])),
        "initials": " ".join(dict.fromkeys([read[:1] + letters[1:], letters])),
        "sort_key": _sort_key(name, read),
    }


def _sort_key(name: str, read: str) -> str:
    """The syllables of the name, the first as the surname is read."""
    first, *others = hanzi.sort_key(name).split(" ")
    spelled = "".join(syllable for syllable in others if syllable[0] != "~")
    if first[:1] != "~" and read.endswith(spelled):
        first = read.removesuffix(spelled)
    return " ".join([first, *others])
