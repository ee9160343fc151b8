"""Assessments worked out by hand from GB/T 42195-2022: answers in, sums, levels and adjustments out.

The four groups of digits are the answers of B.1 (8 items, 32 points), B.2 (4, 15), B.3 (9, 28) and B.4
(5, 15), in the order of the standard. Levels: 90; 66 to 89; 46 to 65; 30 to 45; 0 to 29.
"""

import pytest

from residents.assessments.scoring import score
from tests.residents.assessments.answers import NOTHING, SCALE, answered

# (what is shown, answers, sums of B.1 to B.4, total, preliminary level)
BY_TOTAL = [
    # Every item answered best, and worst.
    ("all best", "44444444 4443 444444112 22434", (32, 15, 28, 15), 90, "intact"),
    ("all worst", "00000000 0000 000000000 00000", (0, 0, 0, 0), 0, "complete"),
    # Both sides of 90.
    ("one point lost in eating", "34444444 4443 444444112 22434", (31, 15, 28, 15), 89, "mild"),
    ("one point lost on the stairs", "44444444 4442 444444112 22434", (32, 14, 28, 15), 89, "mild"),
    ("one point lost by aggression", "44444444 4443 444444012 22434", (32, 15, 27, 15), 89, "mild"),
    ("one point lost in company", "44444444 4443 444444112 22433", (32, 15, 28, 14), 89, "mild"),
    # Both sides of 66.
    ("67 points", "33333333 3332 333333112 12322", (24, 11, 22, 10), 67, "mild"),
    ("66 points", "33333333 3332 333333112 11322", (24, 11, 22, 9), 66, "mild"),
    ("65 points", "33333333 3332 333333112 11321", (24, 11, 22, 8), 65, "moderate"),
    ("64 points", "33333333 3332 333333112 11311", (24, 11, 22, 7), 64, "moderate"),
    ("64 points, the body weak", "22221122 2221 444444112 22434", (14, 7, 28, 15), 64, "moderate"),
    ("66 points, the mind clear", "22222222 2221 444444112 22434", (16, 7, 28, 15), 66, "mild"),
    ("65 points, the mind clear", "22222221 2221 444444112 22434", (15, 7, 28, 15), 65, "moderate"),
    ("69 points, the mind weak", "44444444 4443 111111112 22422", (32, 15, 10, 12), 69, "mild"),
    ("65 points, the mind weak", "44444444 4443 111111012 22410", (32, 15, 9, 9), 65, "moderate"),
    # Both sides of 46.
    ("47 points", "22222222 2222 222222112 11212", (16, 8, 16, 7), 47, "moderate"),
    ("46 points", "22222222 2222 222222111 11212", (16, 8, 15, 7), 46, "moderate"),
    ("45 points", "12222222 2222 222222111 11212", (15, 8, 15, 7), 45, "severe"),
    ("44 points", "11222222 2222 222222111 11212", (14, 8, 15, 7), 44, "severe"),
    ("46 points, the body strong", "44444444 4442 000000000 00000", (32, 14, 0, 0), 46, "moderate"),
    ("45 points, the body strong", "44444444 4432 000000000 00000", (32, 13, 0, 0), 45, "severe"),
    ("46 points, the body gone", "00000011 0001 444444112 22434", (2, 1, 28, 15), 46, "moderate"),
    ("45 points, the body gone", "00000011 0000 444444112 22434", (2, 0, 28, 15), 45, "severe"),
    # Both sides of 30.
    ("31 points", "11111111 1111 222111111 11122", (8, 4, 12, 7), 31, "severe"),
    ("30 points", "11111111 1111 222111111 11112", (8, 4, 12, 6), 30, "severe"),
    ("29 points", "11111111 1110 222111111 11112", (8, 3, 12, 6), 29, "complete"),
    ("28 points", "11111111 1100 222111111 11112", (8, 2, 12, 6), 28, "complete"),
    ("30 points, only the mind", "00000000 0000 444444112 20000", (0, 0, 28, 2), 30, "severe"),
    ("29 points, only the mind", "00000000 0000 444444112 10000", (0, 0, 28, 1), 29, "complete"),
    ("30 points, only self-care", "44444442 0000 000000000 00000", (30, 0, 0, 0), 30, "severe"),
    ("29 points, only self-care", "44444441 0000 000000000 00000", (29, 0, 0, 0), 29, "complete"),
    # One dimension alone, and one point.
    ("self-care alone", "44444444 0000 000000000 00000", (32, 0, 0, 0), 32, "severe"),
    ("movement alone", "00000000 4443 000000000 00000", (0, 15, 0, 0), 15, "complete"),
    ("the mind alone", "00000000 0000 444444112 00000", (0, 0, 28, 0), 28, "complete"),
    ("senses and company alone", "00000000 0000 000000000 22434", (0, 0, 0, 15), 15, "complete"),
    ("one point in all", "00000000 0000 000000010 00000", (0, 0, 1, 0), 1, "complete"),
    # Each item at its worst, everything else best: what is lost is the item's maximum.
    ("B.1.1 worst", "04444444 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.2 worst", "40444444 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.3 worst", "44044444 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.4 worst", "44404444 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.5 worst", "44440444 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.6 worst", "44444044 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.7 worst", "44444404 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.1.8 worst", "44444440 4443 444444112 22434", (28, 15, 28, 15), 86, "mild"),
    ("B.2.1 worst", "44444444 0443 444444112 22434", (32, 11, 28, 15), 86, "mild"),
    ("B.2.2 worst", "44444444 4043 444444112 22434", (32, 11, 28, 15), 86, "mild"),
    ("B.2.3 worst", "44444444 4403 444444112 22434", (32, 11, 28, 15), 86, "mild"),
    ("B.2.4 worst", "44444444 4440 444444112 22434", (32, 12, 28, 15), 87, "mild"),
    ("B.3.1 worst", "44444444 4443 044444112 22434", (32, 15, 24, 15), 86, "mild"),
    ("B.3.2 worst", "44444444 4443 404444112 22434", (32, 15, 24, 15), 86, "mild"),
    ("B.3.3 worst", "44444444 4443 440444112 22434", (32, 15, 24, 15), 86, "mild"),
    ("B.3.4 worst", "44444444 4443 444044112 22434", (32, 15, 24, 15), 86, "mild"),
    ("B.3.5 worst", "44444444 4443 444404112 22434", (32, 15, 24, 15), 86, "mild"),
    ("B.3.6 worst", "44444444 4443 444440112 22434", (32, 15, 24, 15), 86, "mild"),
    ("B.3.7 worst", "44444444 4443 444444012 22434", (32, 15, 27, 15), 89, "mild"),
    ("B.3.8 worst", "44444444 4443 444444102 22434", (32, 15, 27, 15), 89, "mild"),
    ("B.3.9 worst", "44444444 4443 444444110 22434", (32, 15, 26, 15), 88, "mild"),
    ("B.4.1 worst", "44444444 4443 444444112 02434", (32, 15, 28, 13), 88, "mild"),
    ("B.4.2 worst", "44444444 4443 444444112 20434", (32, 15, 28, 13), 88, "mild"),
    ("B.4.3 worst", "44444444 4443 444444112 22034", (32, 15, 28, 11), 86, "mild"),
    ("B.4.4 worst", "44444444 4443 444444112 22404", (32, 15, 28, 12), 87, "mild"),
    ("B.4.5 worst", "44444444 4443 444444112 22430", (32, 15, 28, 11), 86, "mild"),
    # People as they are met.
    ("sprightly, hears badly", "44444444 4443 444444112 21434", (32, 15, 28, 14), 89, "mild"),
    ("after a stroke", "32211332 3220 444443112 22312", (17, 7, 27, 10), 61, "moderate"),
    ("forgetful, strong", "44333444 4443 222233112 22322", (29, 15, 18, 11), 73, "mild"),
    ("bedridden, awake", "10000000 1000 332233112 11101", (1, 1, 20, 4), 26, "complete"),
    ("late dementia, walks", "21111111 4431 010111001 11000", (9, 12, 5, 2), 28, "complete"),
    ("frail at ninety", "43233434 3321 334344112 11312", (26, 9, 25, 8), 68, "mild"),
    ("after a broken hip", "43122443 2110 444444112 22413", (23, 4, 28, 12), 67, "mild"),
    ("two strokes", "21110110 1100 322121102 11001", (7, 2, 14, 3), 26, "complete"),
    ("needs many hands", "22122221 2210 323232112 11112", (14, 5, 19, 6), 44, "severe"),
]

