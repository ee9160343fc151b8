"""Chinese text made comparable: one spelling for matching, pinyin for typing and for order.

Matching folds character by character, without looking at the words around it: so every piece of a folded
name is the folded piece, and one or two characters typed by somebody find it. Pinyin does look at words,
because 长 is read by its company.

Traditional forms come from OpenCC's ``t2s`` table, readings from pypinyin; ``_READINGS`` and ``_PHRASES``
hold what its dictionaries get wrong in names of places and homes (found by comparing all 3,221 rows of
provinces' divisions). Characters of GB 18030-2022 level 3 and beyond stay themselves.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from itertools import pairwise
from types import ModuleType

import opencc
from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid

HAN_BLOCKS = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),  # 々〆〇
    (0x3400, 0x4DBF),  # extension A
    (0x4E00, 0x9FFF),  # unified
    (0xF900, 0xFAFF),  # compatibility
    (0x20000, 0x2FFFD),  # plane 2
    (0x30000, 0x3FFFD),  # plane 3
)
_HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN_BLOCKS)
# Every step of folding but the last leaves these as they are.
_ORDINARY = re.compile("[\u4e00-\u9fa5]*")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_INTERPUNCTS = "·•‧∙⋅⸱・･᛫●"
_POINT_BETWEEN_WORDS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_BRACKETS = str.maketrans("[{〔【〖〘〚〈《﹝｟]}〕】〗〙〛〉》﹞｠", "(" * 11 + ")" * 11)
_QUOTES = "\"'`´“”„‟‘’‚‛「」『』〝〞〟"
_IGNORED = dict.fromkeys(
    [*map(ord, _INTERPUNCTS + _QUOTES), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)
_BETWEEN_WORDS = re.compile(r"[\s,;:!?/\\|()\[\]{}<>\"、。〈〉《》「」『』【】〔〕〖〗“”…~&+]+")
_TOKEN = re.compile(rf"[a-z0-9ü]+|[{_HAN}]+|.", re.DOTALL)
_LATIN = re.compile(r"[a-z0-9ü]*[a-zü][a-z0-9ü]*")
# 湖南省长沙市, 重庆市长寿区: after a kind of place 长 begins a name, though 省长 and 市长 are words.
_PLACE_THEN_CHANG = re.compile(r"(?<=[省市州县区旗镇乡村])(?=长)")

# How a character is read in a name when no word around it says otherwise.
_READINGS = {
    "都": "dū", "长": "cháng", "什": "shí", "勒": "lè", "佛": "fó", "曾": "zēng", "覃": "qín",
    "棱": "líng", "涡": "guō", "浚": "xùn", "圩": "xū", "伽": "jiā",
}  # fmt: skip
_PHRASES = {
    "朝阳": "chao yang", "单县": "shan xian", "六合区": "lu he qu", "泊头": "bo tou", "繁峙": "fan shi",
    "洪洞": "hong tong", "崆峒": "kong tong", "珲春": "hun chun", "闵行": "min hang", "蚌山": "beng shan",
    "马尾": "ma wei", "南乐": "nan le", "民乐": "min le", "筠连": "jun lian", "荥经": "ying jing",
    "宕昌": "tan chang", "召陵": "shao ling", "漯河": "luo he", "红寺堡": "hong si bu",
    "柏林区": "bai lin qu", "万柏林": "wan bai lin", "浪卡子": "lang ka zi", "藏医": "zang yi",
}  # fmt: skip
# Surnames read otherwise than the same character elsewhere, and the double ones that begin with them.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "查": "zha", "曾": "zeng", "解": "xie", "区": "ou", "朴": "piao", "盖": "ge",
    "黑": "he", "乐": "yue", "翟": "zhai", "缪": "miao", "折": "she", "员": "yun", "召": "shao", "秘": "bi",
    "洗": "xian", "能": "nai", "句": "gou", "种": "chong", "重": "chong", "乜": "nie",
    "佴": "nai", "繁": "po", "薄": "bo", "炅": "gui", "祭": "zhai", "阚": "kan", "隗": "wei",
    "单于": "chanyu",
}  # fmt: skip

_PEOPLES = (
    "蒙古族|回族|藏族|维吾尔族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|傣族|黎族|傈僳族|"
    "佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|"
    "仡佬族|锡伯族|阿昌族|普米族|塔吉克族|怒族|乌孜别克族|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔族|"
    "独龙族|鄂伦春族|赫哲族|门巴族|珞巴族|基诺族|各族|蒙古|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯"
)
_AUTONOMOUS = "自治区|自治州|自治县|自治旗"
_SHORTENINGS = (
    re.compile(rf"(.{{2,}}?)(?:{_PEOPLES})+(?:{_AUTONOMOUS}|区)"),
    re.compile(rf"(.{{2,}}?)族?(?:{_AUTONOMOUS}|特别行政区)"),
    re.compile(r"(.{2,})(?:新区|矿区|特区|地区)"),
    re.compile(r"(.{3,})林区"),  # 神农架, but 万柏林
    re.compile(r"(.{2,})[省市县区盟]"),
)
_NO_PLACE = "市辖区"  # a heading of the code table


class TextUnreadable(Invalid):
    code = "text_unreadable"
    title = _("文字中含有无法识别的字符")


def normalise(text: str) -> str:
    """The form in which two spellings of one text are equal; applying it twice changes nothing.

    NFKC and lower case, simplified characters, one kind of bracket, and no white space, interpuncts,
    quotation marks, invisible characters or variation selectors. U+0000 and lone surrogates are refused:
    the database and the wire hold neither.
    """
    if _ORDINARY.fullmatch(text):
        return unicodedata.normalize("NFKC", text.translate(_simplified_forms()))
    text = unicodedata.normalize("NFKC", _readable(text)).translate(_IGNORED)
    text = "".join(
        char for char in text if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")
    )
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _POINT_BETWEEN_WORDS.sub("", text).translate(_BRACKETS).translate(_simplified_forms())
    return unicodedata.normalize("NFKC", text)


def search_text(text: str) -> str:
    """What a search column keeps: the normal form without punctuation and symbols.

    (深圳) and 深圳 find each other, and a number is found with or without its hyphens.
    """
    return "".join(char for char in normalise(text) if unicodedata.category(char)[0] not in "PSZ")


def words(q: str) -> list[str]:
    """The words somebody typed into a search box, each as ``search_text``, once, in their order."""
    pieces = _BETWEEN_WORDS.split(unicodedata.normalize("NFKC", _readable(q)))
    return list(dict.fromkeys(filter(None, map(search_text, pieces))))


def looks_latin(word: str) -> bool:
    """Whether a word could be pinyin or initials: letters, perhaps with digits."""
    return _LATIN.fullmatch(word) is not None


def bigrams(text: str) -> list[str]:
    """Every pair of neighbours in the search text, once, in order; a single character stands for itself.

    A two-character LIKE cannot use a trigram index, a list of these can be indexed (stack.md).
    """
    text = search_text(text)
    return list(dict.fromkeys(map("".join, pairwise(text)))) or [*text]


def pinyin(text: str) -> str:
    """The syllables without tones, joined; letters and digits stay, anything without a reading drops out.

    ü is v as on a keyboard, except that lüe and nüe are lue and nue, as the division table spells 略阳;
    a typed word passed through here meets them either way.
    """
    return "".join(token for token, _is_syllable in _spelled(text) if token[0] != "~")


def initials(text: str) -> str:
    """The first letter of every syllable; letters and digits stay whole."""
    return "".join(
        token[0] if is_syllable else token for token, is_syllable in _spelled(text) if token[0] != "~"
    )


def sort_key(text: str) -> str:
    """An ASCII key whose bytes stand in pinyin order: digits, then syllables, then what has no reading.

    Syllables are parted by a space, which sorts before letters: 西安 (xi an) comes before 先 (xian).
    """
    return " ".join(token for token, _is_syllable in _spelled(text))


def surname_pinyin(name: str) -> str:
    """The pinyin of a person's name, its surname read as surnames are: 单 shan, 仇 qiu, 查 zha."""
    name = unicodedata.normalize("NFKC", _readable(name)).translate(_simplified_forms()).strip()
    for length in (2, 1):
        if name[:length] in _SURNAMES:
            return _SURNAMES[name[:length]] + pinyin(name[length:])
    return pinyin(name)


