from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from providers.facilities.features import CATALOGUE
from providers.facilities.models import Facility, Operator
from sojourn.core.actors import Role
from sojourn.core.clock import frozen
from sojourn.core.trail import entries_about
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.facilities import FacilityFactory, FeatureReportFactory, OperatorFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


def staff(role: Role, division_code: str) -> Client:
    user = UserFactory()
    MembershipFactory(user=user, role=role, division_code=division_code)
    return sign_in(user)


@pytest.fixture
def officer() -> Client:
    return staff(Role.OFFICER, "440106")


@pytest.fixture
def facility() -> Facility:
    return FacilityFactory(
        open=True, address="旧路1号", levels_taken=["intact", "mild"], telephone="0000-0000001"
    )


def verb(name: str, facility: Facility | None = None, model: str = "facility") -> str:
    return reverse(f"admin:facilities_{model}_{name}", args=[facility.pk] if facility else [])


def test_an_officer_lists_the_facilities_of_her_county_only(officer, facility):
    elsewhere = FacilityFactory(open=True, division_id="440300")

    page = officer.get(reverse("admin:facilities_facility_changelist")).content.decode()

    assert facility.listed_name in page
    assert elsewhere.number not in page


@pytest.mark.parametrize("q", ["汀鷺", "tinglu", "tl", "440106 汀鹭"])
def test_she_finds_them_by_name_pinyin_initials_and_code(officer, facility, q):
    FacilityFactory(listed_name="渚鸥颐养院")

    page = officer.get(reverse("admin:facilities_facility_changelist"), {"q": q}).content.decode()

    assert facility.number in page
    assert "渚鸥颐养院" not in page


def test_she_finds_one_by_its_number(officer, facility):
    FacilityFactory(listed_name="渚鸥颐养院")

    page = officer.get(
        reverse("admin:facilities_facility_changelist"), {"q": facility.number}
    ).content.decode()

    assert facility.listed_name in page
    assert "渚鸥颐养院" not in page


def test_the_page_of_a_facility_shows_its_answers_and_the_verbs_of_its_status(officer, facility):
    FeatureReportFactory(facility=facility)

    page = officer.get(reverse("admin:facilities_facility_change", args=[facility.pk])).content.decode()

    assert "机构自报" in page
    assert verb("pause", facility) in page
    assert verb("close", facility) in page
    assert verb("open", facility) not in page


@pytest.mark.parametrize(
    "name", ["amend", "report-beds", "report-prices", "report-features", "report-grade", "pause", "close"]
)
def test_every_verb_has_a_form_in_chinese(officer, facility, name):
    page = officer.get(verb(name, facility))

    assert page.status_code == 200
    assert facility.listed_name in page.content.decode()


@pytest.mark.parametrize(
    "name",
    ["amend", "report-beds", "report-prices", "report-features", "report-grade", "pause", "close", "open"],
)
def test_an_auditor_reads_and_has_no_verbs(facility, name):
    auditor = staff(Role.AUDITOR, "440000")

    page = auditor.get(reverse("admin:facilities_facility_change", args=[facility.pk]))

    assert page.status_code == 200
    assert verb("amend", facility) not in page.content.decode()
    assert auditor.post(verb(name, facility), {"reason": "x"}).status_code == 403
    assert Facility.objects.get(pk=facility.pk).version == 1


def test_an_operator_and_a_facility_are_registered_by_form(officer):
    officer.post(
        verb("register", model="operator"),
        {"name": "汀鹭养老服务有限公司", "division": "440106", "registration_type": "non_profit"},
    )
    operator = Operator.objects.get(name="汀鹭养老服务有限公司")

    answer = officer.post(
        verb("register"),
        {
            "listed_name": "汀鹭颐养院",
            "division": "440106",
            "operator": operator.number,
            "kind": "care_home",
            "address": "样例路1号",
        },
    )

    facility = Facility.objects.get(listed_name="汀鹭颐养院")
    assert answer.url == reverse("admin:facilities_facility_change", args=[facility.pk])
    assert (facility.operator, facility.kind, facility.status) == (operator, "care_home", "registered")
    assert operator.registration_type == "non_profit"
    assert operator.credit_code is None
    assert entries_about(facility).get().actor_role == Role.OFFICER


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"division": "999999"}, "没有这个编号或代码"),
        ({"division": "44\x000"}, None),
        ({"operator": "OP44-999999-X"}, "没有这个编号或代码"),
        ({"listed_name": ""}, None),
        ({"kind": "hotel"}, None),
    ],
)
def test_a_form_that_cannot_be_read_says_so_and_registers_nothing(officer, wrong, says):
    before = Facility.objects.count()

    page = officer.post(verb("register"), {"listed_name": "汀鹭颐养院", "division": "440106"} | wrong)

    assert page.status_code == 200
    assert says is None or says in page.content.decode()
    assert Facility.objects.count() == before