# (answers, sums, total, preliminary, circumstances, what coma, diagnosis and events did, final level)
INTACT = ("44444444 4443 444444112 22434", (32, 15, 28, 15), 90, "intact")
MILD = ("33333333 3332 333333112 11322", (24, 11, 22, 9), 66, "mild")
MODERATE = ("22222222 2222 222222111 11212", (16, 8, 15, 7), 46, "moderate")
SEVERE = ("11111111 1111 222111111 11112", (8, 4, 12, 6), 30, "severe")
COMPLETE = ("11111111 1110 222111111 11112", (8, 3, 12, 6), 29, "complete")
# Coma goes with the worst answer on consciousness only.
ASLEEP_MILD = ("44444444 4443 444444110 22434", (32, 15, 26, 15), 88, "mild")
ASLEEP_MODERATE = ("33333333 3332 333333110 11322", (24, 11, 20, 9), 64, "moderate")
ASLEEP_SEVERE = ("22222222 2222 222222110 11211", (16, 8, 14, 6), 44, "severe")
ASLEEP_COMPLETE = ("00000000 0000 000000110 00000", (0, 0, 2, 0), 2, "complete")

NOT, SET, UP = "not_met", "set", "raised"
ALREADY, DIRECT, WORST = "raised_already", "set_already", "at_worst"