def division_forms(name: str) -> frozenset[str]:
    """The official name of a division and the short one people use: 恩施土家族苗族自治州 and 恩施.

    A single character is nobody's short form, so 赵县 stays 赵县; nor has a heading of the code table
    such as 市辖区 one, nor a banner, whose 旗 is part of what it is called.
    """
    found = next(filter(None, (shortening.fullmatch(name) for shortening in _SHORTENINGS)), None)
    return frozenset({name, found[1]}) if found and name != _NO_PLACE else frozenset({name})


def _readable(text: str) -> str:
    if _UNREADABLE.search(text):
        raise TextUnreadable
    return text


@cache
def _simplified_forms() -> dict[int, str]:
    """Every traditional character with its simplified one, converted alone, for ``str.translate``.

    乾 stays: read qián it is a character of its own in simplified writing (乾县, 乾安县), and OpenCC
    would make it 干, another word. Built at the first call; two threads that meet there agree.
    """
    han = [chr(point) for first, last in HAN_BLOCKS for point in range(first, last + 1)]
    simple = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    changed = {old: new for old, new in zip(han, simple, strict=True) if old != new and old != "乾"}
    return {ord(old): changed.get(new, new) for old, new in changed.items()}


def load_dictionaries() -> None:
    """What is loaded at the first name is loaded now: a server does it once, before its workers part."""
    _pypinyin()
    _simplified_forms()


