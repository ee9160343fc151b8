"""A family's passkey, form by form, with a device that answers as browsers do."""

import pytest
from django.test import Client

from sojourn.accounts import services
from sojourn.accounts.errors import BeyondYourReach
from sojourn.accounts.models import Passkey, PasskeyChallenge
from sojourn.accounts.passkeys import Site
from sojourn.accounts.services import Answer
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.models import AuditEntry
from sojourn.messages.models import Message
from tests.accounts.device import Device
from tests.accounts.telephone import (
    PHONE,
    last_code,
    last_message,
    later,
    sign_in_by_phone,
    user_of,
    words_of,
    wrong,
)
from tests.factories.accounts import MembershipFactory, PasskeyFactory
from tests.races import race, slow_before_commit  # noqa: F401 - a fixture
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db
WAY, MINE, NEW, AGAIN = "/sign-in/passkey/", "/my/passkeys/", "/my/passkeys/new/", "/sign-in/again/"
HERE = {"HTTP_HOST": "localhost"}
OTHER_PHONE = "10087654321"


def browser() -> Client:
    return Client(raise_request_exception=False, **HERE)


def begin(client: Client, address: str = WAY, **more) -> dict:
    answer = client.post(address, {"begin": "1", **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def prove(client: Client, device: Device, **more):
    """The whole step at the sign-in page; the answer to what the browser sends last."""
    return client.post(WAY, {"answer": device.prove(begin(client)), **more})


def add(client: Client, device: Device, name: str = "我的手机"):
    return client.post(NEW, {"answer": device.make(begin(client, NEW, name=name)), "name": name})


def is_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


def refused(response, words: str) -> bool:
    return response.status_code in {200, 403, 409} and words in response.content.decode()


@pytest.fixture
def daughter():
    """A browser of somebody who signed in by telephone a moment ago."""
    client = browser()
    sign_in_by_phone(client)
    return client


@pytest.fixture
def device(daughter):
    """A device whose passkey opens her account."""
    held = Device()
    assert add(daughter, held).url == MINE
    return held


# --- adding ---------------------------------------------------------------------------------------
def test_she_adds_a_passkey_and_signs_in_with_it_elsewhere(daughter):
    held, elsewhere = Device(), browser()

    added = add(daughter, held, "女儿的 电脑")
    signed_in = prove(elsewhere, held, next="/my/links/")

    assert added.url == MINE
    assert signed_in.url == "/my/links/"
    assert is_in(elsewhere)
    passkey = Passkey.objects.get()
    assert (passkey.user, passkey.name, passkey.domain) == (user_of(), "女儿的 电脑", "localhost")
    assert (passkey.sign_count, passkey.last_used_at is not None) == (1, True)


def test_adding_stands_in_the_trail_and_she_is_told(daughter, device):
    entry = AuditEntry.objects.get(action="user.passkey_added")

    told = last_message()
    assert (entry.subject_id, entry.actor_user_id) == (str(user_of().pk), user_of().pk)
    assert entry.facts == {"passkey": str(Passkey.objects.get().pk)}
    assert (told.topic, told.kind) == ("passkey_added", "text")
    assert "添加了一个通行密钥" in words_of(told)


def test_on_a_fixed_line_she_is_called():
    client = browser()
    sign_in_by_phone(client, "02012345678")

    add(client, Device())

    assert (last_message("02012345678").topic, last_message("02012345678").kind) == ("passkey_added", "voice")


def test_signing_in_by_passkey_stands_in_the_trail(device):
    before = AuditEntry.objects.filter(action="user.signed_in").count()

    prove(browser(), device)

    assert (
        AuditEntry.objects.filter(action="user.signed_in", subject_id=str(user_of().pk)).count() == before + 1
    )


def test_after_a_while_she_first_types_a_code_that_came_to_her_telephone(daughter):
    with later(minutes=16):
        led = daughter.get(NEW)
        asked = daughter.post(AGAIN, {"send": "text", "next": NEW}, follow=True)
        confirmed = daughter.post(AGAIN, {"code": last_code(), "next": NEW})

        assert led.url == f"{AGAIN}?next=%2Fmy%2Fpasskeys%2Fnew%2F"
        assert "100******78" in asked.content.decode()
        assert confirmed.url == NEW
        assert daughter.get(NEW).status_code == 200


def test_a_form_that_was_opened_in_time_is_not_lost_and_an_older_one_is_refused(daughter):
    with later(minutes=29):
        begin(daughter, NEW, name="手机")
    with later(minutes=31):
        answer = daughter.post(NEW, {"begin": "1", "name": "手机"})
        assert (answer.status_code, answer.json()["code"]) == (403, "proof_too_old")
        assert daughter.post(NEW, {"answer": "{}", "name": "手机"}).url.startswith(AGAIN)
    assert not Passkey.objects.exists()


def test_a_wrong_code_confirms_nothing(daughter):
    with later(minutes=16):
        daughter.post(AGAIN, {"send": "text", "next": NEW})
        page = daughter.post(AGAIN, {"code": wrong(last_code()), "next": NEW})

        assert "验证码不对" in page.content.decode()
        assert daughter.get(NEW).status_code == 302


@pytest.mark.parametrize("name", ["", "   ", "长" * 21, "a\x00b"])
def test_a_device_without_a_proper_name_is_not_added(daughter, name):
    answer = daughter.post(NEW, {"begin": "1", "name": name})

    assert (answer.status_code, answer.json()["code"]) == (400, "passkey_unnamed")
    held = Device()
    made = held.make(begin(daughter, NEW, name="手机"))
    assert daughter.post(NEW, {"answer": made, "name": name}).status_code == 200
    assert not Passkey.objects.exists()


def test_one_passkey_is_added_once(daughter, device):
    assert refused(add(daughter, device), "已经登记过")
    assert Passkey.objects.count() == 1


def test_a_passkey_of_another_account_is_not_added(device):
    neighbour = browser()
    sign_in_by_phone(neighbour, OTHER_PHONE)

    assert refused(add(neighbour, device), "已经登记过")
    assert Passkey.objects.get().user == user_of()


def test_an_account_has_no_more_than_the_rule_says(daughter):
    PasskeyFactory.create_batch(10, user=user_of())

    answer = daughter.post(NEW, {"begin": "1", "name": "手机"})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_passkeys")
    assert "最多登记 10 个" in answer.json()["title"]


def test_a_device_that_asks_for_no_finger_and_no_code_is_not_added(daughter):
    assert refused(add(daughter, Device(verifies=False)), "没有通过核对")
    assert not Passkey.objects.exists()


# --- what opens nothing ---------------------------------------------------------------------------
def test_an_answer_that_was_used_opens_nothing_again(device):
    client = browser()
    answer = device.prove(begin(client))
    kept = dict(client.session)
    assert client.post(WAY, {"answer": answer}).url == "/my/"

    again = browser()
    begin(again)
    session = again.session
    session.update(kept)
    session.save()

    assert refused(again.post(WAY, {"answer": answer}), "已经用过一次")
    assert not is_in(again)


def test_a_challenge_is_used_up_by_a_wrong_answer_too(device):
    client = browser()
    answer = device.prove(begin(client))
    kept = dict(client.session)

    assert refused(client.post(WAY, {"answer": "{}"}), "没有通过核对")

    session = client.session
    session.update(kept)
    session.save()
    assert refused(client.post(WAY, {"answer": answer}), "已经用过一次")


def test_an_answer_to_the_challenge_of_another_session_opens_nothing(device):
    hers, thief = browser(), browser()
    answer = device.prove(begin(hers))
    begin(thief)

    assert refused(thief.post(WAY, {"answer": answer}), "没有通过核对")
    assert not is_in(thief)


def test_without_a_challenge_nothing_opens(device):
    hers = browser()
    answer = device.prove(begin(hers))

    assert refused(browser().post(WAY, {"answer": answer}), "等得太久")


def test_a_challenge_does_not_wait_longer_than_the_rule_says(device):
    client = browser()
    answer = device.prove(begin(client))

    with later(minutes=5, seconds=1):
        assert refused(client.post(WAY, {"answer": answer}), "等得太久")
    assert not is_in(client)


def test_a_challenge_for_one_thing_is_none_for_another(daughter, device):
    begin(daughter, NEW, name="手机")
    challenge = PasskeyChallenge.objects.latest("pk")
    answer = Answer(challenge.pk, Site("localhost", "http://localhost"), "{}")

    check = services.open_by_passkey(answer=answer, address="")

    assert check.refusal.code == "passkey_stale"
    assert PasskeyChallenge.objects.filter(pk=challenge.pk).exists()


def test_what_another_site_had_signed_opens_nothing(device):
    client = browser()
    device.origin = "http://localhost.elsewhere.example"

    assert refused(prove(client, device), "没有通过核对")
    assert not is_in(client)


def test_a_passkey_of_another_domain_of_the_node_opens_nothing(device):
    Passkey.objects.update(domain="testserver.example")

    assert refused(prove(browser(), device), "没有登记")


def test_a_passkey_opens_its_owners_account_and_no_others(device):
    neighbour = browser()
    sign_in_by_phone(neighbour, OTHER_PHONE)
    client = browser()

    prove(client, device)

    assert client.session["_auth_user_id"] == str(user_of().pk)


def test_a_count_that_goes_backwards_opens_nothing_and_is_in_the_trail(device):
    assert prove(browser(), device).url == "/my/"
    device.count -= 1
    client = browser()

    assert refused(prove(client, device), "可能被复制过")

    assert not is_in(client)
    assert AuditEntry.objects.get(action="user.passkey_suspected").subject_id == str(user_of().pk)
    assert Passkey.objects.get().sign_count == 1


def test_a_device_that_never_counts_is_let_in_each_time(daughter):
    held = Device(counts=False)
    add(daughter, held)

    assert [prove(browser(), held).url for _ in range(2)] == ["/my/", "/my/"]


def test_a_removed_passkey_opens_nothing(daughter, device):
    daughter.post(f"{MINE}{Passkey.objects.get().pk}/remove/")
    client = browser()

    assert refused(prove(client, device), "已经移除")
    assert not is_in(client)


def test_a_closed_account_stays_closed(device):
    services.close_account(user_id=user_of().pk, actor=SYSTEM)
    client = browser()

    assert refused(prove(client, device), "账号已经停用")
    assert not is_in(client)


def test_an_officers_passkey_is_no_way_in_without_her_passphrase():
    held = Device()
    PasskeyFactory(user=MembershipFactory().user, device=held)
    client = browser()

    assert refused(prove(client, held), "没有登记")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slow_before_commit")
def test_one_answer_sent_twice_at_once_opens_once():
    client = browser()
    sign_in_by_phone(client)
    held = Device(counts=False)  # else its count would give the second away
    add(client, held)
    begun = services.begin_sign_in(site=Site("localhost", "http://localhost"), address="")
    answer = Answer(begun.challenge_id, Site("localhost", "http://localhost"), held.prove(begun.options))

    def send():
        return services.open_by_passkey(answer=answer, address="")

    checks = race(send, send)

    assert sorted(check.passkey is not None for check in checks) == [False, True]


# --- where it works -------------------------------------------------------------------------------
def test_at_an_address_of_digits_the_button_is_missing_and_the_page_says_where_it_works():
    page = Client(HTTP_HOST="127.0.0.1:8000").get("/sign-in/").content.decode()

    assert "data-passkey" not in page
    assert 'href="http://localhost:8000/sign-in/"' in page


def test_at_such_an_address_nothing_is_handed_out_and_nothing_opens(device):
    client = Client(HTTP_HOST="127.0.0.1")

    answer = client.post(WAY, {"begin": "1"})

    assert (answer.status_code, answer.json()["code"]) == (409, "passkey_not_here")
    assert refused(client.post(WAY, {"answer": "{}"}), "这个网址不能用通行密钥")


def test_the_button_waits_hidden_until_the_script_shows_it():
    page = browser().get("/sign-in/").content.decode()

    assert 'data-passkey="prove" hidden' in page
    assert "用通行密钥登录" in page
    assert "发验证码给我" in page


def test_a_node_without_domains_says_nothing_of_passkeys_at_the_door(settings):
    settings.PASSKEY_DOMAINS = []

    assert "通行密钥" not in browser().get("/sign-in/").content.decode()


def test_asked_too_often_from_one_network_it_waits_and_the_telephone_does_not(settings):
    settings.SIGN_IN_TRIES_OF_A_NETWORK = 3
    client = browser()
    for _ in range(3):
        begin(client)

    answer = client.post(WAY, {"begin": "1"})

    assert (answer.status_code, answer.json()["code"]) == (429, "sign_in_locked")
    assert 0 < int(answer["Retry-After"]) <= 61
    assert sign_in_by_phone(client).url == "/my/"


def test_who_succeeds_is_not_counted(settings, device):
    settings.SIGN_IN_TRIES_OF_A_NETWORK = 2

    assert [prove(browser(), device).url for _ in range(5)] == ["/my/"] * 5


# --- her list -------------------------------------------------------------------------------------
def test_her_list_shows_her_own_with_when_each_was_last_used(daughter, device):
    PasskeyFactory(name="别人的手机")
    prove(browser(), device)

    page = daughter.get(MINE).content.decode()

    assert "我的手机" in page
    assert "最近使用 20" in page
    assert "别人的手机" not in page


def test_removing_is_asked_once_more_told_and_in_the_trail(daughter, device):
    passkey = Passkey.objects.get()
    asked = daughter.get(f"{MINE}{passkey.pk}/remove/")
    assert "要移除这个通行密钥吗" in asked.content.decode()
    assert Passkey.objects.exists()

    daughter.post(f"{MINE}{passkey.pk}/remove/")

    assert not Passkey.objects.exists()
    assert AuditEntry.objects.get(action="user.passkey_removed").facts == {"passkey": str(passkey.pk)}
    assert last_message().topic == "passkey_removed"


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_removes_anothers(daughter, method):
    other = PasskeyFactory()

    assert getattr(daughter, method)(f"{MINE}{other.pk}/remove/").status_code == 404
    assert Passkey.objects.filter(pk=other.pk).exists()


def test_a_program_has_no_passkeys():
    with pytest.raises(BeyondYourReach):
        services.begin_adding(
            name="x", site=Site("localhost", "http://localhost"), actor=Actor(Role.FACILITY)
        )


def test_challenges_that_came_to_nothing_are_forgotten(device):
    begin(browser())
    assert services.forget_challenges(at=PasskeyChallenge.objects.get().expires_at) == 1

    assert not PasskeyChallenge.objects.exists()


def test_neither_telephone_nor_passkey_reaches_a_log(daughter, caplog):
    caplog.set_level("INFO")
    held = Device()

    add(daughter, held)
    prove(browser(), held)

    assert PHONE not in caplog.text
    assert held.credential_id.hex() not in caplog.text


def test_staff_have_no_list_here():
    officer = sign_in(MembershipFactory().user)

    assert officer.get(MINE).status_code == 403


def test_messages_are_put_only_for_what_happened(daughter, device):
    before = Message.objects.count()

    add(daughter, device)

    assert Message.objects.count() == before
