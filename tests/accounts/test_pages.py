"""Sign-in as a browser does it: form by form, with allauth's steps between."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from sojourn.accounts import services, totp
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen, now
from sojourn.core.models import AuditEntry
from tests.factories.accounts import PASSPHRASE, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN, CODE, SET_UP = "/accounts/sign-in/", "/accounts/sign-in/code/", "/accounts/second-factor/set-up/"
RECOVERY, CHANGE, REMOVE = (
    "/accounts/recovery-codes/",
    "/accounts/passphrase/",
    "/accounts/second-factor/remove/",
)
CONFIRM, CONFIRM_CODE = "/accounts/confirm/", "/accounts/confirm/code/"
NEW = "另一句 更长的 话 在此 记下"


@pytest.fixture
def officer():
    return MembershipFactory(user__username="lin").user


@pytest.fixture
def enrolled(officer):
    services.set_second_factor(user_id=officer.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    return officer


def shown(steps: int = 0) -> str:
    return totp.code_at(SECRET, totp.step_at(now()) + steps)


def give_passphrase(client: Client, passphrase: str = PASSPHRASE, *, username: str = "lin", **more):
    return client.post(SIGN_IN, {"login": username, "password": passphrase, **more})


def sign_in(client: Client) -> Client:
    assert give_passphrase(client).url == CODE
    assert client.post(CODE, {"code": shown()}).url == "/admin/"
    return client


# --- the way in -----------------------------------------------------------------------------------
def test_passphrase_and_code_lead_into_the_admin(client, enrolled):
    asked = client.get("/admin/facilities/facility/")
    assert asked.url == f"{SIGN_IN}?next=/admin/facilities/facility/"

    first = give_passphrase(client, next="/admin/facilities/facility/")
    second = client.post(CODE, {"code": shown()})

    assert first.url == CODE
    assert second.url == "/admin/facilities/facility/"
    assert client.get(second.url).status_code == 200


def test_a_passphrase_alone_opens_nothing(client, enrolled):
    give_passphrase(client)

    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == CODE
    assert client.get(RECOVERY).url.startswith(SIGN_IN)
    assert client.get("/api/v1/facilities/").status_code == 200  # as anyone


def test_a_code_without_a_passphrase_leads_to_the_first_step(client, enrolled):
    assert client.get(CODE).url == SIGN_IN
    assert client.post(CODE, {"code": shown()}).url == SIGN_IN


def test_signing_in_is_in_the_trail(client, enrolled):
    sign_in(client)

    assert AuditEntry.objects.filter(action="user.signed_in", subject_id=str(enrolled.pk)).count() == 1


def test_a_recovery_code_stands_in_for_the_app_once(client, enrolled):
    code = Authenticator.objects.get(user=enrolled, type="recovery_codes").wrap().get_unused_codes()[0]
    give_passphrase(client)

    with_space = client.post(CODE, {"code": f"{code[:4]} {code[4:]}"})

    assert with_space.url == "/admin/"
    assert client.get("/admin/").status_code == 200
    other = Client()
    give_passphrase(other)
    assert other.post(CODE, {"code": code}).status_code == 200


def test_an_input_methods_full_width_digits_are_read_as_digits(client, enrolled):
    give_passphrase(client)

    answer = client.post(
        CODE, {"code": shown().translate(str.maketrans("0123456789", "０１２３４５６７８９"))}
    )

    assert answer.url == "/admin/"


@pytest.mark.parametrize(
    "typed", ["000000", "", "验证码", "x" * 500, "\u0661\u0662\u0663\u0664\u0665\u0666", "\x00"]
)
def test_what_is_no_code_keeps_the_form_and_says_so(client, enrolled, typed):
    give_passphrase(client)

    answer = client.post(CODE, {"code": typed})

    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert 'name="code"' in page


def test_a_code_that_was_used_is_told_apart_from_a_wrong_one(client, enrolled):
    code = shown()
    services.check_code(user_id=enrolled.pk, code=code)
    give_passphrase(client)

    assert "已经用过" in client.post(CODE, {"code": code}).content.decode()


def test_she_who_gave_the_wrong_name_can_turn_back(client, enrolled):
    give_passphrase(client)
    assert client.get(SIGN_IN).url == CODE

    turned = client.post("/accounts/sign-out/", {"next": SIGN_IN})

    assert turned.url == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200


def test_no_account_is_opened_by_a_visitor(client):
    for address in ("/accounts/signup/", "/accounts/sign-up/", "/accounts/password/reset/", "/accounts/"):
        assert client.get(address).status_code == 404


# --- what is told and what is not -----------------------------------------------------------------
def test_a_wrong_passphrase_and_an_unknown_name_are_told_alike(client, officer):
    closed = UserFactory(username="closed", is_active=False)
    pages = {
        re.sub(r'value="[^"]*"|[0-9a-f]{32}', "", answer.content.decode())
        for answer in (
            give_passphrase(client, "wrong"),
            give_passphrase(client, "wrong", username="nobody"),
            give_passphrase(client, "wrong", username=closed.username),
            give_passphrase(client, PASSPHRASE, username=closed.username),
        )
    }

    assert len(pages) == 1
    assert "登录名或密码不正确" in pages.pop()


def test_the_form_keeps_the_name_and_never_the_passphrase(client, officer):
    page = give_passphrase(client, "wrong-but-typed").content.decode()

    assert 'value="lin"' in page
    assert "wrong-but-typed" not in page


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"login": "lin"},
        {"password": "x"},
        {"login": "x" * 10_000, "password": "y" * 10_000},
        {"login": "\x00", "password": "\x00"},
        {"login": "🕊" * 30, "password": "🕊"},
    ],
)
def test_an_unreadable_form_comes_back_with_what_is_wrong(client, officer, form):
    answer = client.post(SIGN_IN, form)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https://testserver@evil.example/",
        "https://localhost/admin/",
        " //evil.example",
    ],
)
@pytest.mark.parametrize("where", ["query", "form"])
def test_nobody_is_sent_to_another_site(client, enrolled, elsewhere, where):
    if where == "query":
        client.post(f"{SIGN_IN}?next={elsewhere}", {"login": "lin", "password": PASSPHRASE})
    else:
        give_passphrase(client, next=elsewhere)

    assert client.post(CODE, {"code": shown()}).url == "/admin/"
    assert client.post("/accounts/sign-out/", {"next": elsewhere}).url == "/"


@pytest.mark.parametrize(
    "address", [SIGN_IN, "/accounts/sign-out/", SET_UP, RECOVERY, CHANGE, "/accounts/second-factor/"]
)
def test_no_cache_keeps_a_page_of_sign_in(client, officer, address):
    give_passphrase(client)

    answer = client.get(address, follow=True)

    assert "no-store" in answer["Cache-Control"]


def test_the_pages_hold_no_script_and_no_inline_style(client, officer):
    pages = [client.get(SIGN_IN)]
    give_passphrase(client)
    pages += [
        client.get(address) for address in (SET_UP, CHANGE, "/accounts/sign-out/", "/accounts/second-factor/")
    ]

    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.content.decode())
        assert "unsafe" not in page["Content-Security-Policy"]


# --- the first time -------------------------------------------------------------------------------
def set_up(client: Client, **more):
    page = client.get(SET_UP, more)
    secret = client.session["mfa.totp.secret"]
    code = totp.code_at(secret, totp.step_at(now()))
    return page, secret, client.post(SET_UP, {"code": code, **more})


def test_without_a_second_factor_she_is_led_to_set_one_up_and_then_on_without_a_detour(client, officer):
    assert give_passphrase(client, next="/admin/facilities/facility/").url == "/admin/facilities/facility/"
    redirected = client.get("/admin/facilities/facility/", follow=True)
    assert redirected.redirect_chain[-1][0] == f"{SET_UP}?next=%2Fadmin%2Ffacilities%2Ffacility%2F"

    page, secret, answer = set_up(client, next="/admin/facilities/facility/")

    assert "data:image/svg+xml;base64," in page.content.decode()
    assert re.sub(r"<[^>]*>|\s", "", page.content.decode()).count(secret) == 1
    assert answer.url == f"{RECOVERY}?next=%2Fadmin%2Ffacilities%2Ffacility%2F"
    codes = client.get(answer.url).content.decode()
    assert len(re.findall(r"<li>\d{4} \d{4}</li>", codes)) == 10
    assert 'href="/admin/facilities/facility/"' in codes
    assert client.get("/admin/facilities/facility/").status_code == 200


def test_setting_up_changes_the_session_key_and_is_in_the_trail(client, officer):
    give_passphrase(client)
    before = client.session.session_key

    set_up(client)

    assert client.session.session_key != before
    assert AuditEntry.objects.filter(action="user.second_factor_set", actor_user_id=officer.pk).exists()


def test_the_code_that_set_it_up_does_not_sign_in_again(client, officer):
    give_passphrase(client)
    _, secret, _ = set_up(client)
    other = Client()
    give_passphrase(other)

    answer = other.post(CODE, {"code": totp.code_at(secret, totp.step_at(now()))})

    assert "已经用过" in answer.content.decode()


def test_a_wrong_code_sets_nothing_up_and_keeps_the_secret(client, officer):
    give_passphrase(client)
    client.get(SET_UP)
    secret = client.session["mfa.totp.secret"]

    answer = client.post(SET_UP, {"code": "00000x"})

    assert "验证码不正确" in answer.content.decode()
    assert client.session["mfa.totp.secret"] == secret
    assert not Authenticator.objects.exists()


def test_setting_up_after_a_while_asks_for_the_passphrase_again(client, officer):
    give_passphrase(client)
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 1000
    session.save()

    assert client.get(SET_UP).url.startswith(CONFIRM)
    confirmed = client.post(f"{CONFIRM}?next={SET_UP}", {"password": PASSPHRASE})

    assert confirmed.url == SET_UP
    assert client.get(SET_UP).status_code == 200


def test_whoever_is_no_staff_is_told_so_and_not_led_round_in_circles(client):
    user = UserFactory(username="family")
    MembershipFactory(user=user, role=Role.FAMILY, division_code="")

    give_passphrase(client, username="family")
    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "只对民政工作人员开放" in answer.content.decode()


# --- limits ---------------------------------------------------------------------------------------
def test_after_five_wrong_passphrases_even_the_right_one_has_to_wait(client, enrolled):
    start = now()
    with frozen(start):
        for _ in range(5):
            assert give_passphrase(client, "wrong").status_code == 200
        locked = give_passphrase(client)
        at_once_again = give_passphrase(client)

    assert locked.status_code == at_once_again.status_code == 429
    assert "请 1 分钟后再试" in locked.content.decode()
    assert locked["Retry-After"] == "61"
    with frozen(start + timedelta(seconds=61)):
        assert give_passphrase(client).url == CODE


def test_an_unknown_name_is_locked_like_a_known_one(client):
    for _ in range(5):
        give_passphrase(client, "wrong", username="nobody")

    assert give_passphrase(client, "wrong", username="nobody").status_code == 429


def test_another_network_is_not_locked_and_a_forged_header_is_no_other_network(client, enrolled):
    for number in range(5):
        client.post(
            SIGN_IN,
            {"login": "lin", "password": "wrong"},
            headers={"x-forwarded-for": f"198.51.100.{number}"},
        )

    forged = client.post(
        SIGN_IN, {"login": "lin", "password": PASSPHRASE}, headers={"x-forwarded-for": "198.51.100.99"}
    )
    elsewhere = client.post(SIGN_IN, {"login": "lin", "password": PASSPHRASE}, REMOTE_ADDR="192.0.2.7")

    assert forged.status_code == 429
    assert elsewhere.url == CODE


def test_guessed_codes_lock_across_sessions_and_networks(enrolled):
    for number in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        give_passphrase(client)
        assert client.post(CODE, {"code": "00000x"}).status_code == 200
    client = Client()
    give_passphrase(client)

    locked = client.post(CODE, {"code": shown()})

    assert locked.status_code == 429
    assert "分钟后再试" in locked.content.decode()
    assert client.get("/admin/").status_code == 302


def test_the_limits_hold_when_the_cache_is_gone(client, enrolled, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "sojourn.web.cache.ForgivingRedisCache",
            "LOCATION": "unix:///nonexistent/redis.sock?db=0",
        }
    }
    code = shown()
    sign_in_code = [give_passphrase(client), client.post(CODE, {"code": code})]
    other = Client()
    give_passphrase(other)
    replayed = other.post(CODE, {"code": code})
    for _ in range(5):
        give_passphrase(Client(), "wrong")

    assert sign_in_code[-1].url == "/admin/"
    assert "已经用过" in replayed.content.decode()
    assert give_passphrase(Client()).status_code == 429


def test_guessing_the_current_passphrase_in_an_open_session_is_counted_too(client, enrolled):
    sign_in(client)
    for _ in range(5):
        answer = client.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
        assert "现在的密码不正确" in answer.content.decode()

    assert (
        client.post(CHANGE, {"oldpassword": PASSPHRASE, "password1": NEW, "password2": NEW}).status_code
        == 429
    )
    enrolled.refresh_from_db()
    assert enrolled.check_password(PASSPHRASE)


# --- sessions -------------------------------------------------------------------------------------
def test_the_session_key_changes_at_sign_in_so_that_a_planted_one_is_worth_nothing(client, enrolled):
    give_passphrase(client)
    planted = client.session.session_key

    client.post(CODE, {"code": shown()})
    thief = Client()
    thief.cookies["sessionid"] = planted

    assert client.session.session_key != planted
    assert thief.get("/admin/").status_code == 302


def test_a_staff_session_ends_after_a_quarter_of_an_hour_unused(client, enrolled):
    sign_in(client)
    assert client.get("/admin/").status_code == 200
    session = client.session
    session["seen_at"] -= 15 * 60 + 1
    session.save()

    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{SIGN_IN}?next=%2Fadmin%2F"
    assert "_auth_user_id" not in client.session


def test_a_staff_session_in_use_goes_on(client, enrolled):
    sign_in(client)
    session = client.session
    session["seen_at"] -= 14 * 60
    session.save()

    assert client.get("/admin/").status_code == 200
    assert int(now().timestamp()) - client.session["seen_at"] < 60


def test_signing_out_takes_a_post_and_a_token(enrolled):
    client = sign_in(Client(enforce_csrf_checks=False))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    assert "要退出登录吗" in client.get("/accounts/sign-out/").content.decode()
    assert strict.post("/accounts/sign-out/").status_code == 403
    assert client.get("/admin/").status_code == 200

    assert client.post("/accounts/sign-out/").url == "/"
    assert client.get("/admin/").status_code == 302


def test_the_admins_own_sign_out_leads_to_ours(client, enrolled):
    assert sign_in(client).get("/admin/logout/").url == "/accounts/sign-out/"


def test_a_closed_account_is_out_at_its_next_request(client, enrolled):
    sign_in(client)

    services.close_account(user_id=enrolled.pk, actor=SYSTEM)

    assert client.get("/admin/").status_code == 302


# --- what an open session may do ------------------------------------------------------------------
def test_a_changed_passphrase_keeps_this_session_and_ends_the_others(enrolled):
    here, there = sign_in(Client()), Client()
    give_passphrase(there)
    there.post(CODE, {"code": shown(1)})
    assert there.get("/admin/").status_code == 200

    answer = here.post(CHANGE, {"oldpassword": PASSPHRASE, "password1": NEW, "password2": NEW})

    assert answer.url == "/admin/"
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert AuditEntry.objects.filter(action="user.passphrase_changed", actor_user_id=enrolled.pk).exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password1": "short", "password2": "short"}, "密码至少要有 12 个字符"),
        ({"password1": NEW, "password2": NEW + "x"}, "两次输入的新密码不一样"),
        ({"password1": PASSPHRASE, "password2": PASSPHRASE}, "新密码要与现在的不同"),
        ({"password1": NEW}, "必填"),
    ],
)
def test_a_new_passphrase_that_will_not_do_is_told(client, enrolled, form, said):
    sign_in(client)

    page = client.post(CHANGE, {"oldpassword": PASSPHRASE, **form}).content.decode()

    assert said in page
    enrolled.refresh_from_db()
    assert enrolled.check_password(PASSPHRASE)


@pytest.mark.parametrize("address", [CHANGE, REMOVE, RECOVERY, "/accounts/recovery-codes/new/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_from_before_the_second_factor_was_set_cannot_get_round_it(officer, address, method):
    thief = Client()
    give_passphrase(thief)
    thief.post(CONFIRM, {"password": PASSPHRASE})
    services.set_second_factor(user_id=officer.pk, secret=SECRET, code_step=0, actor=SYSTEM)

    answer = getattr(thief, method)(address)

    assert answer.url.startswith(CONFIRM_CODE)
    assert thief.get(CONFIRM).url.startswith(CONFIRM_CODE)
    assert Authenticator.objects.filter(user=officer, type="totp").exists()


def test_such_a_session_gets_in_by_proving_the_second_factor(client, officer):
    give_passphrase(client)
    services.set_second_factor(user_id=officer.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith(CONFIRM_CODE)

    proven = client.post(f"{CONFIRM_CODE}?next=/admin/", {"code": shown()})

    assert proven.url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_proof_of_long_ago_is_asked_for_again_before_the_second_factor_goes(client, enrolled):
    sign_in(client)
    session = client.session
    for step in session["account_authentication_methods"]:
        step["at"] -= 1000
    session.save()
    Authenticator.objects.filter(user=enrolled).update(created_at=now() - timedelta(days=1))

    assert client.get("/admin/").status_code == 200
    assert client.post(REMOVE).url.startswith(CONFIRM_CODE)
    assert Authenticator.objects.filter(user=enrolled, type="totp").exists()


def test_a_new_telephone_replaces_the_old_one(client, enrolled):
    sign_in(client)

    assert client.post(REMOVE).url == reverse("mfa_index")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(SET_UP)
    _, secret, _ = set_up(client)

    assert secret != SECRET
    assert client.get("/admin/").status_code == 200
    actions = (
        AuditEntry.objects.filter(subject_id=str(enrolled.pk)).order_by("id").values_list("action", flat=True)
    )
    assert list(actions)[-2:] == ["user.second_factor_removed", "user.second_factor_set"]


def test_a_removed_second_factor_shuts_every_session_that_it_opened(client, enrolled):
    sign_in(client)

    services.remove_second_factor(user_id=enrolled.pk, actor=SYSTEM)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(SET_UP)
    services.set_second_factor(user_id=enrolled.pk, secret=SECRET, code_step=0, actor=SYSTEM)

    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(CONFIRM_CODE)


def test_a_session_opened_by_a_recovery_code_outlives_new_recovery_codes(client, enrolled):
    code = Authenticator.objects.get(user=enrolled, type="recovery_codes").wrap().get_unused_codes()[0]
    give_passphrase(client)
    client.post(CODE, {"code": code})

    client.post("/accounts/recovery-codes/new/")

    assert client.get("/admin/").status_code == 200


def test_new_recovery_codes_end_the_old_ones(client, enrolled):
    sign_in(client)
    before = set(re.findall(r"<li>(\d{4} \d{4})</li>", client.get(RECOVERY).content.decode()))

    client.post("/accounts/recovery-codes/new/")

    after = set(re.findall(r"<li>(\d{4} \d{4})</li>", client.get(RECOVERY).content.decode()))
    assert len(before) == len(after) == 10
    assert before.isdisjoint(after)


def test_one_persons_steps_do_not_count_for_another_in_the_same_browser(client, enrolled):
    other = MembershipFactory(user__username="shen").user
    services.set_second_factor(user_id=other.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    sign_in(client)
    records = client.session["account_authentication_methods"]
    client.force_login(other, backend="sojourn.accounts.backends.StaffBackend")
    session = client.session
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(enrolled.pk)
    session.save()

    assert client.get("/admin/").status_code == 302
