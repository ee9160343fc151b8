"""An assessment's answers in; its sums, its levels and why they are so out. Pure: every number is the scale's."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments.errors import AnswersInvalid, field_error
from residents.assessments.scales import (
    Adjustment,
    Circumstance,
    CircumstanceKind,
    Item,
    Scale,
    Together,
)

LEVELS = tuple(AbilityLevel)  # best first
WORST = LEVELS[-1]
BY_TOTAL = "total"
TOGETHER_OPEN = "adjustments_together"
MISSING = "missing"
# Only what looks like an item's code is said back: anything may have been typed where a code belongs.
CODE = re.compile(r"[A-Z](\.[0-9]{1,2}){1,3}")


class Outcome(StrEnum):
    """What became of one adjustment, and so why it did or did not change the level."""

    NOT_MET = "not_met"
    SET = "set"
    RAISED = "raised"
    RAISED_ALREADY = "raised_already"
    SET_ALREADY = "set_already"
    AT_WORST = "at_worst"


@dataclass(frozen=True)
class AdjustmentOutcome:
    """What one adjustment did; the levels are those before and after it and stand in no repr."""

    code: str
    outcome: Outcome = field(repr=False)
    before: AbilityLevel = field(repr=False)
    after: AbilityLevel = field(repr=False)

    @property
    def applied(self) -> bool:
        return self.outcome in {Outcome.SET, Outcome.RAISED}


@dataclass(frozen=True)
class Result:
    """What the answers come to on one scale; nothing of it stands in a repr.

    ``sums`` are points by dimension; ``reasons`` are codes: ``total``, then ``<adjustment>.<outcome>`` for
    each that was met, then ``adjustments_together`` where an open question of the scale decided the level.
    """

    scale_code: str
    edition: str
    digest: str
    sums: Mapping[str, int] = field(repr=False)
    total: int = field(repr=False)
    preliminary: AbilityLevel = field(repr=False)
    adjustments: tuple[AdjustmentOutcome, ...] = field(repr=False)
    level: AbilityLevel = field(repr=False)
    reasons: tuple[str, ...] = field(repr=False)


def score(scale: Scale, answers: Mapping[str, int], circumstances: Mapping[str, bool | int]) -> Result:
    """Answers by item code and circumstances by code, all of the scale's, become its result.

    AnswersInvalid names everything that is missing, unknown, no option, or contradicts another.
    """
    errors = [*_wrong_answers(scale, answers), *_wrong_circumstances(scale, circumstances)]
    errors += _contradictory(scale, answers, circumstances)
    if errors:
        raise AnswersInvalid(errors=errors)
    sums = {part.code: sum(answers[item.code] for item in part.items) for part in scale.dimensions}
    total = sum(sums.values())
    preliminary = scale.level_at(total)
    level, outcomes = _adjusted(scale, preliminary, circumstances, scale.together)
    return Result(
        scale_code=scale.code,
        edition=scale.edition,
        digest=scale.digest,
        sums=MappingProxyType(sums),
        total=total,
        preliminary=preliminary,
        adjustments=outcomes,
        level=level,
        reasons=_reasons(scale, preliminary, circumstances, outcomes),
    )


def wrong_so_far(
    scale: Scale, answers: Mapping[str, int], circumstances: Mapping[str, bool | int]
) -> list[dict]:
    """What no assessment could hold, half-filled or whole: an unknown item, a score that is no option of its item."""
    errors = [*_wrong_answers(scale, answers), *_wrong_circumstances(scale, circumstances)]
    return [error for error in errors if error["code"] != MISSING]


def to_be_settled(
    scale: Scale, answers: Mapping[str, int], circumstances: Mapping[str, bool | int]
) -> list[dict]:
    """What keeps a half-filled assessment from its result, in the order of the scale."""
    errors = [*_wrong_answers(scale, answers), *_wrong_circumstances(scale, circumstances)]
    return [*errors, *_contradictory(scale, answers, circumstances)]


def _adjusted(
    scale: Scale, preliminary: AbilityLevel, circumstances: Mapping[str, int], together: Together
) -> tuple[AbilityLevel, tuple[AdjustmentOutcome, ...]]:
    """The final level and what each adjustment did; those that set it are asked before those that raise it."""
    outcomes: dict[str, AdjustmentOutcome] = {}
    level = preliminary
    for adjustment in sorted(scale.adjustments, key=lambda one: one.sets is None):
        done = {one.outcome for one in outcomes.values()}
        outcome = _outcome(adjustment, circumstances, level, done, together)
        before, level = level, _changed(adjustment, outcome, level)
        outcomes[adjustment.code] = AdjustmentOutcome(adjustment.code, outcome, before, level)
    return level, tuple(outcomes[adjustment.code] for adjustment in scale.adjustments)


def _outcome(
    adjustment: Adjustment,
    circumstances: Mapping[str, int],
    level: AbilityLevel,
    done: set[Outcome],
    together: Together,
) -> Outcome:
    if not any(circumstances[code] >= adjustment.at_least for code in adjustment.circumstances):
        return Outcome.NOT_MET
    if Outcome.SET in done:
        return Outcome.SET_ALREADY
    if adjustment.sets is not None:
        return Outcome.SET
    if level == WORST:
        return Outcome.AT_WORST
    if Outcome.RAISED in done and together == Together.ONCE:
        return Outcome.RAISED_ALREADY
    return Outcome.RAISED


def _changed(adjustment: Adjustment, outcome: Outcome, level: AbilityLevel) -> AbilityLevel:
    if outcome == Outcome.SET and adjustment.sets is not None:
        return adjustment.sets
    if outcome == Outcome.RAISED:
        return LEVELS[min(LEVELS.index(level) + adjustment.raises, len(LEVELS) - 1)]
    return level


def _reasons(
    scale: Scale,
    preliminary: AbilityLevel,
    circumstances: Mapping[str, int],
    outcomes: tuple[AdjustmentOutcome, ...],
) -> tuple[str, ...]:
    met = [f"{one.code}.{one.outcome}" for one in outcomes if one.outcome != Outcome.NOT_MET]
    readings = {_adjusted(scale, preliminary, circumstances, way)[0] for way in Together}
    decided_by_us = len(readings) > 1 and TOGETHER_OPEN in {one.code for one in scale.open_questions}
    return (BY_TOTAL, *met, *([TOGETHER_OPEN] if decided_by_us else []))


def _wrong_answers(scale: Scale, answers: Mapping[str, int]) -> Iterator[dict]:
    for item in scale.items.values():
        given = answers.get(item.code)
        if given is None:
            yield field_error(item.code, MISSING, _("“{item}”还没有评分").format(item=item.name))
        elif type(given) is not int or not 0 <= given <= item.maximum:  # True is no score
            yield _no_option(item, given)
    unknown = [code for code in answers if code not in scale.items]
    named = {code for code in unknown if isinstance(code, str) and CODE.fullmatch(code)}
    yield from (field_error(code, "unknown_item", _("量表中没有这个项目")) for code in sorted(named))
    if len(named) < len(unknown):
        yield field_error("answers", "unknown_item", _("填写了量表中没有的项目"))


def _no_option(item: Item, given: object) -> dict:
    facts = {"item": item.name, "maximum": item.maximum}
    if type(given) is int and given > item.maximum:
        return field_error(item.code, "above_maximum", _("“{item}”最高{maximum}分").format(**facts))
    return field_error(item.code, "not_an_option", _("“{item}”的得分须是0至{maximum}的整数").format(**facts))


def _wrong_circumstances(scale: Scale, circumstances: Mapping[str, bool | int]) -> Iterator[dict]:
    for fact in scale.circumstances:
        given = circumstances.get(fact.code)
        if given is None:
            yield field_error(fact.code, MISSING, _("“{fact}”还没有填写").format(fact=fact.label))
        elif fact.kind == CircumstanceKind.YES_NO and not isinstance(given, bool):
            yield field_error(fact.code, "not_yes_or_no", _("“{fact}”须填是或否").format(fact=fact.label))
        elif fact.kind == CircumstanceKind.COUNT and (type(given) is not int or given < 0):
            yield field_error(fact.code, "not_a_count", _("“{fact}”须填次数").format(fact=fact.label))
    if set(circumstances) - {fact.code for fact in scale.circumstances}:
        yield field_error("circumstances", "unknown_circumstance", _("填写了量表中没有的情形"))


def _contradictory(
    scale: Scale, answers: Mapping[str, int], circumstances: Mapping[str, bool | int]
) -> Iterator[dict]:
    """Circumstances beside a score that they cannot stand beside."""
    for fact, item, needed in _requirements(scale):
        given = answers.get(item.code)
        if circumstances.get(fact.code) is True and type(given) is int and given != needed:
            yield field_error(
                fact.code,
                "contradictory",
                _("“{fact}”与“{item}”的得分不一致，请核对").format(fact=fact.label, item=item.name),
            )


def _requirements(scale: Scale) -> Iterator[tuple[Circumstance, Item, int]]:
    for fact in scale.circumstances:
        for required in fact.requires:
            yield fact, scale.items[required.item], required.score