def test_a_refusal_of_the_service_is_printed(officer):
    answer = officer.post(verb("register"), {"listed_name": "汀鹭颐养院", "division": "440300"})

    assert answer.status_code == 200
    assert "所选地区不在您的管辖范围内" in answer.content.decode()
    assert not Facility.objects.filter(listed_name="汀鹭颐养院").exists()


def amendment(page) -> dict:
    """The amend form as the page shows it, ready to send back."""
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value is not None}


def test_the_amend_form_comes_filled_and_keeps_what_is_not_touched(officer, facility):
    sent = amendment(officer.get(verb("amend", facility)))

    officer.post(verb("amend", facility), sent | {"address": "新路2号"})

    kept = Facility.objects.get(pk=facility.pk)
    assert kept.address == "新路2号"
    assert (kept.levels_taken, kept.telephone, kept.languages) == (["intact", "mild"], "0000-0000001", None)
    assert set(entries_about(kept).get().facts["after"]) == {"address"}


def test_an_amendment_over_someone_elses_is_refused(officer, facility):
    sent = amendment(officer.get(verb("amend", facility)))
    officer.post(verb("amend", facility), sent | {"address": "别人改的路"})

    answer = officer.post(verb("amend", facility), sent | {"address": "新路2号"})

    assert "已被他人修改" in answer.content.decode()
    assert Facility.objects.get(pk=facility.pk).address == "别人改的路"


def test_beds_and_prices_are_reported_by_form(officer, facility):
    with frozen(date(2026, 10, 1)):
        officer.post(
            verb("report-beds", facility), {"filed_beds": 12, "operating_beds": 10, "as_of": "2026-09-01"}
        )
        officer.post(
            verb("report-prices", facility),
            {"bed_fee_fen": "1200.50", "care_fee_fen": "800", "meal_fee_fen": "600", "as_of": "2026-09-01"},
        )
        form = officer.get(verb("report-prices", facility)).content.decode()

    kept = Facility.objects.get(pk=facility.pk)
    assert (kept.filed_beds, kept.operating_beds, kept.nursing_beds) == (12, 10, None)
    assert (kept.bed_fee_fen, kept.monthly_fee_fen, kept.deposit_fen) == (120_050, 260_050, None)
    assert 'value="1200.50"' in form


def test_a_grade_is_reported_by_form_and_shown_with_its_last_day(officer, facility):
    officer.post(verb("report-grade", facility), {"grade": "4", "graded_on": "2024-05-10"})

    kept = Facility.objects.get(pk=facility.pk)
    assert (kept.grade, kept.graded_until) == (4, date(2027, 5, 10))
    page = officer.get(reverse("admin:facilities_facility_change", args=[facility.pk])).content.decode()
    assert "四级" in page
    assert 'value="2024-05-10"' in officer.get(verb("report-grade", facility)).content.decode()


def test_a_grade_is_taken_back_by_form(officer, facility):
    officer.post(verb("report-grade", facility), {"grade": "4", "graded_on": "2024-05-10"})

    officer.post(verb("report-grade", facility), {"grade": "", "graded_on": ""})

    assert Facility.objects.get(pk=facility.pk).grade is None


def test_wrong_beds_are_printed_field_by_field(officer, facility):
    answer = officer.post(
        verb("report-beds", facility), {"filed_beds": 10, "operating_beds": 12, "as_of": "2026-09-01"}
    )

    assert "不能多于备案床位" in answer.content.decode()
    assert Facility.objects.get(pk=facility.pk).filed_beds is None


def test_features_left_unchanged_are_not_reported(officer, facility):
    with frozen(date(2026, 10, 1)):
        officer.post(
            verb("report-features", facility),
            {"lift": "yes", "hot_water": "", "as_of": "2026-09-01", "reported_by": "县民政局"},
        )

    assert list(facility.feature_reports.values_list("feature", "answer")) == [("lift", "yes")]


def test_the_feature_form_asks_about_the_whole_catalogue(officer, facility):
    form = officer.get(verb("report-features", facility)).context["form"]

    assert [name for name in form.fields if name not in {"as_of", "reported_by"}] == [
        f.code for f in CATALOGUE
    ]


def test_a_facility_is_paused_opened_and_closed(officer, facility):
    officer.post(verb("pause", facility), {"reason": "装修"})
    assert Facility.objects.get(pk=facility.pk).status == "paused"

    officer.post(verb("open", facility))
    assert Facility.objects.get(pk=facility.pk).status == "open"

    officer.post(verb("close", facility), {"reason": "停业"})
    assert Facility.objects.get(pk=facility.pk).status == "closed"


def test_an_operator_page_stands(officer):
    operator = OperatorFactory()

    assert officer.get(reverse("admin:facilities_operator_change", args=[operator.pk])).status_code == 200
    assert operator.number in officer.get(reverse("admin:facilities_operator_changelist")).content.decode()
