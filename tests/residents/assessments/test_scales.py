"""A scale's file is read whole or not at all; what stands in it is the standard's."""

import copy
import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from providers.facilities.states import AbilityLevel
from residents.assessments.errors import NoSuchScale
from residents.assessments.scales import DATA, ScaleBroken, on_shelf, read, scale, scales
from sojourn.provinces import rules
from sojourn.provinces.states import RuleFlag
from tests.residents.assessments.answers import SCALE

FILE = DATA / "gbt42195_2022.json"
RULES = Path(rules.__file__).parent / "data" / "rules.json"
DIGEST = "f396d90faf7ce7f0680757b316cff953777be8adce09df20e77f27d3daf7c297"


def body() -> dict:
    return json.loads(FILE.read_text("utf-8"))


def problems_of(text: str) -> list[str]:
    with pytest.raises(ScaleBroken) as caught:
        read(text)
    return caught.value.problems


def test_the_scale_has_the_dimensions_and_items_of_the_standard():
    assert (SCALE.standard, SCALE.title, SCALE.maximum) == ("GB/T 42195-2022", "老年人能力评估规范", 90)
    assert [(part.code, part.name, len(part.items), part.maximum) for part in SCALE.dimensions] == [
        ("B.1", "自理能力", 8, 32),
        ("B.2", "基础运动能力", 4, 15),
        ("B.3", "精神状态", 9, 28),
        ("B.4", "感知觉与社会参与", 5, 15),
    ]
    assert " ".join(SCALE.items) == (
        "B.1.1 B.1.2 B.1.3 B.1.4 B.1.5 B.1.6 B.1.7 B.1.8 B.2.1 B.2.2 B.2.3 B.2.4 "
        "B.3.1 B.3.2 B.3.3 B.3.4 B.3.5 B.3.6 B.3.7 B.3.8 B.3.9 B.4.1 B.4.2 B.4.3 B.4.4 B.4.5"
    )
    assert " ".join(item.name for item in SCALE.items.values()) == (
        "进食 修饰 洗澡 穿/脱上衣 穿/脱裤子和鞋袜 小便控制 大便控制 如厕 床上体位转移 床椅转移 平地行走 上下楼梯 "
        "时间定向 空间定向 人物定向 记忆 理解能力 表达能力 攻击行为 抑郁症状 意识水平 "
        "视力 听力 执行日常事务 使用交通工具外出 社会交往能力"
    )


def test_every_item_has_the_maximum_of_the_standard():
    maxima = "".join(str(item.maximum) for item in SCALE.items.values())

    assert maxima == "44444444" + "4443" + "444444112" + "22434"


def test_the_levels_are_cut_where_the_standard_cuts_them():
    assert [(cut.level, cut.low, cut.high) for cut in SCALE.cuts] == [
        ("intact", 90, 90),
        ("mild", 66, 89),
        ("moderate", 46, 65),
        ("severe", 30, 45),
        ("complete", 0, 29),
    ]


def test_the_dated_rule_says_the_same_least_scores():
    rows = json.loads(RULES.read_text("utf-8"))
    least = next(row["value"] for row in rows if row["key"] == "assessment_level_scores")

    assert least == {cut.level.value: cut.low for cut in SCALE.cuts}


def test_why_somebody_is_assessed_is_a_closed_list():
    assert [reason.code for reason in SCALE.reasons] == ["first", "routine", "immediate", "doubt", "other"]


def test_what_the_sources_leave_open_is_flagged_as_assumed():
    assert [(question.code, question.flag) for question in SCALE.open_questions] == [
        ("adjustments_together", RuleFlag.ASSUMED),
        ("items_in_coma", RuleFlag.ASSUMED),
    ]
    assert SCALE.together == "once"


def test_every_label_is_short():
    labels = [option.label for item in SCALE.items.values() for option in item.options]

    assert len(labels) == 116
    assert [label for label in labels if len(label) > 30] == []


def test_a_scale_is_read_once():
    assert scale("gbt42195", "2022") is SCALE
    assert list(scales()) == [("gbt42195", "2022")]


@pytest.mark.parametrize(
    ("code", "edition"), [("gbt42195", "2013"), ("mzt039", "2013"), ("", ""), ("../gbt42195", "2022")]
)
def test_an_unknown_scale_is_not_found(code, edition):
    with pytest.raises(NoSuchScale):
        scale(code, edition)


