from datetime import date, timedelta

import pytest
from django.db import connection

from residents.assessments.errors import (
    AlreadySigned,
    AnswersInvalid,
    AssessedBeforeBirth,
    AssessedInFuture,
    AssessmentAtHand,
    AssessorInterested,
    AssessorOfAnotherBody,
    AssessorSuspended,
    AssessorUnqualified,
    BodySuspended,
    BodyUnqualified,
    NoMedicalBackground,
    NoSuchAssessment,
    NotYourAssessment,
    ResidentNotAlive,
    SameAssessor,
)
from residents.assessments.findings import opened
from residents.assessments.models import Assessment
from residents.assessments.services import (
    assign_assessment,
    declare_interest,
    differing,
    discard_assessment,
    findings_of,
    keep_answers,
    renew_assessor,
    renew_body,
    return_assessment,
    sign_assessment,
    suspend_assessor,
    suspend_body,
)
from residents.assessments.states import ASSESSMENT_FLOW, AssessmentStatus
from residents.registry.errors import NotYourResident
from residents.registry.services import record_death
from residents.registry.services.holding import safe_of
from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import LostUpdate, SecondFactorNeeded, WrongStatus
from sojourn.core.trail import entries_about
from tests.factories.accounts import MembershipFactory
from tests.factories.assessments import (
    AssessorFactory,
    BodyFactory,
    actor_of,
    drafted,
    filled,
    final,
    pair_of,
)
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import BEST, DEEPLY_ASLEEP, EXACTLY_MILD, NOTHING, SCALE

pytestmark = pytest.mark.django_db


def sign(assessment: Assessment, assessor=None) -> Assessment:
    return sign_assessment(assessment_id=assessment.pk, actor=actor_of(assessor or assessment.first_assessor))


def unchanged(assessment: Assessment) -> bool:
    """Nothing came of it: no signature, no level, no line."""
    row = Assessment.objects.get(pk=assessment.pk)
    signed = entries_about(row).filter(action="assessment.signed").exists()
    return (row.status, row.level, row.first_signed_at, signed) == ("draft", None, None, False)


def test_two_sign_and_the_result_is_final_with_its_level_and_its_last_day():
    with frozen(date(2026, 2, 28)):
        assessment = filled(answers=EXACTLY_MILD)
        once = sign(assessment)
        twice = sign(assessment, assessment.second_assessor)

    assert (once.status, once.level, once.concluded_on) == ("signed_once", "mild", None)
    assert (twice.status, twice.level) == ("final", "mild")
    assert (twice.assessed_on, twice.valid_until) == (date(2026, 2, 28), date(2027, 2, 28))
    assert twice.concluded_on == date(2026, 2, 28)
    assert twice.scale_digest == SCALE.digest
    assert [
        line.facts for line in entries_about(twice).filter(action="assessment.signed").order_by("id")
    ] == [
        {"status": "signed_once"},
        {"status": "final"},
    ]


def test_either_may_sign_first():
    assessment = filled()

    once = sign(assessment, assessment.second_assessor)

    assert once.first_signed_at is None
    assert once.second_signed_at is not None
    assert sign(assessment).status == "final"


def test_what_was_found_is_kept_under_her_own_key_and_the_level_is_readable():
    assessment = final(answers=DEEPLY_ASLEEP, circumstances=NOTHING | {"coma": True})

    assert assessment.level == "complete"
    assert "B.1.1" not in assessment.findings_cipher
    found = opened(assessment.findings_cipher, safe_of(assessment.resident), assessment.pk)
    assert found.answers == DEEPLY_ASLEEP
    assert found.total == 88
    assert sum(found.sums.values()) == 88
    assert found.reasons == ("total", "coma.set")
    assert "88" not in repr(found)


def test_every_stored_result_is_what_its_answers_come_to():
    final()
    final(answers=EXACTLY_MILD)
    wrong = final()

    assert list(differing()) == []

    with connection.cursor() as cursor:  # as nobody can but the owner of the database
        cursor.execute("SET LOCAL pgtrigger.ignore = '{pgtrigger_concluded_stands_33c44}'")
    Assessment.objects.filter(pk=wrong.pk).update(level="severe")
    assert list(differing()) == [wrong.number]


# --- drafts ---------------------------------------------------------------------------------------
def test_a_half_filled_draft_is_kept_and_loses_nothing():
    draft = drafted()
    some = dict(list(EXACTLY_MILD.items())[:12])

    kept = keep_answers(
        assessment_id=draft.pk,
        answers=some,
        circumstances={"coma": False},
        actor=actor_of(draft.second_assessor),
    )

    found = findings_of(kept, actor_of(draft.first_assessor))
    assert (found.answers, found.circumstances) == (some, {"coma": False})
    assert found.filled(SCALE) == 12
    assert kept.version == draft.version + 1


@pytest.mark.parametrize(
    ("answers", "circumstances", "code"),
    [
        ({"B.1.1": 5}, {}, "above_maximum"),
        ({"B.2.4": 4}, {}, "above_maximum"),
        ({"B.1.1": -1}, {}, "not_an_option"),
        ({"B.9.9": 1}, {}, "unknown_item"),
        ({}, {"coma": "yes"}, "not_yes_or_no"),
        ({}, {"care_risk_events": -1}, "not_a_count"),
        ({}, {"fever": True}, "unknown_circumstance"),
    ],
)
def test_an_answer_that_no_scale_could_hold_is_refused_and_what_was_kept_stays(answers, circumstances, code):
    draft = filled()

    with pytest.raises(AnswersInvalid) as refused:
        keep_answers(
            assessment_id=draft.pk,
            answers=answers,
            circumstances=circumstances,
            actor=actor_of(draft.first_assessor),
        )

    assert [error["code"] for error in refused.value.errors] == [code]
    assert findings_of(Assessment.objects.get(pk=draft.pk), actor_of(draft.first_assessor)).answers == BEST


def test_what_the_other_kept_meanwhile_is_not_overwritten():
    draft = filled()

    with pytest.raises(LostUpdate):
        keep_answers(
            assessment_id=draft.pk,
            answers={},
            circumstances={},
            seen_version=draft.version - 1,
            actor=actor_of(draft.first_assessor),
        )


def test_what_somebody_signed_changes_only_after_it_was_returned():
    assessment = filled()
    sign(assessment)
    change = {
        "assessment_id": assessment.pk,
        "answers": EXACTLY_MILD,
        "circumstances": NOTHING,
        "assessed_on": today(),
    }

    with pytest.raises(WrongStatus):
        keep_answers(**change, actor=actor_of(assessment.second_assessor))
    returned = return_assessment(assessment_id=assessment.pk, actor=actor_of(assessment.second_assessor))

    assert (returned.status, returned.level, returned.first_signed_at) == ("draft", None, None)
    assert keep_answers(**change, actor=actor_of(assessment.second_assessor)).status == "draft"


# --- bad input ------------------------------------------------------------------------------------
def test_a_half_filled_scale_is_not_signed_and_every_gap_is_named():
    draft = drafted()
    some = {code: score for code, score in BEST.items() if code not in {"B.1.3", "B.4.5"}}
    keep_answers(
        assessment_id=draft.pk,
        answers=some,
        circumstances={"coma": False},
        assessed_on=today(),
        actor=actor_of(draft.first_assessor),
    )

    with pytest.raises(AnswersInvalid) as refused:
        sign(draft)

    assert [(error["field"], error["code"]) for error in refused.value.errors] == [
        ("B.1.3", "missing"),
        ("B.4.5", "missing"),
        ("dementia", "missing"),
        ("mental_disorder", "missing"),
        ("care_risk_events", "missing"),
    ]
    assert unchanged(draft)


def test_an_assessment_of_a_day_that_has_not_come_or_before_her_birth_is_not_kept():
    draft = drafted()
    kept = {"assessment_id": draft.pk, "answers": BEST, "circumstances": NOTHING}

    with pytest.raises(AssessedInFuture):
        keep_answers(**kept, assessed_on=today() + timedelta(days=1), actor=actor_of(draft.first_assessor))
    with pytest.raises(AssessedBeforeBirth):
        keep_answers(**kept, assessed_on=date(1948, 3, 8), actor=actor_of(draft.first_assessor))

    assert Assessment.objects.get(pk=draft.pk).findings_cipher is None


def test_without_its_day_nothing_is_signed():
    draft = drafted()
    keep_answers(
        assessment_id=draft.pk, answers=BEST, circumstances=NOTHING, actor=actor_of(draft.first_assessor)
    )

    with pytest.raises(AnswersInvalid) as refused:
        sign(draft)

    assert refused.value.errors[0]["field"] == "assessed_on"
    assert unchanged(draft)


def test_who_died_meanwhile_is_not_assessed():
    assessment = filled()
    record_death(resident_id=assessment.resident_id, died_on=today(), actor=SYSTEM)

    with pytest.raises(ResidentNotAlive):
        sign(assessment)

    assert unchanged(assessment)


def test_the_same_person_does_not_sign_twice():
    assessment = filled()
    sign(assessment)

    with pytest.raises(AlreadySigned):
        sign(assessment)

    assert Assessment.objects.get(pk=assessment.pk).status == "signed_once"


def test_one_person_is_not_both_assessors():
    assessor = AssessorFactory()

    with pytest.raises(SameAssessor):
        drafted(pair=(assessor, assessor))

    assert not Assessment.objects.exists()


def test_two_of_whom_neither_has_a_medical_or_nursing_background_do_not_assess():
    body = BodyFactory()

    with pytest.raises(NoMedicalBackground):
        drafted(pair=tuple(AssessorFactory.create_batch(2, body=body, without_medicine=True)))

    assert not Assessment.objects.exists()


def test_two_of_different_bodies_do_not_assess():
    with pytest.raises(AssessorOfAnotherBody):
        drafted(pair=(AssessorFactory(), AssessorFactory()))


@pytest.mark.parametrize("trait", ["suspended", "run_out"])
def test_who_is_suspended_or_no_longer_qualified_is_not_assigned(trait):
    body = BodyFactory()
    refusal = {"suspended": AssessorSuspended, "run_out": AssessorUnqualified}[trait]

    with pytest.raises(refusal):
        drafted(pair=(AssessorFactory(body=body), AssessorFactory(body=body, **{trait: True})))

    assert not Assessment.objects.exists()


def test_who_was_suspended_after_filling_in_cannot_sign_nor_can_the_other():
    assessment = filled()
    suspend_assessor(assessor_id=assessment.first_assessor_id, reason="样例：证书核查", actor=SYSTEM)

    for assessor in (assessment.first_assessor, assessment.second_assessor):
        with pytest.raises(AssessorSuspended):
            sign(assessment, assessor)

    assert unchanged(assessment)


def test_whose_qualification_ran_out_or_had_not_begun_on_the_day_cannot_sign():
    assessment = filled(assessed_on=date(2024, 1, 1))
    renew_assessor(
        assessor_id=assessment.first_assessor_id, qualified_until=today() - timedelta(days=1), actor=SYSTEM
    )

    with pytest.raises(AssessorUnqualified):
        sign(assessment)

    early = filled(assessed_on=date(2023, 12, 31))
    with pytest.raises(BodyUnqualified):
        sign(early)
    assert unchanged(assessment)
    assert unchanged(early)


def test_nobody_of_a_body_that_is_suspended_or_whose_period_is_over_signs():
    assessment = filled()
    renew_body(body_id=assessment.body_id, qualified_until=today() - timedelta(days=1), actor=SYSTEM)

    with pytest.raises(BodyUnqualified):
        sign(assessment)

    renew_body(body_id=assessment.body_id, qualified_until=None, actor=SYSTEM)
    suspend_body(body_id=assessment.body_id, reason="样例：整改", actor=SYSTEM)
    with pytest.raises(BodySuspended):
        sign(assessment)
    assert unchanged(assessment)


def test_who_is_related_to_her_or_employed_by_the_facility_concerned_cannot_sign():
    facility = FacilityFactory()
    related, employed = filled(), filled(facility_id=facility.pk)
    declare_interest(
        assessor_id=related.first_assessor_id,
        kind="related",
        since=today(),
        resident_id=related.resident_id,
        actor=SYSTEM,
    )
    declare_interest(
        assessor_id=employed.second_assessor_id,
        kind="employed",
        since=today(),
        facility_id=facility.pk,
        actor=SYSTEM,
    )

    for assessment in (related, employed):
        with pytest.raises(AssessorInterested):
            sign(assessment)
        assert unchanged(assessment)


def test_a_tie_to_another_facility_or_one_that_is_over_is_none():
    assessment = filled(facility_id=FacilityFactory().pk)
    declare_interest(
        assessor_id=assessment.first_assessor_id,
        kind="employed",
        since=today(),
        facility_id=FacilityFactory().pk,
        actor=SYSTEM,
    )
    over = declare_interest(
        assessor_id=assessment.first_assessor_id,
        kind="related",
        since=date(2024, 1, 1),
        resident_id=assessment.resident_id,
        actor=SYSTEM,
    )
    type(over).objects.filter(pk=over.pk).update(until=today() - timedelta(days=1))

    assert sign(assessment).status == "signed_once"


def test_whose_account_is_one_of_the_facility_where_she_stays_has_an_interest_nobody_declared():
    assessment, facility = filled(), FacilityFactory()
    AccessFactory(resident=assessment.resident, holder_id=facility.pk)
    MembershipFactory(
        user=User.objects.get(pk=assessment.first_assessor.user_id),
        role=Role.FACILITY,
        division_code="",
        holder_kind="facility",
        holder_id=facility.pk,
    )

    with pytest.raises(AssessorInterested):
        sign(assessment)

    assert unchanged(assessment)


def test_without_the_second_factor_nobody_signs_and_a_third_person_never():
    assessment = filled()

    with pytest.raises(SecondFactorNeeded):
        sign_assessment(
            assessment_id=assessment.pk, actor=actor_of(assessment.first_assessor, second_factor=False)
        )
    with pytest.raises(NoSuchAssessment):
        sign(assessment, AssessorFactory(body=assessment.body))
    with pytest.raises(NotYourAssessment):
        sign_assessment(assessment_id=assessment.pk, actor=staff("44"))

    assert unchanged(assessment)


@pytest.mark.parametrize("status", ["final", "discarded"])
def test_what_is_concluded_or_discarded_is_not_signed(status):
    assessment = final() if status == "final" else filled()
    if status == "discarded":
        discard_assessment(assessment_id=assessment.pk, reason="样例：人员有误", actor=SYSTEM)

    with pytest.raises(WrongStatus):
        sign(assessment)


def test_signing_leads_from_where_the_table_says():
    assert ASSESSMENT_FLOW.sources("sign_first") == {AssessmentStatus.DRAFT}
    assert ASSESSMENT_FLOW.sources("sign_second") == {AssessmentStatus.SIGNED_ONCE}
    assert ASSESSMENT_FLOW.sources("sign_review") == {AssessmentStatus.SIGNED_ONCE}


# --- assigning ------------------------------------------------------------------------------------
def test_her_own_officers_have_her_assessed_once_at_a_time():
    resident, (first, second) = ResidentFactory(), pair_of()
    assignment = {"first_assessor_id": first.pk, "second_assessor_id": second.pk, "reason": "first"}
    given = {"resident_id": resident.pk, "assignment": assignment}

    assessment = assign_assessment(**given, actor=staff("440106"))

    assert (assessment.owner, assessment.status, assessment.kind) == ("440000", "draft", "regular")
    with pytest.raises(AssessmentAtHand) as refused:
        assign_assessment(**given, actor=staff("440106"))
    assert refused.value.detail == assessment.number
    with pytest.raises(NotYourResident):
        assign_assessment(**given, actor=staff("44", role=Role.AUDITOR))
    assert Assessment.objects.count() == 1


def test_an_assessment_that_is_over_makes_room_for_another():
    resident, pair = ResidentFactory(), pair_of()
    first = drafted(resident, pair)
    discard_assessment(assessment_id=first.pk, reason="样例：改期", actor=staff("440106"))

    second = final(resident, pair)
    third = drafted(resident, pair)

    assert [Assessment.objects.get(pk=one.pk).status for one in (first, second, third)] == [
        "discarded",
        "final",
        "draft",
    ]


def test_no_line_of_the_trail_tells_what_was_found():
    final(answers=EXACTLY_MILD)

    facts = str(list(AuditEntry.objects.values_list("facts", flat=True)))

    assert "mild" not in facts
    assert "B.1" not in facts
