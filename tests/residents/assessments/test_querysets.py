from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from residents.assessments import policy
from residents.assessments.models import Assessment, AssessmentBody, Assessor, LevelCrosswalk, Review
from residents.assessments.services import object_to_result
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.clock import today
from tests.factories.assessments import AssessorFactory, BodyFactory, actor_of, final, pair_of
from tests.factories.residents import AccessFactory, ResidentFactory
from tests.residents.actors import account_of, family, staff

pytestmark = pytest.mark.django_db
UNSIGNED = {"first_signed_at": None, "second_signed_at": None}


@pytest.fixture
def three() -> list[Assessment]:
    """A final assessment of a resident in each of two counties of Guangzhou and in Harbin, by three pairs."""
    harbin = pair_of(BodyFactory(division_id="230103"))
    return [
        final(ResidentFactory(home_division_code="440106")),
        final(ResidentFactory(home_division_code="440105")),
        final(ResidentFactory(home_division_code="230103"), harbin),
    ]


def test_list_and_detail_agree(three):
    facility, person = account_of(uuid4()), family()
    AccessFactory(resident=three[0].resident, holder_id=next(iter(facility.facility_ids)))
    AccessFactory(resident=three[0].resident, holder_id=person.user_id, to_user=True)
    actors = [
        staff(*reach, role=role)
        for role in (Role.OFFICER, Role.AUDITOR, Role.ADMIN)
        for reach in (("440106",), ("44",), ("23",), ("",), ())
    ]
    actors += [actor_of(three[0].first_assessor), actor_of(three[0].second_assessor, second_factor=False)]

    for actor in [*actors, facility, person, PUBLIC, SYSTEM, Actor(role=Role.PEER)]:
        for row in three:
            listed = Assessment.objects.visible_to(actor).contains(row)
            assert listed == policy.can_view(actor, row), (actor, row)


def test_an_assessor_sees_what_she_was_asked_to_make_and_nothing_else(three):
    actor = actor_of(three[1].second_assessor)

    assert set(Assessment.objects.visible_to(actor)) == {three[1]}
    assert not Review.objects.visible_to(actor).exists()
    assert set(AssessmentBody.objects.visible_to(actor)) == {three[1].body}
    assert set(Assessor.objects.visible_to(actor)) == {three[1].first_assessor, three[1].second_assessor}
    assert not LevelCrosswalk.objects.managed_by(actor).exists()


def test_an_officer_who_assesses_elsewhere_sees_both(three):
    actor = replace(actor_of(three[1].second_assessor), divisions=("23",))

    assert set(Assessment.objects.visible_to(actor)) == {three[1], three[2]}


def test_a_passphrase_alone_shows_an_assessor_nothing(three):
    actor = actor_of(three[1].second_assessor, second_factor=False)

    for model in (Assessment, AssessmentBody, Assessor):
        assert not model.objects.visible_to(actor).exists()


def test_an_access_of_a_facility_or_a_family_opens_no_assessment(three):
    facility, person = account_of(uuid4()), family()
    AccessFactory(resident=three[0].resident, holder_id=next(iter(facility.facility_ids)))
    AccessFactory(resident=three[0].resident, holder_id=person.user_id, to_user=True)

    assert not Assessment.objects.visible_to(facility).exists()
    assert not Assessment.objects.visible_to(person).exists()


@pytest.mark.parametrize(
    ("reach", "seen"), [(("440106",), 2), (("44",), 2), (("23",), 1), (("",), 3), ((), 0)]
)
def test_the_staff_of_a_province_know_its_bodies(three, reach, seen):
    assert AssessmentBody.objects.visible_to(staff(*reach)).count() == seen


def test_reviews_are_seen_by_the_staff_of_her_home(three):
    review = object_to_result(
        assessment_id=three[0].pk, objector="guardian", grounds="样例", actor=staff("440106")
    )

    assert set(Review.objects.visible_to(staff("4401"))) == {review}
    for actor in (staff("440105"), staff("440106", role=Role.ADMIN), actor_of(three[0].first_assessor)):
        assert not Review.objects.visible_to(actor).exists()


# --- what must never be ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("assessment_two_assessors", {"second_assessor": F("first_assessor")}),
        ("assessment_signed_as_its_status_says", {"first_signed_at": None}),
        ("assessment_concluded_is_whole", {"level": None}),
        ("assessment_concluded_is_whole", {"valid_until": today() - timedelta(days=999)}),
        ("assessment_level_known", {"level": "bad"}),
        ("assessment_status_known", {"kind": "gift"}),
        ("assessment_review_follows_one", {"kind": "reviewing"}),
        ("assessment_erased_tells_nothing", {"status": "erased", "concluded_on": None}),
        (
            "assessment_draft_has_no_level",
            {"status": "draft", "concluded_on": None} | UNSIGNED,
        ),
    ],
)
def test_the_database_refuses(constraint, change):

    assessment = final()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{pgtrigger_concluded_stands_33c44}'")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(**change)


def test_a_suspension_has_its_reason_and_a_qualification_its_order():
    assessor = AssessorFactory()

    for change in ({"status": "suspended"}, {"qualified_until": assessor.qualified_from - timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessor.objects.filter(pk=assessor.pk).update(**change)


def test_a_concluded_result_changes_only_when_a_page_of_its_owner_is_applied():
    assessment = final()
    rows = Assessment.objects.filter(pk=assessment.pk)

    for change in (
        {"level": "severe"},
        {"resident": ResidentFactory()},
        {"first_assessor": AssessorFactory()},
    ):
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            rows.update(**change)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL sojourn.applying = 'on'")
    rows.update(level="severe")

    assert rows.get().level == "severe"