def test_a_scale_that_was_read_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        SCALE.maximum = 91
    with pytest.raises(TypeError):
        SCALE.items["B.9.9"] = SCALE.items["B.1.1"]
    with pytest.raises(TypeError):
        scales()["gbt42195", "2023"] = SCALE


def test_a_published_edition_keeps_its_content():
    # Results name this digest. Whoever changes the file makes another edition of it.
    assert SCALE.digest == DIGEST


def test_the_digest_is_that_of_the_content_and_not_of_its_layout():
    spaced, other = json.dumps(body(), indent=8), body()
    other["dimensions"][0]["items"][0]["options"][0]["label"] = "自己吃"

    assert read(spaced).digest == SCALE.digest
    assert read(json.dumps(other)).digest != SCALE.digest


def change(*path, to=None, less=False, more=None):
    """A breach of the file: the value at a path replaced, taken away, or something added to it."""

    def made(file: dict) -> dict:
        *way, last = path
        inside = file
        for step in way:
            inside = inside[step]
        if less:
            del inside[last]
        elif more is not None:
            inside[last] = inside[last] + more
        else:
            inside[last] = to
        return file

    return made


FIRST_ITEM = ("dimensions", 0, "items", 0)
SCORE_FIVE = {"score": 5, "label": "五"}
SAME_ITEM = body()["dimensions"][0]["items"][1] | {"code": "B.1.1"}
SECOND_COMA = body()["adjustments"][0]
IDLE = {"code": "fever", "label": "发热", "kind": "yes_no", "source": "A.9", "requires": []}

BREACHES = [
    # It does not add up.
    (change("maximum", to=91), "maximum 91: not the sum of the dimensions"),
    (change("dimensions", 3, "maximum", to=14), "B.4: maximum 14 is not the sum of its items"),
    (change("dimensions", 1, "items", 3, less=True), "B.2: maximum 15 is not the sum of its items"),
    (change(*FIRST_ITEM, "maximum", to=5), "B.1.1: the options are not 5 down to 0"),
    (change(*FIRST_ITEM, "options", 2, less=True), "B.1.1: the options are not 4 down to 0"),
    (change(*FIRST_ITEM, "options", more=[SCORE_FIVE]), "B.1.1: the options are not 4 down to 0"),
    (change(*FIRST_ITEM, "options", 1, "score", to=4), "B.1.1: the options are not 4 down to 0"),
    # Totals of no level, or of two.
    (change("cuts", 1, "low", to=67), "cuts: moderate does not end just below mild"),
    (change("cuts", 2, "high", to=66), "cuts: moderate does not end just below mild"),
    (change("cuts", 0, "high", to=89), "cuts: the best level does not end at 90"),
    (change("cuts", 4, "low", to=1), "cuts: the worst level does not begin at 0"),
    (change("cuts", 0, "low", to=91), "cuts: intact is empty"),
    (change("cuts", 1, less=True), "cuts: not every level once, best first"),
    (change("cuts", 1, "level", to="moderate"), "cuts: not every level once, best first"),
    # Codes that stand for two things.
    (change("dimensions", 0, "items", more=[SAME_ITEM]), "item or circumstance B.1.1: twice"),
    (change("circumstances", 0, "code", to="B.1.1"), "item or circumstance B.1.1: twice"),
    (change("dimensions", 1, "code", to="B.1"), "dimension B.1: twice"),
    (change(*FIRST_ITEM, "code", to="B.2.9"), "B.2.9: stands under B.1"),
    (change(*FIRST_ITEM, "options", 3, "label", to="自己吃，不呛"), "option of B.1.1 自己吃，不呛: twice"),
    (change("adjustments", more=[SECOND_COMA]), "adjustment coma: twice"),
    (change("reasons", 1, "code", to="first"), "reason first: twice"),
    (change("open_questions", 1, "code", to="adjustments_together"), "open question adjustments_together: twice"),
    # Adjustments that cannot come about or do not do one thing.
    (change("adjustments", 0, "raises", to=1), "adjustment coma: neither sets nor raises, or both"),
    (change("adjustments", 0, "sets", to=None), "adjustment coma: neither sets nor raises, or both"),
    (change("adjustments", 2, "raises", to=-1), "adjustment care_risk_events: neither sets nor raises, or both"),
    (change("adjustments", 2, "at_least", to=0), "adjustment care_risk_events: at_least 0"),
    (change("adjustments", 0, "at_least", to=2), "adjustment coma: at_least 2"),
    (change("adjustments", 0, "circumstances", to=["fever"]), "adjustment coma: unknown circumstances"),
    (change("adjustments", 0, "circumstances", to=[]), "adjustment coma: unknown circumstances"),
    (change("circumstances", more=[IDLE]), "circumstance fever: changes nothing"),
    (
        change("circumstances", 0, "requires", 0, "score", to=3),
        "circumstance coma: requires what B.3.9 does not have",
    ),
    (
        change("circumstances", 0, "requires", 0, "item", to="B.9.9"),
        "circumstance coma: requires what B.9.9 does not have",
    ),
    (
        change("circumstances", 3, "requires", to=[{"item": "B.3.9", "score": 0}]),
        "circumstance care_risk_events: a count requires no score",
    ),
    # It is no scale.
    (change("title", less=True), "scale: the fields are not code, edition, "),
    (change("colour", to="red"), "scale: the fields are not code, edition, "),
    (change("digest", to="0" * 64), "not the body of a scale"),
    (change("code", to=" "), "scale.code: not a str"),
    (change("edition", to=2022), "scale.edition: not a str"),
    (change("cuts", to={}), "scale.cuts: not a list"),
    (change("cuts", 0, "low", to="90"), "scale.cuts[0].low: not a int"),
    (change("cuts", 0, "low", to=90.0), "scale.cuts[0].low: not a int"),
    (change("cuts", 0, "level", to="perfect"), "scale.cuts[0].level: not one of the AbilityLevel"),
    (change(*FIRST_ITEM, to=None), "scale.dimensions[0].items[0]: the fields are not code, name, "),
    (change("dimensions", 2, "items", 6, "maximum", to=True), "scale.dimensions[2].items[6].maximum: not a int"),
    (change("together", to="twice"), "scale.together: not one of the Together"),
    (change("adjustments", 0, "sets", to="perfect"), "scale.adjustments[0].sets: not one of the AbilityLevel"),
    (change("circumstances", 0, "kind", to="maybe"), "scale.circumstances[0].kind: not one of the CircumstanceKind"),
    (change("open_questions", 0, "flag", to="sure"), "scale.open_questions[0].flag: not one of the RuleFlag"),
]  # fmt: skip


