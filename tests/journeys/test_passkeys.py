"""A telephone that holds passkeys: a daughter's way in without a code, an officer's second step."""

import pytest
from playwright.sync_api import Page, expect

from sojourn.accounts.models import Passkey
from sojourn.core.actors import Role
from tests.accounts.telephone import PHONE, user_of
from tests.factories.accounts import PASSPHRASE, MembershipFactory, PasskeyFactory
from tests.journeys.conftest import DESKTOP
from tests.journeys.test_every_page import LANGUAGES, MODES, serious, small_targets
from tests.journeys.test_family import fits, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Sensor:
    """The finger of a person on the sensor of her device, or that of somebody it does not know."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = added["authenticatorId"]

    def knows_her(self, known: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": known})


def add(page: Page, name: str) -> None:
    page.get_by_role("link", name="通行密钥", exact=True).click()
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("这台设备叫什么").fill(name)
    page.get_by_role("button", name="在这台设备上添加").click()
    expect(page.get_by_text("通行密钥已添加")).to_be_visible()


def test_a_daughter_adds_a_passkey_and_comes_in_without_a_code(visit):
    page = visit("/my/")
    Sensor(page)
    sign_in(page)

    add(page, "我的手机")
    expect(page.get_by_text("还没有用过")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="退出登录").click()
    page.goto("/my/")
    page.get_by_role("button", name="用通行密钥登录").click()

    expect(page.get_by_role("heading", name="我关心的人")).to_be_visible()
    page.get_by_role("link", name="通行密钥", exact=True).click()
    expect(page.get_by_text("最近使用")).to_be_visible()
    assert Passkey.objects.get().user == user_of()


def test_the_whole_of_it_goes_by_keyboard(visit):
    page = visit("/my/", viewport=DESKTOP)
    Sensor(page)
    sign_in(page)
    add(page, "电脑")
    page.get_by_role("button", name="退出登录").click()
    page.goto("/sign-in/")

    button = page.get_by_role("button", name="用通行密钥登录")
    page.get_by_role("button", name="发验证码给我").focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="我关心的人")).to_be_visible()


def test_a_device_that_does_not_know_the_finger_says_so_and_the_telephone_remains(visit):
    page = visit("/my/")
    sensor = Sensor(page)
    sign_in(page)
    add(page, "我的手机")
    page.get_by_role("button", name="退出登录").click()
    page.goto("/sign-in/")
    sensor.knows_her(False)

    page.get_by_role("button", name="用通行密钥登录").click()

    expect(page.get_by_role("alert")).to_contain_text("没有完成")
    expect(page.get_by_role("button", name="发验证码给我")).to_be_visible()
    sensor.knows_her(True)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("heading", name="我关心的人")).to_be_visible()


def test_a_removed_passkey_is_told_in_words(visit):
    page = visit("/my/")
    Sensor(page)
    sign_in(page)
    add(page, "旧手机")
    page.get_by_role("link", name="移除“旧手机”").click()
    page.get_by_role("button", name="移除", exact=True).click()
    expect(page.get_by_text("通行密钥已移除")).to_be_visible()
    page.get_by_role("button", name="退出登录").click()
    page.goto("/sign-in/")

    page.get_by_role("button", name="用通行密钥登录").click()

    expect(page.get_by_role("alert").first).to_contain_text("没有登记这个通行密钥，或者已经移除")
    expect(page.get_by_role("button", name="发验证码给我")).to_be_visible()


def test_one_device_is_not_added_twice(visit):
    page = visit("/my/")
    Sensor(page)
    sign_in(page)
    add(page, "我的手机")

    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("这台设备叫什么").fill("又一次")
    page.get_by_role("button", name="在这台设备上添加").click()

    expect(page.get_by_role("alert")).to_contain_text("已经有这个账号的通行密钥")


def test_without_scripts_the_button_is_not_there_and_the_telephone_is(visit):
    page = visit("/sign-in/", scripts=False)

    assert page.get_by_role("button", name="用通行密钥登录").count() == 0
    sign_in(page)
    page.goto("/my/passkeys/new/")
    expect(page.get_by_text("这个浏览器用不了通行密钥")).to_be_visible()
    assert page.get_by_role("button", name="在这台设备上添加").count() == 0


def test_an_officer_sets_up_a_passkey_and_proves_it_after_her_passphrase(visit):
    MembershipFactory(user__username="lin", role=Role.OFFICER, division_code="440106")
    page = visit("/admin/", viewport=DESKTOP)
    Sensor(page)
    _give_passphrase(page)
    page.get_by_role("link", name="在这台设备上添加通行密钥").click()
    page.get_by_label("这台设备叫什么").fill("办公电脑")
    page.get_by_role("button", name="在这台设备上添加").click()
    page.get_by_role("link", name="已收好，去工作台").click()
    assert page.url.endswith("/admin/")

    page.context.clear_cookies()
    page.goto("/admin/")
    _give_passphrase(page)
    page.get_by_role("button", name="用通行密钥登录").click()

    page.wait_for_url("**/admin/")
    page.goto("/accounts/second-factor/")
    expect(page.get_by_text("办公电脑")).to_be_visible()


def _give_passphrase(page: Page) -> None:
    page.get_by_label("登录名").fill("lin")
    page.get_by_label("密码").fill(PASSPHRASE)
    page.get_by_role("button", name="下一步").click()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_on_these_pages_shuts_a_reader_out(visit, live_server, mode, language):
    page = visit("/sign-in/")
    sign_in(page)
    page.wait_for_url("**/my/")
    mine = PasskeyFactory(user=user_of(PHONE), name="女儿给我买的那台新电脑放在书房")
    chosen = {"language": language, "mode": mode}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in chosen.items()]
    )

    troubles = []
    for place in ("", "new/", f"{mine.pk}/remove/"):
        page.goto(f"/my/passkeys/{place}")
        troubles += serious(page) + [f"{place} {one}" for one in small_targets(page)]
        troubles += [] if fits(page) else [f"{place} is wider than the telephone"]
    page.goto("/sign-in/again/?next=/my/passkeys/new/")
    troubles += serious(page) + small_targets(page)
    troubles += [] if fits(page) else ["the confirmation is wider than the telephone"]

    assert troubles == []
