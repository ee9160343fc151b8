"""Personal data that can be handed around: whoever prints, logs, renders or serialises it gets the mask.

The plain content leaves a ``Masked`` through ``.plain`` alone, and that is asked for by ``disclose()`` alone, which
writes down who saw it (an architecture test counts). The masks keep what tells two rows of a list apart.
"""

import hmac
import re
import unicodedata
from typing import NoReturn

from django.utils.functional import Promise

HIDDEN = "*"
_SEPARATORS = "·•‧∙⋅・･ -－"
# Marks and invisible characters; private and new ones, of which Python knows no kind, are how rare names are written.
_NO_LETTERS = {"Mn", "Mc", "Me", "Cc", "Cf"}
_COMPOUND_SURNAME = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|长孙|宇文|轩辕|南宫|西门|独孤|呼延|申屠|闻人|"
    "钟离|太史|公羊|澹台|濮阳|淳于|单于|赫连|鲜于|闾丘|司空|亓官|司寇|颛孙|巫马|公西|漆雕|乐正|公良|拓跋|夹谷|谷梁|"
    "百里|东郭|南门|微生|左丘|梁丘|东门|完颜|纳兰|第五|"
    "歐陽|司馬|諸葛|東方|尉遲|公孫|長孫|軒轅|南宮|西門|獨孤|聞人|鍾離|澹臺|濮陽|單于|鮮于|閭丘|顓孫|巫馬|樂正|東郭|"
    "南門|東門|完顏|納蘭"
)


class Masked(Promise):
    """A plain text and the mask that is shown in its stead.

    To Django it is a promise of text: its encoders, DRF's and our renderer ask ``str`` of it. It is neither
    pickled nor written to a column; two are equal when their contents are, found out in constant time.
    """

    __slots__ = ("_plain", "_shown")
    # A hash of the content would answer guesses.
    __hash__ = None  # type: ignore[assignment]
    _plain: str
    _shown: str

    def __init__(self, plain: str, shown: str) -> None:
        object.__setattr__(self, "_plain", plain)
        object.__setattr__(self, "_shown", shown)

    @property
    def plain(self) -> str:
        return self._plain

    def __str__(self) -> str:
        return self._shown

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(self._shown, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Masked):
            return NotImplemented
        mine, others = (each._plain.encode("utf-8", "surrogatepass") for each in (self, other))
        return hmac.compare_digest(mine, others)

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError("a masked value does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a masked value does not change")

    def __copy__(self) -> "Masked":
        return self

    def __deepcopy__(self, _memo: dict) -> "Masked":
        return self

    def __getstate__(self) -> NoReturn:
        raise TypeError("a masked value is not pickled")

    def _proxy____cast(self) -> NoReturn:
        # What Django asks of a promise before it writes it to a column: the mask would replace the content.
        raise TypeError("a masked value is not stored")


def mask_identity(number: str) -> str:
    """An identity number with its first three and last two characters."""
    return _ends_kept(number, first=3, last=2)


def mask_phone(number: str) -> str:
    """A telephone number with its first three and last two digits."""
    return _ends_kept(number, first=3, last=2)


def mask_name(name: str) -> str:
    """A person's name with its surname, or with its first character where no surname can be told from it.

    Interpuncts, spaces and hyphens stay, marks above a character and variants of it go with it.
    """
    letters = "".join(char for char in name.strip() if unicodedata.category(char) not in _NO_LETTERS)
    known = 2 if len(letters) > 2 and _COMPOUND_SURNAME.match(letters) else 1
    if len(letters) <= known:
        return HIDDEN * len(letters)
    return letters[:known] + "".join(char if char in _SEPARATORS else HIDDEN for char in letters[known:])


def _ends_kept(text: str, *, first: int, last: int) -> str:
    """The ends of a text, where more of it is hidden than shown."""
    hidden = len(text) - first - last
    if hidden <= first + last:
        return HIDDEN * len(text)
    return text[:first] + HIDDEN * hidden + text[-last:]
