"""What a family does on its own pages, as a browser does it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from residents.registry.models import CorrectionRequest, Disclosure, Link, LinkRequest
from residents.registry.services import erase_resident
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.identifiers import sample_identity
from sojourn.desk.models import WorkItem
from sojourn.files.models import StoredFile
from tests.accounts.telephone import sign_in_by_phone, user_of
from tests.factories.accounts import MembershipFactory
from tests.factories.files import picture
from tests.factories.residents import BORN, AccessFactory, ResidentFactory
from tests.residents.registry.families import ask, family_member, linked
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
NUMBER, UNKNOWN = sample_identity(9_200_001, BORN), sample_identity(9_200_003, BORN)
FORM = {"relation": "child", "name": "单雪雁", "proof": "household_register", "reference": ""}


@pytest.fixture
def father():
    return ResidentFactory(identity_number=NUMBER, name="单雪雁", phone="075526540001")


@pytest.fixture
def client():
    browser = Client(raise_request_exception=False)
    sign_in_by_phone(browser)
    return browser


@pytest.fixture
def guardian(client, father):
    actor = family_member("10012345678")
    assert actor.user_id == user_of().pk
    return linked(actor, father)


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("number", [NUMBER, UNKNOWN])
def test_whom_she_names_is_answered_alike_whether_or_not_she_is_registered(client, father, number):
    answer = client.post("/my/links/new/", FORM | {"identity_number": number}, follow=True)

    assert answer.redirect_chain == [("/my/links/", 302)]
    assert "申请已经提交" in text_of(answer)
    assert "等待核实" in text_of(answer)
    assert "单雪雁" not in text_of(answer)
    assert "广州" not in text_of(answer)


def test_a_mistyped_number_is_told_by_its_form_alone(client, father):
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")

    answer = client.post("/my/links/new/", FORM | {"identity_number": wrong})

    assert "身份证号码的校验位不符" in text_of(answer)
    assert not LinkRequest.objects.exists()


def test_she_takes_her_request_back(client):
    request = ask(family_member("10012345678"), identity_number=UNKNOWN)

    client.post(f"/my/links/requests/{request.pk}/withdraw/")
    again = client.post(f"/my/links/requests/{request.pk}/withdraw/", follow=True)

    assert "申请已撤回" in text_of(again)
    assert not WorkItem.objects.unfinished().exists()


def test_somebody_elses_request_and_link_are_not_found(client, father):
    stranger = family_member()
    request, link = ask(stranger, identity_number=UNKNOWN), linked(stranger, father)

    answers = [
        client.post(f"/my/links/requests/{request.pk}/withdraw/"),
        client.get(f"/my/links/{link.pk}/end/"),
        client.post(f"/my/links/{link.pk}/end/"),
        *(client.get(f"/my/people/{father.pk}/{part}/") for part in ("see", "corrections", "access")),
        client.post(f"/my/people/{father.pk}/corrections/", {"field": "phone", "wanted": "10055501234"}),
        client.post(f"/my/people/{father.pk}/see/", {"fields_asked": ["phone"]}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert Link.objects.live().exists()


def test_a_page_that_is_not_hers_leads_back_to_her_own(client, father):
    for address in (f"/my/people/{father.pk}/", "/my/nothing/"):
        page = client.get(address)

        assert page.status_code == 404
        assert '<a class="button button-second" href="/my/">' in text_of(page)
        assert "去找基地" not in text_of(page).partition("<main")[2].partition("</main")[0]


def test_herself_is_not_called_somebody_elses_self(client, father):
    linked(family_member("10012345678"), father, "self")

    page = text_of(client.get("/my/links/"))

    assert "我就是老人本人" in page
    assert "我是这位老人的" not in page


def test_a_link_that_opens_nothing_shows_nothing(client, father):
    linked(family_member("10012345678"), father, "child")

    page = text_of(client.get("/my/links/")) + text_of(client.get("/my/"))

    assert (
        "只凭亲属关系，不开放老人的信息；要看，需要老人的委托书，由老人到户籍地民政部门窗口或打电话办理"
        in page
    )
    assert father.number not in page
    assert client.get(f"/my/people/{father.pk}/").status_code == 404


def test_she_ends_her_link_and_sees_him_no_more(client, father, guardian):
    assert client.get(f"/my/people/{father.pk}/").status_code == 200

    listed = client.get("/my/links/")
    asked = client.get(f"/my/links/{guardian.pk}/end/")
    client.post(f"/my/links/{guardian.pk}/end/")

    assert "要终止这项关系吗" in text_of(asked)
    for page in (listed, asked):
        assert father.number in text_of(page)
        assert father.name not in text_of(page)
    assert client.get(f"/my/people/{father.pk}/").status_code == 404
    assert client.get(f"/my/links/{guardian.pk}/end/").status_code == 404


def test_facts_in_full_stand_in_one_answer_and_the_reading_is_written_down(client, father, guardian):
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "办理入住手续"}

    answer = client.post(f"/my/people/{father.pk}/see/", asked)
    afterwards = client.get(f"/my/people/{father.pk}/access-log/")

    assert "075526540001" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert "075526540001" not in text_of(client.get(f"/my/people/{father.pk}/see/"))
    assert "本人或家人于" in text_of(afterwards)
    assert "事由：办理入住手续" in text_of(afterwards)
    assert "075526540001" not in str(dict(client.session))


@pytest.mark.parametrize("missing", ["fields_asked", "purpose", "case"])
def test_without_a_purpose_nothing_is_shown(client, father, guardian, missing):
    asked = {"fields_asked": ["phone"], "purpose": "check_in", "case": "办理入住手续"}
    del asked[missing]

    answer = client.post(f"/my/people/{father.pk}/see/", asked)

    assert "075526540001" not in text_of(answer)
    assert not Disclosure.objects.exists()


def test_she_asks_for_a_correction_and_reads_what_became_of_it(client, father, guardian):
    client.post(f"/my/people/{father.pk}/corrections/", {"field": "phone", "wanted": "10055501234"})

    page = text_of(client.get(f"/my/people/{father.pk}/corrections/"))

    assert CorrectionRequest.objects.get().field == "phone"
    assert "申请更正：本人电话" in page
    assert "10 个工作日内答复" in page
    assert "10055501234" not in page


def test_what_cannot_be_a_number_is_told_at_the_field(client, father, guardian):
    answer = client.post(f"/my/people/{father.pk}/corrections/", {"field": "phone", "wanted": "12"})

    assert "应为手机号码" in text_of(answer)


def test_the_menu_marks_her_own_door_on_every_page_below_it(client, father, guardian):
    def marked(address: str) -> list[tuple[str, str]]:
        return re.findall(r'class="door" href="([^"]+)" aria-current="(\w+)"', client.get(address).text)

    below = ["links/", "links/new/", "passkeys/", f"people/{father.pk}/", f"people/{father.pk}/consents/"]

    assert marked("/my/") == [("/my/", "page")]
    assert [marked(f"/my/{each}") for each in below] == [[("/my/", "true")]] * len(below)
    assert marked("/bases/") == [("/bases/", "page")]


def test_the_page_says_on_what_ground_and_until_when(client, father, guardian):
    page = text_of(client.get(f"/my/people/{father.pk}/access/"))

    assert "民法典》第三十四条第一款" in page
    assert f"/my/links/{guardian.pk}/end/" in page


# --- the same from the officers' side -------------------------------------------------------------
@pytest.fixture
def officer():
    return sign_in(MembershipFactory(role=Role.OFFICER, division_code="440106").user)


def test_an_officer_reads_what_was_typed_behind_masks_and_grants_it(officer, father):
    request = ask(family_member(), identity_number=NUMBER, relation="guardian")
    address = f"/admin/registry/linkrequest/{request.pk}/"

    page = text_of(officer.get(f"{address}change/"))
    officer.post(f"{address}grant/", {"seen": "on", "ends_on": ""})

    assert "单**" in page
    assert father.number in page
    assert NUMBER not in page
    assert LinkRequest.objects.get().status == "granted"
    assert Link.objects.get().relation == "guardian"


def test_an_officer_is_told_that_nobody_matches_and_refuses(officer):
    request = ask(family_member(), identity_number=UNKNOWN)
    LinkRequest.objects.update(division_code="440106")
    address = f"/admin/registry/linkrequest/{request.pk}/"

    page = text_of(officer.get(f"{address}change/"))
    granted = text_of(officer.post(f"{address}grant/", {"seen": "on"}))
    officer.post(f"{address}refuse/", {"reason": "not_matching"})

    assert "没有号码和姓名都一致的登记" in page
    assert "没有身份证号码和姓名都一致的老年人登记" in granted
    assert LinkRequest.objects.get().refusal == "not_matching"


def test_an_officer_links_at_the_counter_and_ends_it(officer, father):
    said = {
        "phone": "10077701234",
        "phone_again": "100 7770 1234",
        "relation": "self",
        "proof": "identity_card",
        "reference": "",
        "ends_on": "",
    }

    officer.post(f"/admin/registry/resident/{father.pk}/link/", said)
    link = Link.objects.get()
    page = text_of(officer.get(f"/admin/registry/link/{link.pk}/change/"))
    officer.post(f"/admin/registry/link/{link.pk}/end/", {"reason": "mistaken"})

    assert link.relation == "self"
    assert "第四十五条" in page
    assert "10077701234" not in page
    assert Link.objects.get().status == "ended"


def test_a_telephone_that_was_mistyped_opens_nobody(officer, father):
    said = {
        "phone": "10077701234",
        "phone_again": "10077701243",
        "relation": "self",
        "proof": "identity_card",
    }

    page = text_of(officer.post(f"/admin/registry/resident/{father.pk}/link/", said))

    assert "两次输入的电话不一样" in page
    assert not Link.objects.exists()


def test_of_who_was_erased_not_even_a_mask_is_left(client, father, guardian):
    erase_resident(resident_id=father.pk, ground="purpose_ended", actor=SYSTEM)

    pages = [
        client.get(place) for place in ("/my/", f"/my/people/{father.pk}/", f"/my/people/{father.pk}/see/")
    ]

    assert {page.status_code for page in pages} == {200}
    assert all("已删除个人信息" in text_of(page) for page in pages)
    assert "单**" not in "".join(text_of(page) for page in pages)


def test_an_officer_registers_the_correction_that_was_asked_for(officer, client, father, guardian):
    client.post(f"/my/people/{father.pk}/corrections/", {"field": "phone", "wanted": "10055501234"})
    request = CorrectionRequest.objects.get()

    page = text_of(officer.get(f"/admin/registry/correctionrequest/{request.pk}/change/"))
    officer.post(f"/admin/registry/correctionrequest/{request.pk}/grant/")

    assert "100******34" in page
    assert CorrectionRequest.objects.get().status == "granted"


def test_an_officer_reads_what_is_asked_for_once_and_sees_the_proof(officer, client, father, guardian):
    photo = SimpleUploadedFile("证明.jpg", picture())
    said = {"field": "phone", "wanted": "10055501234", "file-photo": photo}
    client.post(f"/my/people/{father.pk}/corrections/", said)
    page = f"/admin/registry/correctionrequest/{CorrectionRequest.objects.get().pk}"

    form = text_of(officer.get(f"{page}/reveal/"))
    answer = officer.post(f"{page}/reveal/", {"purpose": "verification", "case": "GZ-7"})

    assert '<option value="verification" selected>' in form
    assert "10055501234" in text_of(answer)
    assert "075526540001" in text_of(answer)
    assert "样例数据" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert "10055501234" not in text_of(officer.get(f"{page}/change/"))
    assert f"/files/{StoredFile.objects.get().pk}/" in text_of(officer.get(f"{page}/change/"))


def test_who_may_not_speak_for_her_is_told_who_may_and_finds_no_form(client, father):
    AccessFactory(resident=father, to_user=True, holder_id=user_of("10012345678").pk)
    place = f"/my/people/{father.pk}/corrections/"

    pages = [text_of(client.get(address)) for address in (place, f"{place}?field=phone")]
    client.post(place, {"field": "phone", "wanted": "10055501234"})

    for page in pages:
        assert "受托代为同意的人申请更正" in page
        assert 'name="wanted"' not in page
        assert "哪一项登记错了" not in page
    assert not CorrectionRequest.objects.exists()


def test_the_desk_leads_to_what_waits(officer, father):
    ask(family_member(), identity_number=NUMBER)

    page = text_of(officer.get("/admin/"))

    assert "亲属关系申请" in page
    assert f"/admin/registry/linkrequest/{LinkRequest.objects.get().pk}/change/" in page
