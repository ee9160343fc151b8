"""What cannot be scored is refused with all that is wrong; what can be scored keeps its promises."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.assessments.errors import AnswersInvalid
from residents.assessments.scales import DATA, read
from residents.assessments.scoring import score
from tests.residents.assessments.answers import (
    BEST,
    DEEPLY_ASLEEP,
    EXACTLY_MILD,
    EXACTLY_SEVERE,
    NOTHING,
    SCALE,
    WORST,
)

BEST_FIRST = ["intact", "mild", "moderate", "severe", "complete"]
BOTH = {"dementia": True, "care_risk_events": 2}


def refused(answers: dict, circumstances: dict = NOTHING) -> list[tuple[str, str]]:
    """The (field, code) of everything that the refusal names."""
    with pytest.raises(AnswersInvalid) as caught:
        score(SCALE, answers, circumstances)
    return [(error["field"], error["code"]) for error in caught.value.errors]


def edition(**changes):
    """The scale as another edition of it would be."""
    return read(json.dumps(json.loads((DATA / "gbt42195_2022.json").read_text("utf-8")) | changes))


def without(answers: dict, *codes: str) -> dict:
    return {code: given for code, given in answers.items() if code not in codes}


def test_a_half_filled_scale_names_the_items_that_are_missing():
    assert refused(without(BEST, "B.1.3", "B.4.5")) == [("B.1.3", "missing"), ("B.4.5", "missing")]


def test_an_item_left_blank_is_missing():
    assert refused(BEST | {"B.2.1": None}) == [("B.2.1", "missing")]


def test_an_empty_scale_names_every_item():
    assert refused({}) == [(code, "missing") for code in BEST]


@pytest.mark.parametrize("code", list(BEST))
def test_a_score_above_the_maximum_of_its_item_is_refused(code):
    assert refused(BEST | {code: BEST[code] + 1}) == [(code, "above_maximum")]


@pytest.mark.parametrize("score_given", [-1, 2.0, 2.5, "2", True, [2], float("nan")])
def test_what_is_no_option_is_refused(score_given):
    assert refused(BEST | {"B.1.1": score_given}) == [("B.1.1", "not_an_option")]


def test_an_item_of_another_scale_is_refused():
    assert refused(BEST | {"B.5.1": 1, "C.1": 1}) == [("B.5.1", "unknown_item"), ("C.1", "unknown_item")]


@pytest.mark.parametrize("typed", ["张三", "230103194701011234", "B.1.1 ", "", 7, None, "B.1.１"])
def test_what_is_no_code_at_all_is_not_said_back(typed):
    assert refused(BEST | {typed: 1}) == [("answers", "unknown_item")]


@pytest.mark.parametrize("code", list(NOTHING))
def test_a_circumstance_that_nobody_answered_is_missing(code):
    assert refused(BEST, without(NOTHING, code)) == [(code, "missing")]
    assert refused(BEST, NOTHING | {code: None}) == [(code, "missing")]


@pytest.mark.parametrize("given_answer", [1, 0, "yes", "true"])
def test_a_yes_or_no_is_answered_with_yes_or_no(given_answer):
    assert refused(BEST, NOTHING | {"dementia": given_answer}) == [("dementia", "not_yes_or_no")]


@pytest.mark.parametrize("given_answer", [-1, 1.5, "2", True])
def test_a_count_is_answered_with_a_count(given_answer):
    assert refused(BEST, NOTHING | {"care_risk_events": given_answer}) == [
        ("care_risk_events", "not_a_count")
    ]


def test_a_circumstance_that_the_scale_does_not_ask_for_is_refused():
    assert refused(BEST, NOTHING | {"fever": True, "张三": True}) == [
        ("circumstances", "unknown_circumstance")
    ]


@pytest.mark.parametrize("awake", [1, 2])
def test_coma_contradicts_any_better_answer_on_consciousness(awake):
    assert refused(WORST | {"B.3.9": awake}, NOTHING | {"coma": True}) == [("coma", "contradictory")]


def test_no_coma_goes_with_any_answer_on_consciousness():
    assert [score(SCALE, BEST | {"B.3.9": given}, NOTHING).total for given in (0, 1, 2)] == [88, 89, 90]


def test_all_that_is_wrong_is_told_at_once():
    answers = without(BEST, "B.1.2") | {"B.2.4": 4, "B.3.7": "1", "B.9.9": 1}
    circumstances = without(NOTHING, "dementia") | {"coma": True, "care_risk_events": -3, "fever": 1}

    assert refused(answers, circumstances) == [
        ("B.1.2", "missing"),
        ("B.2.4", "above_maximum"),
        ("B.3.7", "not_an_option"),
        ("B.9.9", "unknown_item"),
        ("dementia", "missing"),
        ("care_risk_events", "not_a_count"),
        ("circumstances", "unknown_circumstance"),
        ("coma", "contradictory"),
    ]


def test_a_refusal_says_what_to_do_and_never_what_was_answered():
    answers = without(BEST, "B.1.2") | {"B.2.4": 777, "B.3.7": 777.5}

    with pytest.raises(AnswersInvalid) as caught:
        score(SCALE, answers, NOTHING | {"care_risk_events": -777, "coma": True})

    assert (caught.value.status, caught.value.code) == (400, "answers_invalid")
    assert [error["detail"] for error in caught.value.errors] == [
        "“修饰”还没有评分",
        "“上下楼梯”最高3分",
        "“攻击行为”的得分须是0至1的整数",
        "“近30天照护风险事件次数”须填次数",
        "“昏迷”与“意识水平”的得分不一致，请核对",
    ]
    assert "777" not in f"{caught.value} {caught.value!r} {caught.value.errors}"


def test_the_result_names_the_scale_it_was_made_on():
    result = score(SCALE, BEST, NOTHING)

    assert (result.scale_code, result.edition, result.digest) == ("gbt42195", "2022", SCALE.digest)


def test_a_result_keeps_quiet_when_it_is_printed():
    told = repr(score(SCALE, EXACTLY_MILD, NOTHING | BOTH)).replace(SCALE.digest, "")

    assert "gbt42195" in told
    assert [word for word in ("66", "mild", "moderate", "dementia", "raised") if word in told] == []


@pytest.mark.parametrize(
    ("answers", "circumstances", "reasons"),
    [
        (EXACTLY_MILD, {}, ("total",)),
        (EXACTLY_MILD, {"care_risk_events": 1}, ("total",)),
        (EXACTLY_MILD, {"care_risk_events": 2}, ("total", "care_risk_events.raised")),
        (DEEPLY_ASLEEP, {"coma": True}, ("total", "coma.set")),
        (
            DEEPLY_ASLEEP,
            {"coma": True} | BOTH,
            ("total", "coma.set", "dementia_or_mental_disorder.set_already", "care_risk_events.set_already"),
        ),
        # The open question is named only where its answer makes a difference.
        (
            EXACTLY_MILD,
            BOTH,
            (
                "total",
                "dementia_or_mental_disorder.raised",
                "care_risk_events.raised_already",
                "adjustments_together",
            ),
        ),
        (
            EXACTLY_SEVERE,
            BOTH,
            ("total", "dementia_or_mental_disorder.raised", "care_risk_events.at_worst"),
        ),
    ],
)
def test_a_result_says_why(answers, circumstances, reasons):
    assert score(SCALE, answers, NOTHING | circumstances).reasons == reasons


def test_only_what_changed_the_level_counts_as_applied():
    result = score(SCALE, EXACTLY_MILD, NOTHING | BOTH)

    assert [(one.applied, one.before, one.after) for one in result.adjustments] == [
        (False, "mild", "mild"),
        (True, "mild", "moderate"),
        (False, "moderate", "moderate"),
    ]


def test_an_edition_whose_adjustments_add_up_raises_twice():
    adding = edition(together="each")

    result = score(adding, EXACTLY_MILD, NOTHING | BOTH)

    assert (result.preliminary, result.level) == ("mild", "severe")
    assert result.reasons[-1] == "adjustments_together"


def test_an_edition_that_leaves_nothing_open_names_no_open_question():
    settled = edition(open_questions=[])

    assert "adjustments_together" not in score(settled, EXACTLY_MILD, NOTHING | BOTH).reasons


def test_coma_goes_first_wherever_the_scale_names_it():
    body = json.loads((DATA / "gbt42195_2022.json").read_text("utf-8"))
    turned = edition(adjustments=list(reversed(body["adjustments"])))

    result = score(turned, DEEPLY_ASLEEP, NOTHING | BOTH | {"coma": True})

    assert result.level == "complete"
    assert [one.outcome for one in result.adjustments] == ["set_already", "set_already", "set"]


answer_sheets = st.fixed_dictionaries({code: st.integers(0, most) for code, most in BEST.items()})
any_circumstances = st.fixed_dictionaries(
    {
        "coma": st.booleans(),
        "dementia": st.booleans(),
        "mental_disorder": st.booleans(),
        "care_risk_events": st.integers(0, 5),
    }
)


@given(answers=answer_sheets, code=st.sampled_from(list(BEST)), steps=st.integers(1, 4))
def test_a_better_answer_never_makes_the_preliminary_level_worse(answers, code, steps):
    better = answers | {code: min(answers[code] + steps, BEST[code])}

    before, after = score(SCALE, answers, NOTHING), score(SCALE, better, NOTHING)

    assert after.total - before.total == better[code] - answers[code]
    assert BEST_FIRST.index(after.preliminary) <= BEST_FIRST.index(before.preliminary)


@given(answers=answer_sheets, circumstances=any_circumstances)
def test_no_circumstance_makes_the_level_better(answers, circumstances):
    if circumstances["coma"]:
        answers["B.3.9"] = 0

    result = score(SCALE, answers, circumstances)

    assert BEST_FIRST.index(result.level) >= BEST_FIRST.index(result.preliminary)
    assert BEST_FIRST.index(result.level) <= BEST_FIRST.index(result.preliminary) + 1 or circumstances["coma"]


@given(
    answers=answer_sheets,
    blank=st.sets(st.sampled_from(list(BEST)), max_size=3),
    shifted=st.dictionaries(st.sampled_from(list(BEST)), st.integers(-2, 6), max_size=3),
)
def test_a_sheet_is_refused_for_exactly_the_items_that_are_wrong(answers, blank, shifted):
    wrong = {code for code, number in shifted.items() if not 0 <= number <= BEST[code]} | blank
    sheet = without(answers | shifted, *blank)

    if wrong:
        assert {field for field, _ in refused(sheet)} == wrong
    else:
        assert score(SCALE, sheet, NOTHING).total == sum(sheet.values())
