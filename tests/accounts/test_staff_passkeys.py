"""A passkey of the staff: the second step beside the app's codes, never the first."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from sojourn.accounts import services, totp
from sojourn.accounts.models import Passkey
from sojourn.accounts.passkeys import Site
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import now
from sojourn.core.models import AuditEntry
from tests.accounts.device import Device
from tests.accounts.telephone import sign_in_by_phone
from tests.factories.accounts import PASSPHRASE, MembershipFactory, PasskeyFactory

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FIRST, CODE, WAY = "/accounts/sign-in/", "/accounts/sign-in/code/", "/accounts/sign-in/passkey/"
CONFIRM_CODE, CONFIRM = "/accounts/confirm/code/", "/accounts/confirm/passkey/"
NEW, LIST, SET_UP = "/accounts/passkeys/new/", "/accounts/second-factor/", "/accounts/second-factor/set-up/"
RECOVERY, RENEW = "/accounts/recovery-codes/", "/accounts/recovery-codes/new/"
HALF_AN_HOUR = 31 * 60
HERE = Site("localhost", "http://localhost")


def browser() -> Client:
    return Client(raise_request_exception=False, HTTP_HOST="localhost")


def begin(client: Client, address: str = WAY, **more) -> dict:
    answer = client.post(address, {"begin": "1", **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def prove(client: Client, device: Device, address: str = WAY, **more):
    return client.post(address, {"answer": device.prove(begin(client, address)), **more})


def add(client: Client, device: Device, **more):
    return client.post(NEW, {"answer": device.make(begin(client, NEW, name="钥匙")), "name": "钥匙", **more})


def give_passphrase(client: Client):
    return client.post(FIRST, {"login": "lin", "password": PASSPHRASE})


def acts(client: Client) -> bool:
    """Whether this session's second factor counts, as every page and program asks."""
    return client.get("/livez").wsgi_request.actor.second_factor


def age(client: Client, seconds: int) -> None:
    session = client.session
    steps = session["account_authentication_methods"]
    session["account_authentication_methods"] = [step | {"at": step["at"] - seconds} for step in steps]
    session["seen_at"] = int(time.time())
    session.save()


@pytest.fixture
def officer():
    return MembershipFactory(user__username="lin", role=Role.OFFICER, division_code="440106").user


@pytest.fixture
def device(officer):
    """What the officer's account has as second factor, and nothing else."""
    held = Device()
    PasskeyFactory(user=officer, device=held, name="办公桌的钥匙", created_at=now().replace(year=2025))
    return held


@pytest.fixture
def inside(device):
    client = browser()
    give_passphrase(client)
    assert prove(client, device).url == "/admin/"
    return client


def test_passphrase_and_passkey_lead_into_the_admin(device, officer):
    client = browser()

    first, second = give_passphrase(client), prove(client, device)

    assert (first.url, second.url) == (CODE, "/admin/")
    assert client.get("/admin/").status_code == 200
    assert acts(client)
    assert AuditEntry.objects.filter(action="user.signed_in", subject_id=str(officer.pk)).count() == 1


