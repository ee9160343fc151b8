"""Bodies, assessors and assessments; invented. An assessment is made by its verbs: there is no other way to a level."""

from datetime import date

import factory

from residents.assessments.models import Assessment, AssessmentBody, Assessor
from residents.assessments.naming import ASSESSOR_COUNTER, ASSESSOR_PREFIX, BODY_COUNTER, BODY_PREFIX
from residents.assessments.services import assign_assessment, keep_answers, sign_assessment
from residents.assessments.states import Background
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import today
from sojourn.core.counters import next_numbers
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import ResidentFactory
from tests.residents.assessments.answers import BEST, NOTHING


class BodyFactory(factory.django.DjangoModelFactory):
    """A body of a county of Guangzhou, qualified since 2024 without an end."""

    class Meta:
        model = AssessmentBody

    owner = factory.LazyAttribute(lambda row: f"{row.division_id[:2]}0000")
    number = factory.LazyAttribute(
        lambda row: next_numbers(prefix=BODY_PREFIX, counter=BODY_COUNTER, province_codes=[row.owner])[0]
    )
    name = factory.Sequence(lambda n: f"样例评估中心{n}")
    division_id = "440106"
    qualified_from = date(2024, 1, 1)
    is_sample = True


class AssessorFactory(factory.django.DjangoModelFactory):
    """A nurse of a body with an account of her own, which reaches no division; traits for what speaks against her."""

    class Meta:
        model = Assessor

    class Params:
        suspended = factory.Trait(status="suspended", suspended_for="样例：证书核查")
        run_out = factory.Trait(qualified_until=date(2025, 12, 31))
        without_medicine = factory.Trait(background=Background.OTHER)

    body = factory.SubFactory(BodyFactory)
    owner = factory.SelfAttribute("body.owner")
    number = factory.LazyAttribute(
        lambda row: next_numbers(
            prefix=ASSESSOR_PREFIX, counter=ASSESSOR_COUNTER, province_codes=[row.owner]
        )[0]
    )
    name = factory.Sequence(lambda n: f"样例·评估员{n}")
    user_id = factory.LazyFunction(lambda: UserFactory().pk)
    background = Background.NURSING
    qualified_from = date(2024, 1, 1)
    is_sample = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs) -> Assessor:
        assessor = super()._create(model_class, *args, **kwargs)
        if assessor.user_id is not None:
            MembershipFactory(
                user=User.objects.get(pk=assessor.user_id),
                role=Role.OFFICER,
                division_code=assessor.body.division_id,
                holder_kind="assessor",
                holder_id=assessor.pk,
            )
        return assessor


def actor_of(assessor: Assessor, *, second_factor: bool = True) -> Actor:
    """The assessor as she has signed in: of the staff, without a division."""
    return Actor(role=Role.OFFICER, user_id=assessor.user_id, second_factor=second_factor)


def pair_of(body: AssessmentBody | None = None) -> tuple[Assessor, Assessor]:
    """Two assessors of one body, a nurse and a social worker."""
    body = body or BodyFactory()
    return AssessorFactory(body=body), AssessorFactory(body=body, without_medicine=True)


def drafted(resident=None, pair=None, **assignment) -> Assessment:
    """An assessment that was assigned and not begun."""
    first, second = pair or pair_of()
    return assign_assessment(
        resident_id=(resident or ResidentFactory()).pk,
        assignment={
            "first_assessor_id": first.pk,
            "second_assessor_id": second.pk,
            "reason": "first",
            **assignment,
        },
        actor=SYSTEM,
    )


def filled(resident=None, pair=None, *, answers=BEST, circumstances=NOTHING, assessed_on=None, **assignment):
    """An assessment with every item answered and nobody's signature."""
    draft = drafted(resident, pair, **assignment)
    return keep_answers(
        assessment_id=draft.pk,
        answers=answers,
        circumstances=circumstances,
        assessed_on=assessed_on or today(),
        actor=actor_of(draft.first_assessor),
    )


def final(resident=None, pair=None, **findings) -> Assessment:
    """An assessment that both signed."""
    return signed_by_both(filled(resident, pair, **findings))


def signed_by_both(assessment: Assessment) -> Assessment:
    for assessor in (assessment.first_assessor, assessment.second_assessor):
        assessment = sign_assessment(assessment_id=assessment.pk, actor=actor_of(assessor))
    return assessment
