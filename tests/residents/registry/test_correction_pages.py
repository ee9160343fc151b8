"""What a family asks to be put right, a fact at a time, and what the officers of her home read of it."""

from datetime import date

import pytest
from django.test import Client

from residents.registry.models import CorrectionRequest
from residents.registry.services import ask_correction
from sojourn.core.actors import Role
from sojourn.core.identifiers import sample_identity
from tests.accounts.telephone import sign_in_by_phone
from tests.factories.accounts import MembershipFactory
from tests.factories.facilities import FacilityFactory
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.actors import account_of
from tests.residents.registry.families import family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def father():
    return ResidentFactory(
        identity_number=None,
        sex="male",
        birth_on=date(1948, 3, 5),
        diets=["soft"],
        mobility="walks",
        dialect="hakka",
    )


@pytest.fixture
def client(father):
    browser = Client(raise_request_exception=False)
    sign_in_by_phone(browser)
    linked(family_member("10012345678"), father)
    return browser


def place(resident) -> str:
    return f"/my/people/{resident.pk}/corrections/"


@pytest.mark.parametrize(
    ("field", "widget"),
    [
        ("name", '<input type="text" name="wanted"'),
        ("phone", "有几个的请全部写上，用顿号隔开"),
        ("birth_on", '<input type="date" name="wanted"'),
        ("sex", '<option value="female">'),
        ("dialect", '<option value="-">改为未报告'),
        ("diets", '<input type="checkbox" name="wanted" value="halal"'),
        ("mobility", '<option value="bedridden">'),
        ("benefit_category", '<option value="destitute">'),
        ("home_division", '<optgroup label="广东省深圳市">'),
    ],
)
def test_each_fact_is_asked_by_what_fits_it(client, father, field, widget):
    page = client.get(f"{place(father)}?field={field}").text

    assert widget in page
    assert "提交申请" in page


def test_first_she_says_which_fact_and_none_is_offered_that_her_number_says(client, father):
    known = ResidentFactory(identity_number=sample_identity(9_420_001, BORN))
    linked(family_member("10012345678"), known)

    offered, told = client.get(place(father)).text, client.get(place(known)).text

    assert "?field=birth_on" in offered
    assert "?field=sex" in offered
    assert "?field=identity_number" in told
    assert "?field=birth_on" not in told
    for asked in ("birth_on", "assessment", "%00"):
        assert "提交申请" not in client.get(f"{place(known)}?field={asked}").text


@pytest.mark.parametrize(
    ("field", "wanted", "label"),
    [
        ("birth_on", "1949-03-05", "出生日期"),
        ("sex", "female", "性别"),
        ("dialect", "-", "日常语言"),
        ("diets", ["halal", "soft"], "饮食要求"),
        ("diets", ["-"], "饮食要求"),
        ("mobility", "wheelchair", "行动情况"),
        ("home_division", "440305", "户籍所在地区"),
    ],
)
def test_what_she_asks_waits_and_an_officer_who_reaches_it_registers_it(client, father, field, wanted, label):
    officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440000").user)

    client.post(place(father), {"field": field, "wanted": wanted})
    request = CorrectionRequest.objects.get()
    page = f"/admin/registry/correctionrequest/{request.pk}"
    shown = officer.get(f"{page}/change/").text
    officer.post(f"{page}/grant/")

    assert f"申请更正：{label}" in client.get(place(father)).text
    assert "（受保护）" in shown or field == "birth_on"
    assert CorrectionRequest.objects.get().status == "granted"
    registered = "home_division_id" if field == "home_division" else field
    father.refresh_from_db()
    assert str(getattr(father, registered) or "-") == str(
        {"diets": ["soft", "halal"] if wanted != ["-"] else "-"}.get(field, wanted)
    )


@pytest.mark.parametrize(
    ("field", "wanted", "told"),
    [
        ("birth_on", "1849-03-05", "出生日期过早或晚于今天"),
        ("birth_on", "", "必填"),
        ("diets", [], "必填"),
        ("diets", ["-", "soft"], "就不要再选别的"),
        ("home_division", "230103", "230103"),
        ("mobility", "flies", "flies"),
    ],
)
def test_what_cannot_be_right_is_told_at_the_field(client, father, field, wanted, told):
    answer = client.post(place(father), {"field": field, "wanted": wanted})

    assert told in answer.text
    assert 'class="wrong" id="id_wanted_error"' in answer.text
    assert not CorrectionRequest.objects.exists()


def test_an_officer_puts_a_home_right_by_a_verb_of_its_own(father):
    officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440100").user)
    page = f"/admin/registry/resident/{father.pk}/correct-home/"

    form = officer.get(page).text
    officer.post(page, {"to_division_code": "440105"})

    assert '<option value="440105">' in form
    assert "440305" not in form
    father.refresh_from_db()
    assert father.home_division_id == "440105"


def test_what_waits_is_taken_back_with_one_button_and_of_others_there_is_none(client, father):
    client.post(place(father), {"field": "mobility", "wanted": "wheelchair"})
    request = CorrectionRequest.objects.get()
    address = f"/my/corrections/{request.pk}/withdraw/"
    stranger = Client(raise_request_exception=False)
    sign_in_by_phone(stranger, "10012345679")

    shown, theirs = client.get(place(father)).text, stranger.post(address)
    answer, again = client.post(address, follow=True), client.post(address, follow=True)

    assert address in shown
    assert theirs.status_code == 404
    assert "申请已撤回" in answer.text
    assert address not in answer.text
    assert again.status_code == 200
    assert CorrectionRequest.objects.get().status == "withdrawn"
    assert client.get(address).status_code == 405


def test_she_reads_which_facility_asked_about_what_and_the_officer_who_asked(client, father):
    facility = FacilityFactory(listed_name="样例云栖颐养院")
    AccessFactory(resident=father, holder_id=facility.pk)
    asked = {"resident_id": father.pk, "field": "phone", "value": "10055501234"}
    request = ask_correction(**asked, actor=account_of(facility.pk))
    officer = sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)

    page = client.get(place(father)).text
    row = officer.get(f"/admin/registry/correctionrequest/{request.pk}/change/").text
    rows = officer.get("/admin/registry/correctionrequest/").text
    inbox = officer.get("/admin/").text

    assert "样例云栖颐养院申请更正：本人电话" in page
    assert f"/my/corrections/{request.pk}/withdraw/" not in page
    assert "10055501234" not in page + row
    assert "样例云栖颐养院（养老机构账号）" in row
    assert "样例云栖颐养院（养老机构账号）" in rows
    assert "样例云栖颐养院养老机构账号申请更正：本人电话" in inbox
