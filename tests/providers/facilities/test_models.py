"""What the database promises about operators and facilities, whoever writes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from providers.facilities.models import Facility, FeatureReport, Operator
from sojourn.core.identifiers import sample_credit_code
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)


def broken(make, **columns) -> str:
    """The name of the promise that the row would break."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make(**columns)
    return refusal.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("columns", "promise"),
    [
        ({"filed_beds": 9, "operating_beds": 10, "beds_as_of": DAY}, "facility_filed_beds_cover_operating"),
        ({"filed_beds": 9, "nursing_beds": 10, "beds_as_of": DAY}, "facility_nursing_beds_within_filed"),
        ({"filed_beds": 9}, "facility_beds_have_a_date"),
        ({"operating_beds": 9}, "facility_beds_have_a_date"),
        ({"nursing_beds": 9}, "facility_beds_have_a_date"),
        ({"filed_beds": -1, "beds_as_of": DAY}, "facilities_facility_filed_beds_check"),
        ({"bed_fee_fen": 1, "prices_as_of": DAY}, "facility_monthly_fees_are_whole"),
        ({"meal_fee_fen": 1, "care_fee_fen": 1, "prices_as_of": DAY}, "facility_monthly_fees_are_whole"),
        ({"bed_fee_fen": 1, "care_fee_fen": 1, "meal_fee_fen": 1}, "facility_prices_have_a_date"),
        ({"deposit_fen": 1}, "facility_prices_have_a_date"),
        ({"deposit_fen": -1, "prices_as_of": DAY}, "facilities_facility_deposit_fen_check"),
        ({"medical_care": "none"}, "facility_medical_facts_have_a_date"),
        ({"hospital_km": Decimal(1)}, "facility_medical_facts_have_a_date"),
        ({"hospital_km": Decimal(-1), "medical_as_of": DAY}, "facility_hospital_km_not_negative"),
        ({"contracted_hospital": "样例医院"}, "facility_hospital_is_contracted"),
        (
            {"contracted_hospital": "样例医院", "medical_care": "in_house", "medical_as_of": DAY},
            "facility_hospital_is_contracted",
        ),
        ({"lng": Decimal(113)}, "facility_point_is_whole_and_in_range"),
        ({"lat": Decimal(23)}, "facility_point_is_whole_and_in_range"),
        ({"lng": Decimal(23), "lat": Decimal(113)}, "facility_point_is_whole_and_in_range"),
        ({"levels_taken": []}, "facility_levels_taken_are_known"),
        ({"levels_taken": ["intact", "fine"]}, "facility_levels_taken_are_known"),
        ({"status": "lost"}, "facility_status_is_known"),
        ({"standing": "lost"}, "facility_standing_is_known"),
        ({"kind": "hotel"}, "facility_kind_is_known"),
        ({"place_precision": "roughly"}, "facility_place_precision_is_known"),
        ({"filing_state": "lost"}, "facility_filing_state_is_known"),
        ({"medical_care": "lost", "medical_as_of": DAY}, "facility_medical_care_is_known"),
        ({"shortest_stay_nights": 0}, "facility_shortest_stay_is_a_night"),
        ({"grade": 6, "graded_on": DAY, "graded_until": DAY}, "facility_grade_is_known"),
        ({"grade": 3}, "facility_grade_has_its_days"),
        ({"grade": 3, "graded_on": DAY}, "facility_grade_has_its_days"),
        ({"graded_on": DAY, "graded_until": DAY}, "facility_grade_has_its_days"),
        (
            {"grade": 3, "graded_on": DAY, "graded_until": date(2026, 8, 31)},
            "facility_grade_has_its_days",
        ),
    ],
)
def test_a_facility_that_cannot_be_is_refused(columns, promise):
    assert broken(FacilityFactory, **columns) == promise


def test_a_facility_may_report_everything_or_nothing():
    nothing, everything = FacilityFactory(), FacilityFactory(reported=True)

    assert nothing.monthly_fee_fen is None
    assert everything.monthly_fee_fen == 350_000


def test_a_name_stands_once_in_a_division_until_the_facility_is_closed():
    FacilityFactory(listed_name="汀鹭颐养院", closed=True)
    FacilityFactory(listed_name="汀鹭颐养院")
    FacilityFactory(listed_name="汀鹭颐养院", division_id="440105")

    assert broken(FacilityFactory, listed_name="汀鹭颐养院") == "facility_one_name_in_a_division"


def test_numbers_are_unique():
    facility, operator = FacilityFactory(), OperatorFactory()

    assert broken(FacilityFactory, number=facility.number) == "facilities_facility_number_key"
    assert broken(OperatorFactory, number=operator.number) == "facilities_operator_number_key"


def test_a_credit_code_stands_once_but_many_may_not_report_one():
    code = sample_credit_code(900, "440106")
    OperatorFactory(credit_code=code)
    OperatorFactory(credit_code=None)
    OperatorFactory(credit_code=None)

    assert broken(OperatorFactory, credit_code=code) == "operator_credit_code_is_unique"


@pytest.mark.parametrize(
    ("columns", "promise"),
    [
        ({"registration_type": "family"}, "operator_registration_type_is_known"),
        ({"standing": "lost"}, "operator_standing_is_known"),
    ],
)
def test_an_operator_that_cannot_be_is_refused(columns, promise):
    assert broken(OperatorFactory, **columns) == promise


def test_a_facility_answers_a_feature_once():
    report = FeatureReportFactory()

    assert (
        broken(FeatureReportFactory, facility=report.facility, feature=report.feature)
        == "featurereport_one_answer_per_feature"
    )
    assert broken(FeatureReportFactory, answer="perhaps") == "featurereport_answer_is_known"


def test_names_are_indexed_for_words_typed_in_the_middle():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'")
        indexed = {name for (name,) in cursor.fetchall()}

    assert indexed >= {
        f"{model}_by_{column}"
        for model in ("operator", "facility")
        for column in ("name", "pinyin", "initials")
    }


def test_rows_call_themselves_by_name():
    facility = Facility(listed_name="汀鹭颐养院", is_sample=False)

    assert (str(facility), facility.is_real) == ("汀鹭颐养院", True)
    assert str(Operator(name="汀鹭公司")) == "汀鹭公司"
    assert str(FeatureReport(feature="lift", answer="yes")) == "lift: 是"
