import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from residents.registry.models import Disclosure, Export
from sojourn.core.actors import Role
from sojourn.core.identifiers import sample_identity
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.web.signing_in import sign_in
from tests.web.sweeping import ROLES, client_of

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = sample_identity(60, BORN)
EXPORT = "admin:registry_resident_export"
ASKED = {"purpose": "benefit_check", "case": "=1+1"}


@pytest.fixture
def officer():
    user = UserFactory(name="样例·林")
    MembershipFactory(user=user, role=Role.OFFICER, division_code="440106")
    return sign_in(user)


def text(answer) -> str:
    return answer.content.decode("utf-8", "replace")


def sheet_of(answer):
    return load_workbook(io.BytesIO(answer.content)).worksheets[0]


def test_the_filtered_list_leaves_as_a_sheet_of_texts_under_its_watermark(officer):
    ResidentFactory(identity_number=NUMBER, phone="0000-0000001")
    ResidentFactory(sex="male", identity_number=sample_identity(61, BORN))
    list_page = text(officer.get(reverse("admin:registry_resident_changelist") + "?sex__exact=female"))

    answer = officer.post(reverse(EXPORT) + "?sex__exact=female", ASKED | {"plain": ["identity_number"]})

    sheet = sheet_of(answer)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert reverse(EXPORT) + "?sex__exact=female" in list_page
    assert answer["Content-Disposition"] == f'attachment; filename="residents-{Export.objects.get().pk}.xlsx"'
    assert "no-store" in answer["Cache-Control"]
    assert "样例·林" in rows[0][0]
    assert "事由：=1+1" in rows[0][0]
    assert "样例·林" in sheet.oddHeader.center.text
    assert len(rows) == 4
    assert NUMBER in rows[3]
    assert "000******01" in rows[3]
    assert {cell.data_type for row in sheet.iter_rows(min_row=3) for cell in row if cell.value} == {"s"}
    assert Disclosure.objects.count() == 1


def test_without_purpose_and_case_the_form_comes_again(officer):
    ResidentFactory()

    answer = officer.post(reverse(EXPORT), {})

    assert "没有办成" in text(answer)
    assert not Export.objects.exists()


def test_filters_that_do_not_exist_lead_back_to_the_list(officer):
    ResidentFactory()

    answer = officer.post(reverse(EXPORT) + "?birth_on__gt=x", ASKED)

    assert answer.status_code in {302, 400}
    assert not Export.objects.exists()


def test_what_was_taken_is_listed(officer):
    ResidentFactory()
    officer.post(reverse(EXPORT), ASKED)

    page = text(officer.get(reverse("admin:registry_export_changelist")))

    assert "补贴与待遇核对" in page
    assert "广东省广州市天河区" in page


@pytest.mark.parametrize("role", ROLES)
def test_nobody_takes_residents_beyond_her_reach(role):
    foreign = ResidentFactory(home_division_code="230103", name="金丝雀雀")
    someone = client_of(role)

    answers = [someone.get(reverse(EXPORT)), someone.post(reverse(EXPORT), ASKED)]

    for answer in answers:
        assert answer.status_code in {200, 302, 403}
        assert foreign.number not in text(answer)
        assert not answer.has_header("Content-Disposition")
    assert not Export.objects.exists()
