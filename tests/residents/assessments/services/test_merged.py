"""Assessments stay as they were made, and count and go on for the registration that stands for her."""

import pytest

from residents.assessments.errors import AssessmentAtHand, AssessorInterested
from residents.assessments.models import Assessment, Review
from residents.assessments.services import (
    assign_assessment,
    declare_interest,
    differing,
    enter_result,
    object_to_result,
    read_items,
    readings_of,
    standing_level,
)
from residents.assessments.services.entering import ElsewhereResult
from residents.registry.errors import MergedAway
from residents.registry.models import Resident
from residents.registry.services import erase_resident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import today
from sojourn.desk.models import WorkItem
from tests.factories.assessments import drafted, filled, final, pair_of, signed_by_both
from tests.factories.residents import ResidentFactory
from tests.residents.actors import staff
from tests.residents.assessments.answers import EXACTLY_MILD, NOTHING
from tests.residents.merging import merged, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def stays(own_keyring) -> Resident:
    return ResidentFactory(home_division_code="440106")


@pytest.fixture
def goes(stays) -> Resident:
    return ResidentFactory(home_division_code="440300")


def level_of(resident: Resident, actor=SYSTEM) -> str | None:
    found = standing_level(resident_id=resident.pk, on=today(), actor=actor)
    return None if found is None else found.level


def test_her_level_counts_for_the_one_who_stays_at_her_bureau(stays, goes):
    made = final(goes, answers=EXACTLY_MILD)
    officer = staff("440106")
    before = Assessment.objects.values().get()

    merge = merged(goes, stays)

    assert level_of(stays, officer) == "mild"
    assert Assessment.objects.visible_to(officer).get() == made
    assert Assessment.objects.values().get() == before
    assert list(differing()) == []
    undone(merge)
    assert (level_of(stays, officer), level_of(goes)) == (None, "mild")
    assert Assessment.objects.values().get() == before


@pytest.mark.django_db(transaction=True)
def test_she_reads_who_read_the_items_of_either(own_keyring):
    stays, goes = ResidentFactory(), ResidentFactory()
    made = final(goes)
    merge = merged(goes, stays)

    read_items(assessment_id=made.pk, purpose="assessment", case="1", actor=staff("440106"))

    assert len(readings_of(Resident.objects.get(pk=stays.pk), 9)) == 1
    undone(merge)
    assert readings_of(Resident.objects.get(pk=stays.pk), 9) == []


def test_what_was_begun_before_is_finished_and_no_second_is_begun_beside_it(stays, goes):
    begun = filled(goes, answers=EXACTLY_MILD)
    merged(goes, stays)

    with pytest.raises(AssessmentAtHand):
        drafted(stays)
    signed_by_both(begun)

    assert level_of(stays) == "mild"


def test_nothing_new_is_made_of_the_one_who_went(stays, goes):
    merged(goes, stays)
    first, second = pair_of()
    paper = ElsewhereResult(
        source="样例医院",
        paper_reference="1",
        assessed_on=today(),
        assessors=(("甲一", "medical"), ("乙二", "nursing")),
        answers=EXACTLY_MILD,
        circumstances=NOTHING,
    )

    with pytest.raises(MergedAway):
        assign_assessment(
            resident_id=goes.pk,
            assignment={"first_assessor_id": first.pk, "second_assessor_id": second.pk, "reason": "first"},
            actor=SYSTEM,
        )
    with pytest.raises(MergedAway):
        enter_result(resident_id=goes.pk, result=paper, actor=SYSTEM)

    assert not Assessment.objects.exists()


def test_a_tie_to_one_registration_is_a_tie_to_the_person(stays, goes):
    first, second = pair_of()
    declare_interest(assessor_id=first.pk, kind="related", since=today(), resident_id=goes.pk, actor=SYSTEM)
    merged(goes, stays)

    with pytest.raises(AssessorInterested):
        drafted(stays, (first, second))


def test_an_objection_waits_at_the_desk_of_the_one_who_stays_and_back_again(stays, goes):
    made = final(goes, answers=EXACTLY_MILD)
    object_to_result(assessment_id=made.pk, objector="resident", grounds="样例", actor=staff("440300"))
    item = WorkItem.objects.unfinished().get(queue="assessment_objections")

    merge = merged(goes, stays)
    item.refresh_from_db()
    assert item.division_code == "440106"
    assert Review.objects.visible_to(staff("440106")).count() == 1

    undone(merge)
    item.refresh_from_db()
    assert item.division_code == "440300"


def test_erasing_the_one_who_stays_silences_what_was_found_of_both(stays, goes):
    final(goes, answers=EXACTLY_MILD), final(stays)
    merged(goes, stays)

    erase_resident(resident_id=stays.pk, ground="period_over", actor=SYSTEM)

    assert set(Assessment.objects.values_list("status", "level", "findings_cipher")) == {
        ("erased", None, None)
    }
    assert level_of(stays) is None
