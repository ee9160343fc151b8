"""What a facility reported, what it did not, and no third thing."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from providers.facilities.features import CATALOGUE
from providers.facilities.states import Answer, MedicalCare
from providers.search.sheet import sheet_of
from sojourn.core.clock import frozen
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory

pytestmark = pytest.mark.django_db


def facts(sheet) -> dict:
    return {str(fact.label): fact for group in sheet.groups for fact in group.facts}


def reported(sheet) -> dict[str, str]:
    return {label: fact.shown or fact.answer for label, fact in facts(sheet).items() if fact.is_reported}


def test_a_facility_that_reported_nothing_has_a_silent_sheet():
    sheet = sheet_of(FacilityFactory(), [])

    assert sheet.telling == []
    assert sheet.silent_facts == sum(len(group.facts) for group in sheet.groups)
    assert {feature.label for feature in CATALOGUE} <= set(facts(sheet))


def test_what_was_reported_is_shown_with_its_day():
    facility = FacilityFactory(
        reported=True,
        levels_taken=["intact", "severe"],
        diets=["soft", "halal"],
        shortest_stay_nights=30,
        medical_care=MedicalCare.CONTRACTED,
        contracted_hospital="样例医院",
        hospital_km=Decimal("1.5"),
        medical_as_of=date(2026, 8, 1),
    )

    with translation.override("zh-hans"):
        found = facts(sheet_of(facility, []))

    assert (found["备案床位"].shown, found["备案床位"].as_of) == ("120张", date(2026, 9, 1))
    assert found["接收的能力等级"].shown == "能力完好、能力重度受损（重度失能）"
    assert found["膳食"].shown == "软食、清真"
    assert found["最短入住夜数"].shown == "30夜"
    assert (found["距医院（公里）"].shown, found["距医院（公里）"].as_of) == ("1.5", date(2026, 8, 1))
    assert found["签约医院名称"].is_name


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2028, 6, 1), "三级，2025年6月1日评定，有效至2028年6月1日"),
        (date(2028, 6, 2), "三级（2025年6月1日评定，已于2028年6月1日到期）"),
    ],
)
def test_a_grade_is_shown_with_its_days_and_one_that_ran_out_says_so(day, shown):
    facility = FacilityFactory(graded=True)

    with frozen(day), translation.override("zh-hans"):
        found = reported(sheet_of(facility, []))

    assert {label: strip_tags(words) for label, words in found.items()} == {"机构等级": shown}


def test_zero_is_a_report():
    facility = FacilityFactory(filed_beds=10, operating_beds=0, beds_as_of=date(2026, 9, 1))

    with translation.override("zh-hans"):
        assert reported(sheet_of(facility, [])) == {"备案床位": "10张", "开放床位": "0张"}


@pytest.mark.parametrize(("answer", "shown"), [(Answer.YES, "yes"), (Answer.NO, "no")])
def test_a_feature_is_shown_as_it_was_answered(answer, shown):
    report = FeatureReportFactory(answer=answer)

    assert reported(sheet_of(report.facility, [report])) == {"电梯": shown}


def test_an_answer_of_unknown_is_not_a_report():
    report = FeatureReportFactory(answer=Answer.UNKNOWN)

    sheet = sheet_of(report.facility, [report])

    assert reported(sheet) == {}
    assert facts(sheet)["电梯"].as_of is None


def test_a_group_has_a_day_only_where_all_its_facts_share_it():
    facility = FacilityFactory()
    same = [FeatureReportFactory(facility=facility, feature=code) for code in ("lift", "call_button")]
    other = FeatureReportFactory(facility=facility, feature="wheelchair_room", as_of=date(2025, 1, 1))

    assert [group.as_of for group in sheet_of(facility, same).telling] == [date(2026, 9, 1)]
    assert [group.as_of for group in sheet_of(facility, [*same, other]).telling] == [None]


def test_a_home_with_its_own_clinic_is_not_asked_for_a_hospital():
    own = FacilityFactory(medical_care=MedicalCare.IN_HOUSE, medical_as_of=date(2026, 9, 1))

    assert "签约医院名称" not in facts(sheet_of(own, []))
    assert "签约医院名称" in facts(sheet_of(FacilityFactory(), []))


def test_the_operator_is_named_as_registered():
    facility = FacilityFactory(
        operator=OperatorFactory(name="样例养老有限公司", registration_type="non_profit")
    )

    found = facts(sheet_of(facility, []))

    assert (found["运营主体"].shown, found["运营主体"].is_name) == ("样例养老有限公司", True)
    assert found["登记类型"].shown == "民办非营利"
