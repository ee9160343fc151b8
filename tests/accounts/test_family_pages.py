"""The family's way in, form by form."""

import re

import pytest
from django.test import Client

from sojourn.accounts import services
from sojourn.core.actors import SYSTEM
from tests.accounts.telephone import (
    ASK,
    ENTER,
    PHONE,
    last_code,
    last_message,
    later,
    sign_in_by_phone,
    user_of,
    wrong,
)
from tests.factories.accounts import MembershipFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_a_telephone_and_a_code_lead_to_her_own_pages(client):
    asked = client.get("/my/")
    assert asked.url == "/sign-in/?next=/my/"

    first = client.post(ASK, {"phone": PHONE, "next": "/my/"})
    second = client.post(ENTER, {"code": last_code()})

    assert (first.url, second.url) == (ENTER, "/my/")
    assert client.get("/my/").status_code == 200


def test_she_goes_on_to_the_page_she_was_on_her_way_to(client):
    assert sign_in_by_phone(client, next="/my/people/").url == "/my/people/"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_no_word_in_the_address_leads_to_another_site(client, elsewhere):
    assert sign_in_by_phone(client, next=elsewhere).url == "/"


def test_the_answer_is_the_same_whether_or_not_the_telephone_is_known(client):
    sign_in_by_phone(Client())
    with later(minutes=5):
        known = client.post(ASK, {"phone": PHONE}, follow=True).content.decode()
        unknown = Client().post(ASK, {"phone": "10087654321"}, follow=True).content.decode()

    def alike(page: str) -> str:
        page = page.replace("100******78", "*").replace("100******21", "*")
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)

    assert alike(known) == alike(unknown)
    assert "100******78" in known


def test_the_session_is_a_new_one_with_nothing_of_the_old(client):
    client.post(ASK, {"phone": PHONE})
    before = client.session
    before["left_behind"] = "x"
    before.save()

    client.post(ENTER, {"code": last_code()})

    assert client.session.session_key != before.session_key
    assert "left_behind" not in client.session
    assert "sign_in_code" not in client.session
    assert not type(before)().exists(before.session_key)


def test_the_field_of_the_code_can_be_filled_by_the_telephone(client):
    page = client.post(ASK, {"phone": PHONE}, follow=True).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.parametrize("spelt", ["{0}{1}{2} {3}{4}{5}", "full"])
def test_spaces_and_full_width_digits_are_what_they_mean(client, spelt):
    client.post(ASK, {"phone": PHONE})
    code = last_code()
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code) if spelt == "full" else spelt.format(*code)

    assert client.post(ENTER, {"code": typed}).url == "/my/"


def test_a_wrong_code_is_told_and_the_telephone_shown_by_its_ends(client):
    client.post(ASK, {"phone": PHONE})

    page = client.post(ENTER, {"code": wrong(last_code())}).content.decode()

    assert "验证码不对，或者已经过期" in page
    assert PHONE not in page


def test_what_is_no_code_costs_no_try(client):
    client.post(ASK, {"phone": PHONE})

    pages = [client.post(ENTER, {"code": "12 34"}).content.decode() for _ in range(9)]

    assert "验证码是六位数字" in pages[-1]
    assert client.post(ENTER, {"code": last_code()}).url == "/my/"


def test_after_too_many_she_reads_how_long_to_wait(client):
    client.post(ASK, {"phone": PHONE})
    for _ in range(5):
        client.post(ENTER, {"code": wrong(last_code())})

    answer = client.post(ENTER, {"code": last_code()})

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 61
    assert "不会永久锁住" in answer.content.decode()


def test_a_button_has_the_code_read_out_by_telephone(client):
    client.post(ASK, {"phone": PHONE})
    with later(seconds=61):
        page = client.post(ENTER, {"again": "voice"}, follow=True).content.decode()

    assert last_message().kind == "voice"
    assert "我们正给您打电话" in page


def test_who_asks_again_at_once_is_told_to_wait(client):
    client.post(ASK, {"phone": PHONE})

    assert "请等" in client.post(ENTER, {"again": "text"}, follow=True).content.decode()


def test_without_a_telephone_there_is_no_code_to_type(client):
    assert client.get(ENTER).url == ASK


@pytest.mark.parametrize("path", [ASK, ENTER])
def test_who_is_signed_in_need_not_again(client, path):
    sign_in_by_phone(client)

    assert client.get(path).url == "/my/"


def test_she_signs_out_and_is_out(client):
    sign_in_by_phone(client)

    client.post("/accounts/sign-out/")

    assert client.get("/my/").status_code == 302


def test_where_she_signs_out_she_reads_that_she_did(client):
    sign_in_by_phone(client)
    leaving = client.get("/my/").content.decode().partition("my-leave")[2]
    onwards = re.search(r'name="next" value="([^"]+)"', leaving)[1]

    left = client.post("/accounts/sign-out/", {"next": onwards}, follow=True)

    assert "您已退出登录。" in left.content.decode()
    assert "用电话登录" in left.content.decode()
    assert "已退出登录" not in client.get(ASK).content.decode()


def test_a_closed_account_is_out_at_once(client):
    sign_in_by_phone(client)

    services.close_account(user_id=user_of().pk, actor=SYSTEM)

    assert client.get("/my/").status_code == 302


def test_no_passphrase_opens_the_account_of_a_family(client):
    sign_in_by_phone(Client())

    client.post("/accounts/sign-in/", {"login": user_of().username, "password": ""})
    client.post("/accounts/sign-in/", {"login": user_of().username, "password": "!"})

    assert client.get("/my/").status_code == 302


def test_an_officer_who_signs_in_by_telephone_leaves_her_post_behind(client):
    officer = sign_in(MembershipFactory().user)

    sign_in_by_phone(officer)

    assert officer.get("/my/").status_code == 200
    assert officer.get("/admin/").status_code in {302, 403}


def test_the_demo_tells_where_messages_stand(client, settings):
    settings.MESSAGES = f"file:{settings.ROOT}/var/nodes/44/messages.txt"
    assert "var/nodes/44/messages.txt" in client.get(ASK).content.decode()

    settings.SAMPLE_WORLD = False
    assert "messages.txt" not in client.get(ASK).content.decode()


def test_neither_telephone_nor_code_reaches_a_log_or_the_session(client, caplog):
    caplog.set_level("DEBUG")
    client.post(ASK, {"phone": PHONE})
    code = last_code()
    session = str(dict(client.session))
    client.post(ENTER, {"code": code})

    kept = caplog.text + session
    assert PHONE not in kept
    assert code not in kept