ADJUSTED = [
    # None of them.
    (*INTACT, {}, (NOT, NOT, NOT), "intact"),
    (*MILD, {}, (NOT, NOT, NOT), "mild"),
    (*MODERATE, {}, (NOT, NOT, NOT), "moderate"),
    (*SEVERE, {}, (NOT, NOT, NOT), "severe"),
    (*COMPLETE, {}, (NOT, NOT, NOT), "complete"),
    # Deeply asleep is the same answer as coma, and by itself changes nothing.
    (*ASLEEP_MILD, {}, (NOT, NOT, NOT), "mild"),
    # Coma alone.
    (*ASLEEP_MILD, {"coma": True}, (SET, NOT, NOT), "complete"),
    (*ASLEEP_MODERATE, {"coma": True}, (SET, NOT, NOT), "complete"),
    (*ASLEEP_SEVERE, {"coma": True}, (SET, NOT, NOT), "complete"),
    (*ASLEEP_COMPLETE, {"coma": True}, (SET, NOT, NOT), "complete"),
    # Dementia alone.
    (*INTACT, {"dementia": True}, (NOT, UP, NOT), "mild"),
    (*MILD, {"dementia": True}, (NOT, UP, NOT), "moderate"),
    (*MODERATE, {"dementia": True}, (NOT, UP, NOT), "severe"),
    (*SEVERE, {"dementia": True}, (NOT, UP, NOT), "complete"),
    (*COMPLETE, {"dementia": True}, (NOT, WORST, NOT), "complete"),
    # Another mental disorder alone; both diagnoses are one adjustment.
    (*INTACT, {"mental_disorder": True}, (NOT, UP, NOT), "mild"),
    (*MILD, {"mental_disorder": True}, (NOT, UP, NOT), "moderate"),
    (*MODERATE, {"mental_disorder": True}, (NOT, UP, NOT), "severe"),
    (*SEVERE, {"mental_disorder": True}, (NOT, UP, NOT), "complete"),
    (*COMPLETE, {"mental_disorder": True}, (NOT, WORST, NOT), "complete"),
    (*MILD, {"dementia": True, "mental_disorder": True}, (NOT, UP, NOT), "moderate"),
    # Events of the last 30 days: one is not enough, two are, more raise no further.
    (*INTACT, {"care_risk_events": 1}, (NOT, NOT, NOT), "intact"),
    (*MODERATE, {"care_risk_events": 1}, (NOT, NOT, NOT), "moderate"),
    (*INTACT, {"care_risk_events": 2}, (NOT, NOT, UP), "mild"),
    (*MILD, {"care_risk_events": 2}, (NOT, NOT, UP), "moderate"),
    (*MODERATE, {"care_risk_events": 2}, (NOT, NOT, UP), "severe"),
    (*SEVERE, {"care_risk_events": 2}, (NOT, NOT, UP), "complete"),
    (*COMPLETE, {"care_risk_events": 2}, (NOT, NOT, WORST), "complete"),
    (*MILD, {"care_risk_events": 7}, (NOT, NOT, UP), "moderate"),
    # Diagnosis and events together: one rise in all (assumed, see the scale's open question).
    (*INTACT, {"dementia": True, "care_risk_events": 2}, (NOT, UP, ALREADY), "mild"),
    (*MILD, {"dementia": True, "care_risk_events": 2}, (NOT, UP, ALREADY), "moderate"),
    (*MODERATE, {"mental_disorder": True, "care_risk_events": 3}, (NOT, UP, ALREADY), "severe"),
    (*SEVERE, {"dementia": True, "care_risk_events": 2}, (NOT, UP, WORST), "complete"),
    (*COMPLETE, {"dementia": True, "care_risk_events": 2}, (NOT, WORST, WORST), "complete"),
    (*MILD, {"dementia": True, "care_risk_events": 1}, (NOT, UP, NOT), "moderate"),
    # Coma with another, and all together.
    (*ASLEEP_MILD, {"coma": True, "dementia": True}, (SET, DIRECT, NOT), "complete"),
    (*ASLEEP_MODERATE, {"coma": True, "care_risk_events": 2}, (SET, NOT, DIRECT), "complete"),
    (
        *ASLEEP_COMPLETE,
        {"coma": True, "dementia": True, "mental_disorder": True, "care_risk_events": 2},
        (SET, DIRECT, DIRECT),
        "complete",
    ),
]


