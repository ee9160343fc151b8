"""Sample assessments: a body with assessors who can sign in, results of every level, one objected to, two at hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from residents.assessments.models import Assessment, Assessor
from residents.assessments.scales import Scale, scale
from residents.assessments.services import (
    assign_assessment,
    enter_sample_results,
    keep_answers,
    link_account,
    object_to_result,
    register_assessor,
    register_body,
    sign_assessment,
)
from residents.assessments.services.appointing import NewAssessor, NewBody
from residents.assessments.services.assessing import USUAL_SCALE
from residents.assessments.services.entering import SampleResult
from residents.assessments.states import Background, Objector
from residents.registry.models import Resident
from sojourn.accounts.actors import actor_for
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.clock import today
from sojourn.local.sample.bureau import Bureau
from sojourn.local.sample.people import ASSESSORS

QUALIFIED_FROM = date(2024, 1, 1)
RESULTS = 60
OLDEST = 330
# A little more than the objection's window would be refused; this is well within it.
OBJECTED_AFTER = timedelta(days=6)
OTHERS = (("样例·江照野", Background.MEDICAL), ("样例·许问渠", Background.OTHER))
NOTHING = {"coma": False, "dementia": False, "mental_disorder": False, "care_risk_events": 0}


def write_abilities(bureau: Bureau) -> None:
    """The body stands with its assessors, sample residents have results, and work waits for them."""
    nurse, social = _assessors(bureau)
    residents = list(bureau.residents()[: RESULTS + 2])
    *assessed, begun, half = residents
    made = _results(assessed, (nurse, social))
    object_to_result(
        assessment_id=made[0].pk,
        objector=Objector.values[0],
        grounds="样例：评估当天正在感冒，平时自己能做的更多。",
        actor=bureau.province,
    )
    _at_hand(begun, (nurse, social), bureau)
    _at_hand(half, (nurse, social), bureau, signed=True)


def _assessors(bureau: Bureau) -> tuple[Assessor, Assessor]:
    """Two who can sign in, and two more, so that somebody is left for a review."""
    place = bureau.county_code
    facts = NewBody(
        name="样例·候鸟能力评估中心", credit_code=None, qualified_from=QUALIFIED_FROM, is_sample=True
    )
    body = register_body(division_code=place, facts=facts, actor=SYSTEM)
    people = [*((name, background) for _, name, background in ASSESSORS), *OTHERS]
    registered = [
        register_assessor(
            body_id=body.pk,
            facts=NewAssessor(
                name=name,
                background=background,
                certificate=f"样例-证书-{at}",
                qualified_from=QUALIFIED_FROM,
                is_sample=True,
            ),
            actor=SYSTEM,
        )
        for at, (name, background) in enumerate(people, start=1)
    ]
    nurse, social = (
        link_account(assessor_id=assessor.pk, username=username, actor=SYSTEM)
        for assessor, (username, _, _) in zip(registered, ASSESSORS, strict=False)
    )
    return nurse, social


def _results(residents: list[Resident], pair: tuple[Assessor, Assessor]) -> list[Assessment]:
    """A result of each; the first is a few days old, and its window for an objection is open."""
    rng, used = Random("sojourn abilities"), scale(*USUAL_SCALE)  # noqa: S311 - reproducible, not secret
    days = [OBJECTED_AFTER, *(timedelta(days=rng.randrange(10, OLDEST)) for _ in residents[1:])]
    results = [
        SampleResult(
            resident_id=resident.pk,
            first_assessor_id=pair[0].pk,
            second_assessor_id=pair[1].pk,
            assessed_on=today() - ago,
            answers=_answers(rng, used),
            circumstances=NOTHING,
        )
        for resident, ago in zip(residents, days, strict=True)
    ]
    return enter_sample_results(results=results, actor=SYSTEM)


def _at_hand(
    resident: Resident, pair: tuple[Assessor, Assessor], bureau: Bureau, *, signed: bool = False
) -> None:
    """An assessment under way: half filled in, or whole and signed by the first of the two."""
    nurse, social = pair
    draft = assign_assessment(
        resident_id=resident.pk,
        assignment={"first_assessor_id": nurse.pk, "second_assessor_id": social.pk, "reason": "first"},
        actor=bureau.province,
    )
    used = scale(*USUAL_SCALE)
    answers = _answers(Random("sojourn at hand"), used)  # noqa: S311 - reproducible, not secret
    kept = answers if signed else dict(list(answers.items())[: len(answers) // 2])
    keep_answers(
        assessment_id=draft.pk,
        answers=kept,
        circumstances=NOTHING if signed else {},
        assessed_on=today(),
        actor=_as(nurse),
    )
    if signed:
        sign_assessment(assessment_id=draft.pk, actor=_as(nurse))


def _as(assessor: Assessor) -> Actor:
    return actor_for(User.objects.get(pk=assessor.user_id), second_factor=True)


def _answers(rng: Random, used: Scale) -> Mapping[str, int]:
    """Answers of somebody as able as drawn; nobody lies in a coma."""
    able = 1.15 * rng.betavariate(1.8, 0.7)
    asleep = {need.item for one in used.circumstances for need in one.requires}
    answers = {}
    for code, item in used.items.items():
        scores = sorted(option.score for option in item.options)
        at = round(min(1.0, max(0.0, rng.gauss(able, 0.08))) * (len(scores) - 1))
        answers[code] = scores[max(at, 1) if code in asleep else at]
    return answers