@pytest.mark.parametrize(("breach", "told"), BREACHES, ids=[told for _, told in BREACHES])
def test_a_broken_file_is_refused(breach, told):
    broken = json.dumps(breach(copy.deepcopy(body())))

    assert any(problem.startswith(told) for problem in problems_of(broken))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not JSON: Expecting value in line 1"),
        ("{", "not JSON: Expecting property name enclosed in double quotes in line 1"),
        ("[]", "not the body of a scale"),
        ('{"code": "a", "code": "b"}', "field code: twice"),
    ],
)
def test_what_is_no_body_is_refused(text, told):
    assert problems_of(text) == [told]


def test_all_that_does_not_add_up_is_told_at_once():
    file = body()
    file["maximum"], file["cuts"][4]["low"], file["adjustments"][0]["raises"] = 91, 1, 1

    assert problems_of(json.dumps(file)) == [
        "maximum 91: not the sum of the dimensions",
        "cuts: the best level does not end at 91",
        "cuts: the worst level does not begin at 0",
        "adjustment coma: neither sets nor raises, or both",
    ]


def test_another_edition_stands_beside_the_first(tmp_path):
    newer = body() | {"edition": "2030", "together": "each"}
    (tmp_path / "a.json").write_text(json.dumps(newer), "utf-8")
    (tmp_path / "b.json").write_text(FILE.read_text("utf-8"), "utf-8")

    shelf = on_shelf(tmp_path)

    assert sorted(shelf) == [("gbt42195", "2022"), ("gbt42195", "2030")]
    assert shelf["gbt42195", "2030"].digest != shelf["gbt42195", "2022"].digest


def test_two_files_of_one_edition_are_refused(tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(FILE.read_text("utf-8"), "utf-8")

    with pytest.raises(ScaleBroken, match=r"b\.json: gbt42195 2022 has another file"):
        on_shelf(tmp_path)


def test_a_broken_file_on_the_shelf_is_named(tmp_path):
    (tmp_path / "worn.json").write_text(json.dumps(body() | {"maximum": 91}), "utf-8")

    with pytest.raises(ScaleBroken, match=r"worn\.json: maximum 91"):
        on_shelf(tmp_path)


@pytest.mark.parametrize(
    ("total", "level"), [(0, "complete"), (29, "complete"), (30, "severe"), (90, "intact")]
)
def test_every_total_has_its_level(total, level):
    assert SCALE.level_at(total) is AbilityLevel(level)
