"""The grade of a facility: given on a day, for as long as that day's rule lets it hold."""

from datetime import date

import pytest

from providers.facilities import services
from providers.facilities.errors import FactsInvalid, NotYourFacility
from providers.facilities.models import Facility
from providers.facilities.reports import FacilityGrade
from sojourn.core.actors import PUBLIC, SYSTEM, Actor, Role
from sojourn.core.clock import frozen
from sojourn.core.models import AuditEntry
from sojourn.core.trail import entries_about
from sojourn.provinces.errors import RuleMissing
from sojourn.provinces.models import Rule
from tests.factories.facilities import FacilityFactory
from tests.factories.provinces import RuleFactory
from tests.providers.actors import AUDITOR, CITY_OFFICER, COUNTY_OFFICER, OFFICER_ELSEWHERE, staff_of

pytestmark = pytest.mark.django_db
GIVEN = date(2024, 5, 10)


@pytest.fixture(autouse=True)
def october():
    with frozen(date(2026, 10, 1)):
        yield


@pytest.fixture
def facility():
    return FacilityFactory(open=True)


def graded(facility, grade, day, actor=CITY_OFFICER) -> Facility:
    services.report_grade(facility_id=facility.pk, report=FacilityGrade(grade, day), actor=actor)
    return Facility.objects.get(pk=facility.pk)


def test_a_grade_stands_with_the_days_from_and_until_which_it_holds(facility):
    kept = graded(facility, 3, GIVEN)

    assert (kept.grade, kept.graded_on, kept.graded_until) == (3, GIVEN, date(2027, 5, 10))
    assert kept.get_grade_display() == "三级"
    entry = entries_about(kept).get()
    assert entry.action == "facility.grade_reported"
    assert entry.facts["before"] == {"grade": None, "graded_on": None, "graded_until": None}
    assert entry.facts["after"] == {"grade": 3, "graded_on": "2024-05-10", "graded_until": "2027-05-10"}


@pytest.mark.parametrize(
    ("day", "grade"), [(date(2024, 5, 10), 3), (date(2027, 5, 10), 3), (date(2027, 5, 11), None)]
)
def test_a_grade_holds_up_to_its_last_day_and_no_longer(facility, day, grade):
    assert graded(facility, 3, GIVEN).grade_on(day) == grade


def test_a_facility_without_a_grade_holds_none(facility):
    assert facility.grade_on(GIVEN) is None


def test_how_long_a_grade_holds_is_the_rule_of_its_province_on_its_day(facility):
    RuleFactory(key="facility_grade_valid_years", value=5, member_id="440000", valid_from=date(2025, 1, 1))

    assert graded(facility, 4, date(2024, 12, 31)).graded_until == date(2027, 12, 31)
    assert graded(facility, 4, date(2025, 1, 1)).graded_until == date(2030, 1, 1)


def test_without_a_rule_no_grade_is_taken(facility):
    Rule.objects.filter(key="facility_grade_valid_years").delete()

    with pytest.raises(RuleMissing):
        graded(facility, 4, GIVEN)

    assert Facility.objects.get(pk=facility.pk).grade is None


def test_a_grade_that_was_taken_back_is_gone(facility):
    graded(facility, 3, GIVEN)

    kept = graded(facility, None, None)

    assert (kept.grade, kept.graded_on, kept.graded_until) == (None, None, None)


@pytest.mark.parametrize(
    ("grade", "day", "troubles"),
    [
        (6, GIVEN, [("grade", "unacceptable")]),
        (0, GIVEN, [("grade", "unacceptable")]),
        (3, None, [("graded_on", "date_missing")]),
        (None, GIVEN, [("grade", "missing")]),
        (3, date(2026, 10, 2), [("graded_on", "date_in_future")]),
    ],
)
def test_a_grade_that_cannot_be_is_refused_and_nothing_changes(facility, grade, day, troubles):
    with pytest.raises(FactsInvalid) as refusal:
        graded(facility, grade, day)

    assert [(error["field"], error["code"]) for error in refusal.value.errors] == troubles
    assert Facility.objects.get(pk=facility.pk).version == 1
    assert not AuditEntry.objects.filter(action="facility.grade_reported").exists()


@pytest.mark.parametrize("actor", [COUNTY_OFFICER, CITY_OFFICER, SYSTEM])
def test_the_bureau_of_the_place_reports_it(facility, actor):
    assert graded(facility, 2, GIVEN, actor).grade == 2


@pytest.mark.parametrize(
    "actor", [PUBLIC, AUDITOR, OFFICER_ELSEWHERE, staff_of(), Actor(role=Role.ADMIN, divisions=("",))]
)
def test_nobody_else_does(facility, actor):
    with pytest.raises(NotYourFacility):
        graded(facility, 5, GIVEN, actor)

    assert Facility.objects.get(pk=facility.pk).version == 1


def test_a_facility_does_not_grade_itself(facility):
    with pytest.raises(NotYourFacility):
        graded(facility, 5, GIVEN, staff_of(facility))

    assert Facility.objects.get(pk=facility.pk).grade is None


def test_a_facility_comes_onto_the_register_with_its_grade():
    rows = [
        services.NewFacility("汀鹭颐养院", "440106", grade=FacilityGrade(4, GIVEN)),
        services.NewFacility("渚鸥颐养院", "440106"),
    ]

    with_grade, without = services.register_facilities(rows=rows, actor=COUNTY_OFFICER)

    assert (with_grade.grade, with_grade.graded_until) == (4, date(2027, 5, 10))
    assert without.grade is None
