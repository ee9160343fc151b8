"""How alike two names of organisations are, and why: advice for an officer, never a decision by itself.

A name is taken apart as registrations build it (企业名称登记管理规定: place, the firm's own word, trade,
legal form) plus what follows the legal form, a branch or site. Two names start at 100 and lose points for
every part that differs, so the reasons explain the score. The weights are ours.
"""

import re
from dataclasses import dataclass, replace

from sojourn.core import hanzi

PLACE_MISSING, PLACE_DIFFERS = 6, 30
LEGAL_FORM_DIFFERS = 3
BRANCH_MISSING, BRANCH_DIFFERS = 10, 15
TRADE_DIFFERS = 12
SWAPPED, HOMOPHONE, CONTAINED = 10, 12, 20
ONE_CHARACTER_OF_ALL, ONE_CHARACTER_AT_LEAST = 60, 15
NOTHING_SHARED, HALF_SHARED = 90, 60

_LEGAL_FORM = re.compile(r"(?:集团)?(?:股份有限|有限责任|有限)?公司|集团")
_SITE = re.compile(r"(?<=[院所园寓心])[^院所园寓心]{0,10}(?:分院|分部|分店|分中心|院区)$")
_DIVISION = re.compile(
    r"(广东|辽宁|吉林|黑龙江|江西|广西|湖南|重庆|四川|贵州|陕西)(?![省市])"
    r"|([^()]{2,7}?)(?:自治[区州县旗]|[省市县区])"
)
_BRACKETED = re.compile(r"\(([^()]*)\)")
_TRADE = re.compile(
    "养老|敬老|托老|老年|老龄|护理|颐养|疗养|养护|养生|康养|康复|医养|医疗|健康|社会|综合|福利|服务|产业|投资|"
    "管理|运营|发展|科技|咨询|实业|公寓|中心|家园|医院|院|所"
)


@dataclass(frozen=True)
class NameMatch:
    """From 0, nothing in common, to 100, kept for the same name; ``reasons`` are codes, own words first."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Parts:
    places: frozenset[str]
    own: str
    trade: str
    legal_form: str
    branch: str

    def with_places_of(self, other: "_Parts") -> "_Parts":
        """深圳任达 beside 深圳市任达: a place written without its kind is known from the other name."""
        known = max(filter(self.own.startswith, other.places), key=len, default="")
        if not known or known == self.own:
            return self
        return replace(self, places=self.places | {known}, own=self.own.removeprefix(known))


def name_score(a: str, b: str) -> NameMatch:
    """Compare two names of organisations; which comes first makes no difference."""
    if a == b:
        return NameMatch(100, ("identical",))
    if hanzi.search_text(a) == hanzi.search_text(b):
        return NameMatch(100, ("same_but_for_writing",))
    first, second = _taken_apart(a), _taken_apart(b)
    first, second = first.with_places_of(second), second.with_places_of(first)
    found = [
        _own_words(first.own, second.own),
        _places(first.places, second.places),
        _difference("branch", first.branch, second.branch, BRANCH_MISSING, BRANCH_DIFFERS),
        _difference("trade", first.trade, second.trade, TRADE_DIFFERS, TRADE_DIFFERS),
        _difference(
            "legal_form", first.legal_form, second.legal_form, LEGAL_FORM_DIFFERS, LEGAL_FORM_DIFFERS
        ),
    ]
    lost = sum(points for points, _reason in found)
    return NameMatch(max(0, min(99, 100 - lost)), tuple(reason for _points, reason in found if reason))


def _taken_apart(name: str) -> _Parts:
    text = hanzi.normalise(name)
    form, site = _LEGAL_FORM.search(text), _SITE.search(text)
    end = form or site
    body = text[: end.start()] if end else text
    branch = text[form.end() :] if form else site[0] if site else ""
    places = _BRACKETED.findall(body)
    rest = _BRACKETED.sub("", body)
    while place := _DIVISION.match(rest):
        places.append(place[1] or place[2])
        rest = rest[place.end() :]
    rest = hanzi.search_text(rest)
    trade, own = "".join(_TRADE.findall(rest)), _TRADE.sub("", rest)
    if not own:  # 惠州市社会福利院: the place is all that tells it from others
        places, own = [], "".join(places) or trade
    return _Parts(frozenset(places), own, trade, form[0] if form else "", hanzi.search_text(branch))


def _own_words(a: str, b: str) -> tuple[int, str]:
    """Points lost between the words that are a firm's own, and the nearest explanation."""
    if a == b:
        return 0, "same_own_word"
    start = _shared_start(a, b)
    end = _shared_start(a[start:][::-1], b[start:][::-1])
    x, y = a[start : len(a) - end], b[start : len(b) - end]
    if len(x) == 2 and x == y[::-1]:
        return SWAPPED, "characters_swapped"
    if len(a) == len(b) and hanzi.pinyin(a) == hanzi.pinyin(b) != "":
        return HOMOPHONE, "sounds_alike"
    if max(len(x), len(y)) == 1 and min(len(a), len(b)) > 1:
        points = max(ONE_CHARACTER_AT_LEAST, ONE_CHARACTER_OF_ALL // max(len(a), len(b)))
        return points, "one_character_differs"
    if min(len(a), len(b)) > 1 and (a in b or b in a):
        return CONTAINED, "one_contains_the_other"
    pairs = set(hanzi.bigrams(a)), set(hanzi.bigrams(b))
    shared = 2 * len(pairs[0] & pairs[1]) / (len(pairs[0]) + len(pairs[1]))
    return NOTHING_SHARED - round(2 * (NOTHING_SHARED - HALF_SHARED) * shared), "own_word_differs"


def _shared_start(a: str, b: str) -> int:
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _places(a: frozenset[str], b: frozenset[str]) -> tuple[int, str]:
    """Points lost between the places named; 广东广州 and 广州 do not contradict each other."""
    if a == b:
        return 0, ""
    return (PLACE_MISSING, "place_missing") if a <= b or b <= a else (PLACE_DIFFERS, "place_differs")


def _difference(part: str, a: str, b: str, missing: int, differs: int) -> tuple[int, str]:
    """Points lost when one name lacks a part, or both have it and it differs."""
    if a == b:
        return 0, ""
    return (differs, f"{part}_differs") if a and b else (missing, f"{part}_missing")