def test_there_are_enough_assessments_worked_out_by_hand():
    assert len(BY_TOTAL) + len(ADJUSTED) >= 60


@pytest.mark.parametrize(
    ("digits", "sums", "total", "level"), [row[1:] for row in BY_TOTAL], ids=[row[0] for row in BY_TOTAL]
)
def test_the_total_decides_the_level(digits, sums, total, level):
    result = score(SCALE, answered(digits), NOTHING)

    assert (tuple(result.sums.values()), result.total) == (sums, total)
    assert (result.preliminary, result.level) == (level, level)
    assert result.reasons == ("total",)


@pytest.mark.parametrize(
    ("digits", "sums", "total", "preliminary", "circumstances", "outcomes", "level"),
    ADJUSTED,
    ids=[f"{row[3]} {' '.join(row[4]) or 'nothing'} {number}" for number, row in enumerate(ADJUSTED)],
)
def test_circumstances_change_the_level(digits, sums, total, preliminary, circumstances, outcomes, level):
    result = score(SCALE, answered(digits), NOTHING | circumstances)

    assert (tuple(result.sums.values()), result.total) == (sums, total)
    assert (result.preliminary, result.level) == (preliminary, level)
    assert [(one.code, one.outcome) for one in result.adjustments] == list(
        zip(("coma", "dementia_or_mental_disorder", "care_risk_events"), outcomes, strict=True)
    )
