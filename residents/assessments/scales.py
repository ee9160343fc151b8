"""Ability scales as data: an edition of a standard is a file of this room, read once (decision 0018).

Scores are points, the higher the abler. A file that is not a scale, or does not add up, is never used.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Any, get_args, get_origin

from providers.facilities.states import AbilityLevel
from residents.assessments.errors import NoSuchScale
from sojourn.provinces.states import RuleFlag

DATA = Path(__file__).parent / "data"


class CircumstanceKind(StrEnum):
    """How a circumstance is answered: true or false, or how many times."""

    YES_NO = "yes_no"
    COUNT = "count"


class Together(StrEnum):
    """What adjustments that raise the level do where several apply: one rise in all, or each its own."""

    ONCE = "once"
    EACH = "each"


@dataclass(frozen=True)
class Option:
    """One answer to an item; the label is our own short word for it."""

    score: int
    label: str


@dataclass(frozen=True)
class Item:
    """One question of the scale, by its code in the standard."""

    code: str
    name: str
    maximum: int
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Dimension:
    """A group of items whose scores are summed."""

    code: str
    name: str
    maximum: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Cut:
    """The totals of one level, both ends included."""

    level: AbilityLevel
    low: int
    high: int


@dataclass(frozen=True)
class Requirement:
    """The one score of an item that a circumstance can stand beside."""

    item: str
    score: int


@dataclass(frozen=True)
class Circumstance:
    """A fact beside the items that may change the level, and where the standard asks for it."""

    code: str
    label: str
    kind: CircumstanceKind
    source: str
    requires: tuple[Requirement, ...]


@dataclass(frozen=True)
class Adjustment:
    """Where one of ``circumstances`` reaches ``at_least`` (yes is 1), the level is set, or raised by steps."""

    code: str
    label: str
    circumstances: tuple[str, ...]
    at_least: int
    sets: AbilityLevel | None
    raises: int


@dataclass(frozen=True)
class AssessmentReason:
    """Why somebody is assessed."""

    code: str
    label: str


@dataclass(frozen=True)
class OpenQuestion:
    """What our sources leave open, how it is decided here, and how well that is known."""

    code: str
    question: str
    decided: str
    flag: RuleFlag


@dataclass(frozen=True)
class Scale:
    """One edition of one standard; ``digest`` is the SHA-256 of its content, however that is laid out."""

    code: str
    edition: str
    standard: str
    title: str
    maximum: int
    dimensions: tuple[Dimension, ...]
    cuts: tuple[Cut, ...]
    circumstances: tuple[Circumstance, ...]
    adjustments: tuple[Adjustment, ...]
    together: Together
    reasons: tuple[AssessmentReason, ...]
    open_questions: tuple[OpenQuestion, ...]
    digest: str

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every item by its code, in the order of the standard."""
        return MappingProxyType({item.code: item for group in self.dimensions for item in group.items})

    def level_at(self, total: int) -> AbilityLevel:
        """The level whose totals hold this one."""
        return next(cut.level for cut in self.cuts if cut.low <= total <= cut.high)