def test_beside_an_app_either_opens(device, officer):
    services.set_second_factor(user_id=officer.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    by_code, by_passkey = browser(), browser()
    give_passphrase(by_code)
    give_passphrase(by_passkey)

    by_code.post(CODE, {"code": totp.code_at(SECRET, totp.step_at(now()))})
    prove(by_passkey, device)

    assert acts(by_code)
    assert acts(by_passkey)


def test_a_passkey_without_the_passphrase_leads_to_the_first_step(device):
    client = browser()

    assert client.post(WAY, {"begin": "1"}).url == FIRST
    assert client.post(WAY, {"answer": "{}"}).url == FIRST


def test_a_passphrase_alone_opens_nothing_where_a_passkey_is_set(device):
    client = browser()
    give_passphrase(client)

    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == CODE
    assert not acts(client)


def test_the_passkey_of_a_colleague_proves_nothing(device):
    theirs = Device()
    PasskeyFactory(user=MembershipFactory().user, device=theirs)
    client = browser()
    give_passphrase(client)

    answer = prove(client, theirs)

    assert answer.url == CODE
    assert "没有登记这个通行密钥" in client.get(CODE).content.decode()
    assert not acts(client)


def test_an_answer_made_for_confirming_is_bound_to_whom_it_was_handed_to(inside, device, officer):
    colleague = MembershipFactory(user__username="wen").user
    PasskeyFactory(user=colleague)
    begun = services.begin_proof(user_id=colleague.pk, site=HERE)
    answer = services.Answer(begun.challenge_id, HERE, device.prove(begun.options))

    check = services.check_passkey(user_id=officer.pk, answer=answer)

    assert check.refusal.code == "passkey_stale"


def test_too_many_wrong_answers_lock_passkeys_and_codes_alike(device, officer):
    client = browser()
    give_passphrase(client)
    for _ in range(5):
        begin(client)
        client.post(WAY, {"answer": "{}"})

    assert prove(client, device).status_code == 429
    assert client.post(CODE, {"code": "000000"}).status_code == 429


def test_a_count_that_goes_backwards_opens_nothing(device):
    first, second = browser(), browser()
    give_passphrase(first)
    give_passphrase(second)
    prove(first, device)
    device.count -= 1

    prove(second, device)

    assert not acts(second)
    assert AuditEntry.objects.filter(action="user.passkey_suspected").count() == 1


# --- fresh proof ----------------------------------------------------------------------------------
def test_a_verb_on_an_old_proof_asks_for_a_new_one_and_the_passkey_is_one(inside, device):
    age(inside, HALF_AN_HOUR)
    asked = inside.get("/accounts/passphrase/")
    assert asked.url == f"{CONFIRM_CODE}?next=%2Faccounts%2Fpassphrase%2F"
    assert "data-passkey" in inside.get(asked.url).content.decode()

    back = prove(inside, device, CONFIRM, next="/accounts/passphrase/")

    assert back.url == "/accounts/passphrase/"
    assert inside.get("/accounts/passphrase/").status_code == 200


def test_a_wrong_answer_leads_back_to_where_she_was_asked(inside, device):
    begin(inside, CONFIRM)

    back = inside.post(CONFIRM, {"answer": "{}", "next": "/accounts/passphrase/"})

    assert back.url == f"{CONFIRM_CODE}?next=%2Faccounts%2Fpassphrase%2F"


def test_a_removed_passkey_shuts_the_sessions_it_opened_and_no_others(inside, device, officer):
    services.set_second_factor(user_id=officer.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    Authenticator.objects.update(created_at=now().replace(year=2025))
    by_code = browser()
    give_passphrase(by_code)
    by_code.post(CODE, {"code": totp.code_at(SECRET, totp.step_at(now()))})
    assert acts(inside)

    by_code.post(f"/accounts/passkeys/{Passkey.objects.get().pk}/remove/")

    assert not acts(inside)
    assert acts(by_code)
    assert AuditEntry.objects.filter(action="user.passkey_removed").count() == 1


# --- adding and removing --------------------------------------------------------------------------
def test_a_newcomer_sets_up_a_passkey_instead_of_an_app(officer):
    client, held = browser(), Device()
    give_passphrase(client)
    led = client.get("/admin/", follow=True)
    assert led.redirect_chain[-1][0].startswith(SET_UP)
    assert f"{NEW}?next=%2Fadmin%2F" in led.content.decode()

    added = add(client, held, next="/admin/")

    assert added.url == f"{RECOVERY}?next=%2Fadmin%2F"
    assert acts(client)
    assert client.get(RECOVERY).content.decode().count("<li>") >= 10
    assert client.get("/admin/").status_code == 200
    entry = AuditEntry.objects.get(action="user.passkey_added")
    assert (entry.subject_id, entry.actor_user_id) == (str(officer.pk), officer.pk)


def test_a_recovery_code_stands_in_for_the_passkey(officer):
    client = browser()
    give_passphrase(client)
    add(client, Device())
    code = Authenticator.objects.get(user=officer).wrap().get_unused_codes()[0]
    elsewhere = browser()
    give_passphrase(elsewhere)

    assert elsewhere.post(CODE, {"code": code}).url == "/admin/"
    assert acts(elsewhere)


def test_who_has_only_a_passkey_renews_her_recovery_codes(inside, officer):
    Authenticator.objects.filter(user=officer).delete()

    assert inside.post(RENEW).url == RECOVERY
    assert Authenticator.objects.filter(user=officer, type="recovery_codes").exists()


def test_a_stolen_passphrase_adds_no_passkey_where_a_factor_is_set(device):
    client = browser()
    give_passphrase(client)

    assert client.get(NEW).url.startswith(FIRST)
    assert client.post(NEW, {"begin": "1", "name": "x"}).status_code == 302
    assert Passkey.objects.count() == 1


def test_an_old_proof_adds_and_removes_nothing(inside):
    age(inside, HALF_AN_HOUR)
    passkey = Passkey.objects.get()

    assert inside.get(NEW).url.startswith(CONFIRM_CODE)
    begun = inside.post(NEW, {"begin": "1", "name": "x"})
    assert (begun.status_code, begun.json()["code"]) == (403, "proof_too_old")
    assert inside.post(f"/accounts/passkeys/{passkey.pk}/remove/").status_code == 302
    assert Passkey.objects.get() == passkey


def test_her_list_shows_them_and_removing_the_last_takes_the_recovery_codes_along(inside, officer):
    inside.post(RENEW)
    assert "办公桌的钥匙" in inside.get(LIST).content.decode()

    inside.post(f"/accounts/passkeys/{Passkey.objects.get().pk}/remove/")

    assert not Passkey.objects.exists()
    assert not Authenticator.objects.exists()
    assert not acts(inside)


def test_nobody_removes_a_colleagues(inside):
    theirs = PasskeyFactory()

    assert inside.post(f"/accounts/passkeys/{theirs.pk}/remove/").status_code == 404
    assert Passkey.objects.filter(pk=theirs.pk).exists()


def test_an_administrator_who_removes_the_second_factor_removes_the_passkeys(inside, officer):
    services.remove_second_factor(user_id=officer.pk, actor=SYSTEM)

    assert not Passkey.objects.exists()
    assert not acts(inside)


def test_a_family_is_led_to_its_own_pages():
    client = browser()
    sign_in_by_phone(client)

    answer = client.get(NEW)

    assert answer.status_code == 302
    assert not answer.url.startswith("/admin")


def test_a_familys_passkey_is_no_second_factor():
    client = browser()
    sign_in_by_phone(client)
    held = Device()
    begun = begin(client, "/my/passkeys/new/", name="x")
    client.post("/my/passkeys/new/", {"answer": held.make(begun), "name": "x"})

    assert Passkey.objects.count() == 1
    assert not acts(client)


def test_at_an_address_of_digits_the_codes_remain(device):
    client = Client(HTTP_HOST="127.0.0.1")
    give_passphrase(client)

    page = client.get(CODE).content.decode()

    assert "data-passkey" not in page
    assert "http://localhost" in page
    assert client.post(WAY, {"answer": "{}"}).url == CODE
