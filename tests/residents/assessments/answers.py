"""The ability scale of 2022 and answers to it, for the tests of this room."""

from residents.assessments.scales import scale

SCALE = scale("gbt42195", "2022")
NOTHING = {"coma": False, "dementia": False, "mental_disorder": False, "care_risk_events": 0}


def answered(digits: str) -> dict[str, int]:
    """Digits in the order of the standard as answers by item code: the second of the first group is B.1.2."""
    return {
        f"B.{dimension}.{place}": int(digit)
        for dimension, group in enumerate(digits.split(), start=1)
        for place, digit in enumerate(group, start=1)
    }


BEST = answered("44444444 4443 444444112 22434")
WORST = answered("00000000 0000 000000000 00000")
EXACTLY_MILD = answered("33333333 3332 333333112 11322")  # 66 points
EXACTLY_SEVERE = answered("11111111 1111 222111111 11112")  # 30 points
DEEPLY_ASLEEP = answered("44444444 4443 444444110 22434")  # 88 points, nothing else lost
