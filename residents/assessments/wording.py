"""The reasons of a result as people read them."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from residents.assessments.scales import Scale, Together
from residents.assessments.scoring import BY_TOTAL, TOGETHER_OPEN, AdjustmentOutcome, Outcome, Result

BY_OUTCOME = {
    Outcome.NOT_MET: _("{label}：没有这种情形"),
    Outcome.SET: _("{label}：直接评定为“{after}”"),
    Outcome.RAISED: _("{label}：由“{before}”改为“{after}”"),
    Outcome.RAISED_ALREADY: _("{label}：已因另一情形提高等级，不再重复提高"),
    Outcome.SET_ALREADY: _("{label}：等级已直接评定，不再提高"),
    Outcome.AT_WORST: _("{label}：已是最重的等级，不再提高"),
}
DECISION = {Together.ONCE: _("只提高一次"), Together.EACH: _("逐项提高")}


def in_words(scale: Scale, result: Result) -> list[str]:
    """One sentence for each reason of a result, in its order."""
    return list(_sentences(scale, result))


def adjustment_in_words(scale: Scale, outcome: AdjustmentOutcome) -> str:
    """What became of one adjustment, those that were not met too."""
    label = next(one.label for one in scale.adjustments if one.code == outcome.code)
    return BY_OUTCOME[outcome.outcome].format(
        label=label, before=outcome.before.label, after=outcome.after.label
    )


def _sentences(scale: Scale, result: Result) -> Iterator[str]:
    outcomes = {f"{one.code}.{one.outcome}": one for one in result.adjustments}
    for reason in result.reasons:
        if reason == BY_TOTAL:
            yield _("总分{total}分（满分{maximum}分），初步等级为“{level}”").format(
                total=result.total, maximum=scale.maximum, level=result.preliminary.label
            )
        elif reason == TOGETHER_OPEN:
            yield _("多种提级情形是否叠加，尚未核对标准原文；本系统按“{decision}”处理").format(
                decision=DECISION[scale.together]
            )
        else:
            yield adjustment_in_words(scale, outcomes[reason])
