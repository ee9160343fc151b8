"""The reasons of a result are read as sentences."""

import json

import pytest
from django.utils.translation import override

from residents.assessments.scales import DATA, read
from residents.assessments.scoring import Outcome, score
from residents.assessments.wording import BY_OUTCOME, DECISION, adjustment_in_words, in_words
from tests.residents.assessments.answers import (
    BEST,
    DEEPLY_ASLEEP,
    EXACTLY_MILD,
    EXACTLY_SEVERE,
    NOTHING,
    SCALE,
)

OPEN = "多种提级情形是否叠加，尚未核对标准原文；本系统按“{}”处理"
BOTH = {"dementia": True, "care_risk_events": 2}


@pytest.fixture(autouse=True)
def chinese():
    with override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("answers", "circumstances", "sentences"),
    [
        (BEST, {}, ["总分90分（满分90分），初步等级为“能力完好”"]),
        (
            DEEPLY_ASLEEP,
            {"coma": True, "dementia": True},
            [
                "总分88分（满分90分），初步等级为“能力轻度受损（轻度失能）”",
                "昏迷：直接评定为“能力完全丧失（完全失能）”",
                "确诊痴呆或其他精神和行为障碍：等级已直接评定，不再提高",
            ],
        ),
        (
            EXACTLY_MILD,
            BOTH,
            [
                "总分66分（满分90分），初步等级为“能力轻度受损（轻度失能）”",
                "确诊痴呆或其他精神和行为障碍：由“能力轻度受损（轻度失能）”改为“能力中度受损（中度失能）”",
                "近30天照护风险事件两次以上：已因另一情形提高等级，不再重复提高",
                OPEN.format("只提高一次"),
            ],
        ),
        (
            EXACTLY_SEVERE,
            BOTH,
            [
                "总分30分（满分90分），初步等级为“能力重度受损（重度失能）”",
                "确诊痴呆或其他精神和行为障碍：由“能力重度受损（重度失能）”改为“能力完全丧失（完全失能）”",
                "近30天照护风险事件两次以上：已是最重的等级，不再提高",
            ],
        ),
    ],
)
def test_a_result_is_explained_in_sentences(answers, circumstances, sentences):
    result = score(SCALE, answers, NOTHING | circumstances)

    assert in_words(SCALE, result) == sentences


def test_an_edition_whose_adjustments_add_up_says_so():
    body = json.loads((DATA / "gbt42195_2022.json").read_text("utf-8"))
    adding = read(json.dumps(body | {"together": "each"}))

    assert in_words(adding, score(adding, EXACTLY_MILD, NOTHING | BOTH))[-1] == OPEN.format("逐项提高")


def test_an_adjustment_that_was_not_met_has_its_words_too():
    result = score(SCALE, BEST, NOTHING)

    assert [adjustment_in_words(SCALE, one) for one in result.adjustments] == [
        "昏迷：没有这种情形",
        "确诊痴呆或其他精神和行为障碍：没有这种情形",
        "近30天照护风险事件两次以上：没有这种情形",
    ]


def test_every_outcome_and_every_decision_has_words():
    assert set(BY_OUTCOME) == set(Outcome)
    assert set(DECISION) == {"once", "each"}
