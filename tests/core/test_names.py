"""Two names of organisations are compared part by part, and the answer says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.core.hanzi import TextUnreadable
from sojourn.core.names import NameMatch, name_score

PARTS = [
    "广东省", "广州市", "深圳市", "重庆市长寿区", "广东", "颐寿", "頤壽", "怡寿", "康乐", "康泰", "聚龙湾", "惠",
    "社会福利院", "养老院", "护理院", "医疗养老", "老年公寓", "有限公司", "有限责任公司", "股份有限公司",
    "(深圳)", "（深圳）", "广州分院", "第一分公司", " ", "A", "·", "\U0002ebf0",
]  # fmt: skip
organisations = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@pytest.mark.parametrize(
    ("a", "b", "score", "reasons"),
    [
        ("揭阳市聚龙湾护理院", "揭阳市聚龙湾护理院", 100, ["identical"]),
        ("广东颐寿医疗养老有限公司", "廣東頤壽醫療養老有限公司", 100, ["same_but_for_writing"]),
        ("深业颐居养老运营(深圳)有限公司", "深业颐居养老运营（深圳）有限公司", 100, ["same_but_for_writing"]),
        ("ＡＢＣ养老院", "abc 养老院", 100, ["same_but_for_writing"]),
        ("深圳市任达爱心护理院", "深圳任达爱心护理院", 99, ["same_own_word"]),
        ("重庆市长寿区康宁老年公寓", "重庆长寿康宁老年公寓", 99, ["same_own_word"]),
        ("广东颐寿医疗养老有限公司", "广东颐寿医疗养老有限责任公司", 97, ["same_own_word", "legal_form_differs"]),
        ("广东颐寿养老集团有限公司", "广东颐寿养老股份有限公司", 97, ["same_own_word", "legal_form_differs"]),
        ("深圳市任达爱心护理院", "任达爱心护理院", 94, ["same_own_word", "place_missing"]),
        ("深业颐居养老运营(深圳)有限公司", "深业颐居养老运营有限公司", 94, ["same_own_word", "place_missing"]),
        ("广东省广州市颐寿养老院", "广州市颐寿养老院", 94, ["same_own_word", "place_missing"]),
        ("广东颐寿医疗养老有限公司", "广东寿颐医疗养老有限公司", 90, ["characters_swapped"]),
        ("广东颐寿医疗养老有限公司广州麓湖家长荟分院", "广东颐寿医疗养老有限公司", 90, ["same_own_word", "branch_missing"]),
        ("颐寿护理院", "颐寿护理院广州分院", 90, ["same_own_word", "branch_missing"]),
        ("深圳市任达爱心护理院", "深圳市仁达爱心护理院", 88, ["sounds_alike"]),
        ("揭阳市聚龙湾护理院", "揭阳市聚龙弯护理院", 88, ["sounds_alike"]),
        ("康乐养老院", "康乐护理院", 88, ["same_own_word", "trade_differs"]),
        (
            "保利养老产业投资管理有限公司广州天悦和熹会颐养中心",
            "保利养老产业投资管理有限公司广州中科和熹会颐养中心",
            85,
            ["same_own_word", "branch_differs"],
        ),
        ("中山市广弘颐养院", "中山市广泓颐养院", 88, ["sounds_alike"]),
        ("深圳市任达爱心护理院", "深圳市任远爱心护理院", 85, ["one_character_differs"]),
        ("揭阳市聚龙湾护理院", "揭阳市聚湾护理院", 80, ["one_character_differs"]),
        ("揭阳市聚龙湾护理院", "揭阳市聚龙护理院", 80, ["one_character_differs"]),
        ("揭阳市聚龙湾护理院", "揭阳市聚龙湾福寿护理院", 80, ["one_contains_the_other"]),
        ("广州市康乐养老院", "广州市康泰养老院", 70, ["one_character_differs"]),
        ("广州市康乐养老院", "深圳市康乐养老院", 70, ["same_own_word", "place_differs"]),
        ("和平里颐寿养老院", "和平市和平里区颐寿养老院", 94, ["same_own_word", "place_missing"]),
        ("深圳市中山养老院", "中山市深圳养老院", 0, ["own_word_differs", "place_differs"]),
        ("甲乙丙养老院", "丙乙甲养老院", 10, ["own_word_differs"]),
        ("\U0002ebf0养老院", "\U0002ebf1养老院", 10, ["own_word_differs"]),
        ("广东省康乐养老院", "广东康乐养老院", 99, ["same_own_word"]),
        ("惠州市社会福利院", "揭阳市社会福利院", 10, ["own_word_differs"]),
        ("养老院", "社会福利院", 0, ["own_word_differs", "trade_differs"]),
        ("福寿养老院", "夕阳红敬老院", 0, ["own_word_differs", "trade_differs"]),
        ("", "福寿养老院", 0, ["own_word_differs", "trade_missing"]),
    ],
)  # fmt: skip
def test_the_reasons_explain_the_score(a, b, score, reasons):
    assert name_score(a, b) == NameMatch(score, tuple(reasons))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("广州市康乐养老院", "广州市康泰养老院"),
        ("广州市康乐养老院", "深圳市康乐养老院"),
        ("惠州市社会福利院", "中山市社会福利院"),
        ("广东颐寿医疗养老有限公司", "广东银雁健康产业投资发展有限公司"),
    ],
)
def test_another_organisation_scores_below_every_variant_of_the_same(right, wrong):
    variants = [right.replace("养老", "養老"), right + "有限公司", right.replace("市", ""), f" {right} "]

    assert min(name_score(right, variant).score for variant in variants) > name_score(right, wrong).score


@given(a=organisations, b=organisations)
def test_it_does_not_matter_which_name_comes_first(a, b):
    assert name_score(a, b) == name_score(b, a)


@given(a=anything, b=anything)
def test_any_two_texts_get_a_score_with_a_reason(a, b):
    match = name_score(a, b)

    assert match == name_score(b, a)
    assert 0 <= match.score <= 100
    assert match.reasons


@given(a=organisations)
def test_a_name_is_identical_to_itself(a):
    assert name_score(a, a) == NameMatch(100, ("identical",))


@given(a=organisations, b=organisations)
def test_a_full_score_is_kept_for_the_same_name(a, b):
    match = name_score(a, b)

    assert (match.score == 100) == (match.reasons[0] in {"identical", "same_but_for_writing"})


@pytest.mark.parametrize(
    "text", ["市" * 10_000, "长者" * 5_000, "(" * 10_000, "院分" * 5_000, "广东" * 5_000]
)
def test_ten_thousand_characters_are_compared(text):
    assert 0 <= name_score(text, text + "乐").score < 100


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_what_cannot_be_stored_is_refused(text):
    with pytest.raises(TextUnreadable):
        name_score(text, "福寿养老院")
