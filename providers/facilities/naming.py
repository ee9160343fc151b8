"""A name as search and sorting see it, and the prefixes of this room's numbers."""

import re
import zlib

from sojourn.core import hanzi

OPERATOR_PREFIX = "OP"
FACILITY_PREFIX = "FC"

# 中山市广弘颐养院 is also looked for as 中山广弘颐养院: the word that says province, city or county
# may be left out where two characters stand before it and one after.
_DIVISION_WORD = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:自治区|自治州|自治县|省|市|区|县)(?=[\u3400-\u9fff])")


def spellings(name: str) -> list[str]:
    """The name as search keeps it, and once more without its 省, 市, 区, 县 where it has any."""
    written = hanzi.search_text(name)
    return list(dict.fromkeys([written, _DIVISION_WORD.sub("", written)]))


def search_columns(name: str) -> dict[str, str]:
    """The columns under which a name is found by characters, pinyin or initials, and sorted.

    Each of the first three holds every spelling, a space between, so that a match cannot run from
    one spelling into the next.
    """
    written = spellings(name)
    return {
        "name_normal": " ".join(written),
        "pinyin": " ".join(hanzi.pinyin(spelling) for spelling in written),
        "initials": " ".join(hanzi.initials(spelling) for spelling in written),
        "sort_key": hanzi.sort_key(name),
    }


def picture_seed(name: str) -> int:
    """The number from which a facility's picture is drawn: the same name, the same picture."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF
