"""Whoever has a result that ends is told once, and her bureau finds it and has her assessed anew."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from residents.assessments.errors import AssessmentAtHand, NoSuchAssessment, NotYourAssessment
from residents.assessments.models import Assessment, EndingTold
from residents.assessments.services import (
    discard_assessment,
    ended,
    ending,
    ending_soon,
    reassess,
    tell_endings,
)
from residents.assessments.tasks import tell_endings as job
from residents.registry.services import erase_resident, record_death
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, today
from sojourn.core.models import AuditEntry
from sojourn.messages.models import Message
from tests.accounts.telephone import last_message, words_of
from tests.factories.accounts import MembershipFactory
from tests.factories.assessments import drafted, final, pair_of
from tests.factories.provinces import RuleFactory
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.services.test_entering import crosswalk, original, recognise
from tests.residents.merging import merged
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
MADE, ENDS = date(2026, 3, 10), date(2027, 3, 10)
FIRST_DAY, DAY = ENDS - timedelta(days=45), timedelta(days=1)
PHONE = "10055500066"


def made(resident=None, on: date = MADE, **more) -> Assessment:
    with frozen(on):
        return final(resident, assessed_on=on, **more)


@pytest.fixture
def result(settings) -> Assessment:
    with frozen(MADE):
        resident = ResidentFactory(phone=PHONE)
    return made(resident)


def told_on(day: date) -> int:
    with frozen(day):
        return tell_endings()


def of_topic() -> int:
    return Message.objects.filter(topic="assessment_ending").count()


def test_she_is_told_once_within_the_days_of_the_rule(result):
    assert result.valid_until == ENDS
    assert told_on(FIRST_DAY - DAY) == 0
    assert told_on(FIRST_DAY) == 1
    assert [told_on(day) for day in (FIRST_DAY, FIRST_DAY + DAY, ENDS)] == [0, 0, 0]

    with frozen(FIRST_DAY):
        words = words_of(last_message(PHONE))
    assert "2027-03-10到期" in words
    assert not any(private in words for private in ("单雪雁", result.number, "失能"))
    assert of_topic() == 1
    assert AuditEntry.objects.filter(action="assessment.ending_told").count() == 1


def test_how_long_before_the_rule_of_her_member_says(result):
    RuleFactory(key="assessment_ending_days", member_id="440000", value=10)

    assert told_on(ENDS - timedelta(days=11)) == 0
    assert told_on(ENDS - timedelta(days=10)) == 1


def test_what_a_lost_run_left_the_next_one_finds(result, monkeypatch):
    def lost(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(ending, "tell_resident", lost)
        with pytest.raises(RuntimeError), frozen(FIRST_DAY):
            job()
    assert not EndingTold.objects.exists()

    with frozen(ENDS):
        assert job() == 1
    assert of_topic() == 1


def test_what_ended_before_anybody_was_told_stands_in_the_list_alone(result):
    assert told_on(ENDS + DAY) == 0

    with frozen(ENDS + DAY):
        assert ended(Assessment.objects.all()).get() == result
        assert not ending_soon(Assessment.objects.all()).exists()


def test_her_guardian_is_told_by_her_own_telephone_and_kin_are_not(result):
    with frozen(FIRST_DAY):
        guardian, child = family_member("10055500011"), family_member("10055500022")
        linked(guardian, result.resident)
        linked(child, result.resident, "child")
        before = Message.objects.count()

        assert tell_endings() == 1

        assert "您照护的老年人" in words_of(last_message("10055500011"))
        assert of_topic() == Message.objects.count() - before == 2


@pytest.mark.parametrize("leave", ["died", "erased", "renewed", "being renewed"])
def test_of_whom_nothing_has_to_be_made_anew_nobody_is_told(result, leave, own_keyring):
    with frozen(FIRST_DAY - DAY):
        match leave:
            case "died":
                record_death(resident_id=result.resident_id, died_on=today(), actor=SYSTEM)
            case "erased":
                erase_resident(resident_id=result.resident_id, ground="purpose_ended", actor=SYSTEM)
            case "renewed":
                final(result.resident, assessed_on=today())
            case "being renewed":
                drafted(result.resident)

    assert told_on(FIRST_DAY) == 0
    with frozen(ENDS + DAY):
        assert not ended(Assessment.objects.filter(pk=result.pk)).exists()


@pytest.mark.parametrize("level", ["2", "3"], ids=["recognised", "to be assessed anew"])
def test_another_members_newer_result_stands_in_for_one_of_ours_where_it_is_recognised(result, level):
    with frozen(FIRST_DAY - DAY):
        crosswalk()
        recognise(
            result.resident, original(from_level=level, assessed_on=today(), valid_until=ENDS + 90 * DAY)
        )

    assert told_on(FIRST_DAY) == (0 if level == "2" else 1)


def test_a_renewal_that_came_to_nothing_counts_for_nothing(result):
    with frozen(FIRST_DAY - DAY):
        draft = drafted(result.resident)
        discard_assessment(assessment_id=draft.pk, reason="未能到场", actor=SYSTEM)

    assert told_on(FIRST_DAY) == 1


@pytest.mark.parametrize("renewed", [False, True])
def test_of_a_registration_that_went_into_another_the_one_that_stands_is_told(result, renewed):
    with frozen(FIRST_DAY - DAY):
        survivor = ResidentFactory(phone="10055500033")
        if renewed:
            final(survivor, assessed_on=today())
        merged(result.resident, survivor)

    assert told_on(FIRST_DAY) == (0 if renewed else 1)
    assert of_topic() == (0 if renewed else 1)
    if not renewed:
        assert "到期" in words_of(last_message("10055500033"))


def test_her_bureau_finds_what_ends_and_begins_from_there(result):
    elsewhere = made(ResidentFactory(home_division_code="440103"))
    later = made(ResidentFactory(), on=FIRST_DAY)
    with frozen(FIRST_DAY):
        officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)
        first, second = pair_of()
        listed = officer.get(reverse("admin:assessments_assessment_changelist"), {"standing": "ending"})
        page = officer.get(reverse("admin:assessments_assessment_change", args=[result.pk]))
        again = reverse("admin:assessments_assessment_reassess", args=[result.pk])
        answer = officer.post(again, {"first_assessor": first.number, "second_assessor": second.number})

    found = listed.content.decode()
    assert [one.number in found for one in (result, elsewhere, later)] == [True, False, False]
    assert again in page.content.decode()
    draft = Assessment.objects.get(status="draft")
    assert answer.url == reverse("admin:assessments_assessment_change", args=[draft.pk])
    assert (draft.resident, draft.reason, draft.scale_code) == (result.resident, "routine", result.scale_code)
    with frozen(FIRST_DAY):
        listed = officer.get(reverse("admin:assessments_assessment_changelist"), {"standing": "ending"})
        assert result.number not in listed.content.decode()


@pytest.mark.parametrize(
    ("standing", "day", "order"), [("ending", FIRST_DAY, [1, 2, 0]), ("ended", ENDS + DAY, [0, 2, 1])]
)
def test_what_ends_first_stands_first_and_of_what_has_ended_what_ended_last(standing, day, order):
    rows = [made(ResidentFactory(home_division_code="440106"), on=MADE - days * DAY) for days in (0, 2, 1)]
    listing = reverse("admin:assessments_assessment_changelist")
    with frozen(day):
        officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)
        found = officer.get(listing, {"standing": standing}).content.decode()

    assert sorted(range(3), key=lambda place: found.index(rows[place].number)) == order


def test_only_her_home_has_her_assessed_anew_and_not_twice(result):
    first, second = pair_of()
    pair = {"first_assessor_id": first.pk, "second_assessor_id": second.pk}
    with frozen(FIRST_DAY):
        for actor, refusal in (
            (staff("23"), NoSuchAssessment),
            (staff("44", role=Role.AUDITOR), NotYourAssessment),
        ):
            with pytest.raises(refusal):
                reassess(assessment_id=result.pk, actor=actor, **pair)
        assert Assessment.objects.get() == result

        reassess(assessment_id=result.pk, actor=staff("440106"), **pair)
        with pytest.raises(AssessmentAtHand):
            reassess(assessment_id=result.pk, actor=staff("440106"), **pair)