class ScaleBroken(ValueError):
    """A file is no scale, or does not add up; ``problems`` says everything that was found."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def scale(code: str, edition: str) -> Scale:
    """The scale of this code and edition, or NoSuchScale."""
    try:
        return scales()[code, edition]
    except KeyError:
        raise NoSuchScale from None


@cache
def scales() -> Mapping[tuple[str, str], Scale]:
    """Every scale of this room by code and edition."""
    return on_shelf(DATA)


def on_shelf(folder: Path) -> Mapping[tuple[str, str], Scale]:
    """The scales of a folder by code and edition; ScaleBroken where one is broken or stands there twice."""
    found: dict[tuple[str, str], Scale] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            one = read(path.read_text("utf-8"))
        except ScaleBroken as broken:
            raise ScaleBroken([f"{path.name}: {problem}" for problem in broken.problems]) from None
        if (one.code, one.edition) in found:
            raise ScaleBroken([f"{path.name}: {one.code} {one.edition} has another file"])
        found[one.code, one.edition] = one
    return MappingProxyType(found)


def read(text: str) -> Scale:
    """The scale that a file describes; ScaleBroken where it cannot be read or does not add up."""
    try:
        body = json.loads(text, object_pairs_hook=_unrepeated)
    except json.JSONDecodeError as error:
        raise ScaleBroken([f"not JSON: {error.msg} in line {error.lineno}"]) from None
    if not isinstance(body, dict) or "digest" in body:
        raise ScaleBroken(["not the body of a scale"])
    made: Scale = _shaped(Scale, body | {"digest": _digest(body)}, "scale")
    problems = contradictions(made)
    if problems:
        raise ScaleBroken(problems)
    return made


def contradictions(one: Scale) -> list[str]:
    """Everything about a scale that does not add up."""
    return [*_twice(one), *_wrong_maxima(one), *_wrong_cuts(one), *_wrong_adjustments(one)]


def _twice(one: Scale) -> Iterator[str]:
    """Codes that stand for two things, and options of one item that read alike."""
    asked = [*(item.code for item in _items(one)), *(fact.code for fact in one.circumstances)]
    for kind, codes in {
        "dimension": [dimension.code for dimension in one.dimensions],
        "item or circumstance": asked,
        "adjustment": [adjustment.code for adjustment in one.adjustments],
        "reason": [reason.code for reason in one.reasons],
        "open question": [question.code for question in one.open_questions],
        **{f"option of {item.code}": [option.label for option in item.options] for item in _items(one)},
    }.items():
        yield from (f"{kind} {code}: twice" for code, times in Counter(codes).items() if times > 1)


def _wrong_maxima(one: Scale) -> Iterator[str]:
    """Sums that are not the sum of their parts, and items not scored from their maximum down to 0."""
    if one.maximum != sum(dimension.maximum for dimension in one.dimensions):
        yield f"maximum {one.maximum}: not the sum of the dimensions"
    for dimension in one.dimensions:
        if dimension.maximum != sum(item.maximum for item in dimension.items):
            yield f"{dimension.code}: maximum {dimension.maximum} is not the sum of its items"
        for item in dimension.items:
            if not item.code.startswith(f"{dimension.code}."):
                yield f"{item.code}: stands under {dimension.code}"
            if item.maximum < 1 or _scores(item) != list(range(item.maximum, -1, -1)):
                yield f"{item.code}: the options are not {item.maximum} down to 0"


def _wrong_cuts(one: Scale) -> Iterator[str]:
    """Totals that belong to no level or to two, and levels that are not each there once, best first."""
    if [cut.level for cut in one.cuts] != list(AbilityLevel):
        yield "cuts: not every level once, best first"
        return
    if one.cuts[0].high != one.maximum:
        yield f"cuts: the best level does not end at {one.maximum}"
    if one.cuts[-1].low != 0:
        yield "cuts: the worst level does not begin at 0"
    for better, worse in pairwise(one.cuts):
        if worse.high != better.low - 1:
            yield f"cuts: {worse.level.value} does not end just below {better.level.value}"
    yield from (f"cuts: {cut.level.value} is empty" for cut in one.cuts if cut.low > cut.high)


def _wrong_adjustments(one: Scale) -> Iterator[str]:
    """Adjustments that nothing can bring about or that do not do one thing, and facts asked for nothing."""
    kinds = {fact.code: fact.kind for fact in one.circumstances}
    scores = {item.code: _scores(item) for item in _items(one)}
    for adjustment in one.adjustments:
        known = [kinds.get(code) for code in adjustment.circumstances]
        if not known or None in known:
            yield f"adjustment {adjustment.code}: unknown circumstances"
        if adjustment.at_least < 1 or (adjustment.at_least > 1 and CircumstanceKind.YES_NO in known):
            yield f"adjustment {adjustment.code}: at_least {adjustment.at_least}"
        if adjustment.raises < 0 or (adjustment.sets is None) == (adjustment.raises == 0):
            yield f"adjustment {adjustment.code}: neither sets nor raises, or both"
    used = {code for adjustment in one.adjustments for code in adjustment.circumstances}
    yield from (f"circumstance {code}: changes nothing" for code in kinds if code not in used)
    for fact in one.circumstances:
        if fact.requires and fact.kind != CircumstanceKind.YES_NO:
            yield f"circumstance {fact.code}: a count requires no score"
        for required in fact.requires:
            if required.score not in scores.get(required.item, []):
                yield f"circumstance {fact.code}: requires what {required.item} does not have"


def _items(one: Scale) -> Iterable[Item]:
    """Every item, those with the same code too."""
    return [item for dimension in one.dimensions for item in dimension.items]


def _scores(item: Item) -> list[int]:
    return [option.score for option in item.options]


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; ScaleBroken where it names a field twice, of which a reader would keep the last."""
    repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if repeated:
        raise ScaleBroken([f"field {name}: twice" for name in repeated])
    return dict(pairs)


def _digest(body: dict) -> str:
    spelt = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelt.encode()).hexdigest()


def _shaped(kind: Any, value: Any, where: str) -> Any:
    """The value as the dataclass, tuple, enum, text or number that it is declared to be, or ScaleBroken."""
    if isinstance(kind, type) and is_dataclass(kind):
        names = {field.name: field.type for field in fields(kind)}
        if not isinstance(value, dict) or set(value) != set(names):
            raise ScaleBroken([f"{where}: the fields are not {', '.join(names)}"])
        return kind(**{name: _shaped(of, value[name], f"{where}.{name}") for name, of in names.items()})
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ScaleBroken([f"{where}: not a list"])
        inner = get_args(kind)[0]
        return tuple(_shaped(inner, part, f"{where}[{place}]") for place, part in enumerate(value))
    if NoneType in get_args(kind):
        return None if value is None else _shaped(get_args(kind)[0], value, where)
    return _plain(kind, value, where)


def _plain(kind: type, value: Any, where: str) -> Any:
    """One value of a closed list, one text that says something, or one whole number."""
    if issubclass(kind, Enum):
        if value not in [choice.value for choice in kind]:
            raise ScaleBroken([f"{where}: not one of the {kind.__name__}"])
        return kind(value)
    if type(value) is not kind or not str(value).strip():  # True is no number
        raise ScaleBroken([f"{where}: not a {kind.__name__}"])
    return value
