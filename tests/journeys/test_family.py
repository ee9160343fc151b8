"""A daughter on her telephone: signs in by code, asks to be linked, and reads who looked at her father."""

import re

import pytest
from playwright.sync_api import Page, expect

from residents.registry import services
from residents.registry.models import LinkRequest
from sojourn.core.identifiers import sample_identity
from tests.accounts.telephone import PHONE, last_code, user_of
from tests.factories.assessments import final
from tests.factories.consents import a_consent
from tests.factories.residents import BORN, ResidentFactory
from tests.journeys.conftest import PHONE as TELEPHONE
from tests.journeys.test_every_page import LANGUAGES, MODES, serious, small_targets
from tests.residents.actors import staff
from tests.residents.registry.families import family_member, linked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = sample_identity(9_300_001, BORN)


@pytest.fixture
def father():
    return ResidentFactory(name="欧阳望海", identity_number=NUMBER, phone="075526540001")


def sign_in(page: Page) -> None:
    page.get_by_label("电话号码").fill(PHONE)
    page.get_by_role("button", name="发验证码给我").click()
    page.get_by_label("验证码").fill(last_code())
    page.get_by_role("button", name="登录", exact=True).click()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_daughter_is_linked_and_reads_who_looked(visit, father, scripts):
    services.disclose(
        resident_id=father.pk, fields=["phone"], purpose="check_in", case="W-7", actor=staff("440106")
    )
    page = visit("/", scripts=scripts)

    page.get_by_role("link", name="我的").click()
    sign_in(page)
    expect(page.get_by_role("heading", name="我关心的人")).to_be_visible()
    page.get_by_role("link", name="申请登记关系").click()
    page.get_by_label("您是这位老人的").select_option("guardian")
    page.get_by_label("老人的姓名").fill("欧阳望海")
    page.get_by_label("老人的身份证号码").fill(NUMBER)
    page.get_by_label("用什么证明").select_option("court_decision")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("等待核实")).to_be_visible()

    services.grant_request(request_id=LinkRequest.objects.get().pk, actor=staff("440106"))
    page.get_by_role("link", name="我的", exact=True).first.click()
    page.get_by_role("link", name=re.compile("欧阳")).click()
    page.get_by_role("link", name="谁看过").click()

    expect(page.get_by_text("广东省广州市天河区经办人于")).to_contain_text("查看了本人电话，用途：入住交接")
    assert fits(page)
    assert "欧阳望海" not in page.content()


def test_she_sees_a_number_in_full_ends_the_link_and_signs_out(visit, father):
    page = visit("/my/")
    sign_in(page)
    linked(family_member(PHONE), father)

    page.goto(f"/my/people/{father.pk}/see/")
    page.get_by_label("本人电话").check()
    page.get_by_label("用途").select_option("getting_in_touch")
    page.get_by_label("为了什么事").fill("约时间探望")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_text("075526540001")).to_be_visible()
    page.get_by_role("link", name="为什么能看").click()
    page.get_by_role("link", name="终止这项关系").click()
    page.get_by_role("button", name="终止", exact=True).click()
    expect(page.get_by_text("从现在起看不到了")).to_be_visible()
    page.get_by_role("button", name="退出登录").click()

    page.goto("/my/")
    expect(page.get_by_role("heading", name="用电话登录")).to_be_visible()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_on_the_familys_pages_shuts_a_reader_out(visit, live_server, father, mode, language):
    page = visit("/sign-in/")
    page.get_by_label("电话号码").fill(PHONE)
    page.get_by_role("button", name="发验证码给我").click()
    page.get_by_label("验证码").fill(last_code())
    page.get_by_role("button", name="登录", exact=True).click()
    link = linked(family_member(PHONE), father)
    assert link.user == user_of()
    chosen = {"language": language, "mode": mode}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items()]
    )
    person, given = f"/my/people/{father.pk}/", a_consent(father)
    mine = ["/my/", "/my/links/", "/my/links/new/", f"/my/links/{link.pk}/end/", person]
    mine += [f"/my/consents/{given.pk}/withdraw/", f"{person}access-log/?page=2"]
    mine += [f"/my/assessments/{final(father).pk}/object/"]
    mine += [
        f"{person}{part}/"
        for part in (
            "access-log",
            "assessments",
            "see",
            "corrections",
            "access",
            "consents",
            "consents/give",
        )
    ]

    troubles = []
    for place in mine:
        page.goto(place)
        for fold in page.locator("details").all():
            fold.evaluate("fold => { fold.open = true }")
        troubles += serious(page) + [f"{place} {one}" for one in small_targets(page)]
        troubles += [] if fits(page) else [f"{place} is wider than the telephone"]

    assert troubles == []


@pytest.mark.parametrize("mode", MODES)
def test_the_way_in_shuts_nobody_out(visit, live_server, mode):
    page = visit("/sign-in/")
    page.context.add_cookies([{"name": "mode", "value": mode, "url": live_server.url}])
    troubles = []
    page.goto("/sign-in/")
    troubles += serious(page) + small_targets(page)
    assert fits(page)
    page.get_by_label("电话号码").fill(PHONE)
    page.get_by_role("button", name="发验证码给我").click()
    page.get_by_label("验证码").fill("123")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("验证码是六位数字").first).to_be_visible()
    troubles += serious(page) + small_targets(page)

    assert fits(page)
    assert troubles == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("scripts", [True, False])
def test_the_buttons_for_a_picture_are_large_and_the_keyboard_finds_them(visit, live_server, mode, scripts):
    page = visit("/my/", scripts=scripts, locale="en-GB")
    page.on("filechooser", lambda _opened: None)  # from here on, not only from when one is waited for
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": live_server.url}
            for name, value in {"language": "zh-hans", "mode": mode}.items()
        ]
    )
    page.goto("/my/")
    sign_in(page)
    page.goto("/my/links/new/")
    camera, chosen = page.get_by_label("拍照"), page.get_by_label("选择文件")

    page.get_by_label("证明材料上的编号").focus()
    page.keyboard.press("Tab")
    expect(camera).to_be_focused()
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    opened.value.set_files([{"name": "户口簿.jpg", "mimeType": "image/jpeg", "buffer": b"x"}])
    with page.expect_file_chooser() as other:
        page.locator(".scan-input").nth(1).click(position={"x": 12, "y": 12})
    other.value.set_files([])

    for button in page.locator(".scan-input").all():
        assert button.bounding_box()["height"] >= 56
    assert camera.evaluate("input => input.files[0].name") == "户口簿.jpg"
    if scripts:
        expect(page.get_by_text("户口簿.jpg")).to_be_visible()
        assert camera.evaluate("input => getComputedStyle(input).opacity") == "0"
    assert chosen.evaluate("input => getComputedStyle(input, '::file-selector-button').opacity") == "0"
    assert fits(page)