@cache
def _pypinyin() -> ModuleType:
    """pypinyin with our readings, at the first name that is spelt: a process that spells none starts without it.

    Its dictionaries take a quarter of the time that starting takes otherwise.
    """
    pypinyin = import_module("pypinyin")
    pypinyin.load_single_dict({ord(character): reading for character, reading in _READINGS.items()})
    pypinyin.load_phrases_dict(
        {phrase: [[one] for one in reading.split()] for phrase, reading in _PHRASES.items()}
    )
    return pypinyin


@lru_cache(maxsize=64)
def _spelled(text: str) -> tuple[tuple[str, bool], ...]:
    """The text as (token, is it a syllable); a name's pinyin, initials and key are asked for in turn."""
    text = unicodedata.normalize("NFKC", _readable(text)).casefold().translate(_simplified_forms())
    return tuple(token for run in _TOKEN.findall(text) for token in _spelled_run(run))


def _spelled_run(run: str) -> Iterator[tuple[str, bool]]:
    if run[0].isascii() or run[0] == "ü":
        if run[0].isalnum():
            yield _typed_v(run), False
    elif re.match(rf"[{_HAN}]", run):
        for part in _PLACE_THEN_CHANG.split(run):
            for word in _pypinyin().seg.simpleseg.seg(part):
                yield from _spelled_word(word)
    elif run.isalpha():
        yield _without_reading(run), False


@lru_cache(maxsize=10_000)
def _spelled_word(word: str) -> tuple[tuple[str, bool], ...]:
    """The syllables of one word of the dictionary, or of characters in none; names are made of a few thousand words."""
    pypinyin = _pypinyin()
    syllables = pypinyin.lazy_pinyin(word, style=pypinyin.Style.NORMAL, errors=_without_reading)
    return tuple((_typed_v(syllable), syllable[0] != "~") for syllable in syllables)


def _typed_v(syllable: str) -> str:
    return syllable.replace("ü", "v").replace("lve", "lue").replace("nve", "nue")


def _without_reading(run: str) -> str:
    """Characters that nobody can spell go after z, in code order."""
    return " ".join(f"~{ord(char):05x}" for char in run)


def similarity(first: str, second: str) -> int:
    """How much of two search texts stands in both in the same order, in per cent of their mean length.

    王小明 and 王晓明 share two characters of three: 66.
    """
    row = [0] * (len(second) + 1)
    for char in first:
        above_left = 0
        for at, other in enumerate(second, start=1):
            above = row[at]
            row[at] = above_left + 1 if char == other else max(above, row[at - 1])
            above_left = above
    both = len(first) + len(second)
    return 200 * row[-1] // both if both else 0
