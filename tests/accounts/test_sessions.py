"""How long sessions last, how many stand at a time, and what is told to whom one was ended."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from sojourn.accounts import services
from sojourn.accounts.models import Session, User
from sojourn.accounts.sessions import SessionStore
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import SHANGHAI, frozen
from sojourn.core.models import AuditEntry
from sojourn.web.sessions import device_of
from tests.accounts.telephone import PHONE
from tests.accounts.test_pages import SECRET, sign_in
from tests.factories.accounts import MembershipFactory, SecondFactorFactory
from tests.web.signing_in import BACKEND

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 9, 1, 9, tzinfo=SHANGHAI)
PHONE_BACKEND = "sojourn.accounts.backends.PhoneBackend"
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
SECOND = timedelta(seconds=1)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0"
STAFF, MINE = "/accounts/sessions/", "/my/sessions/"


@pytest.fixture
def officer() -> User:
    user = MembershipFactory(user__username="lin").user
    SecondFactorFactory(user=user)
    return user


@pytest.fixture
def family() -> User:
    with frozen(NINE - 24 * HOUR):
        return services.open_family_account(phone=PHONE, actor=SYSTEM)


def browser(user: User, at: datetime, *, backend: str = BACKEND) -> Client:
    """A browser in which this account is signed in since that instant, with a second factor."""
    client = Client(headers={"user-agent": EDGE})
    client.force_login(user, backend=backend)
    session, seconds = client.session, at.timestamp()
    session.update({"began_at": int(seconds), "seen_at": int(seconds), "device": "Windows · Edge"})
    steps = [{"method": "password", "at": seconds}, {"method": "mfa", "at": 9e9, "type": "totp"}]
    session["account_authentication_methods"] = steps
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def goes_on(client: Client, address: str, at: datetime) -> bool:
    """Whether this session still opens the page at that instant."""
    with frozen(at):
        return client.get(address).status_code == 200


def told(client: Client, address: str) -> str:
    """The sign-in page to which this address leads."""
    answer = client.get(address)
    assert answer.status_code == 302
    return client.get(answer.url).content.decode()


# --- how long ----------------------------------------------------------------------------------------
def test_a_staff_session_in_use_all_day_ends_after_half_a_day(officer):
    client, at = browser(officer, NINE), NINE
    while at < NINE + 12 * HOUR:
        at += QUARTER - timedelta(minutes=1)
        if at <= NINE + 12 * HOUR:
            assert goes_on(client, STAFF, at)

    assert not goes_on(client, STAFF, NINE + 12 * HOUR + SECOND)
    assert not goes_on(client, STAFF, NINE)  # nor when the clock goes back


@pytest.mark.parametrize(("away", "stands"), [(QUARTER, True), (QUARTER + SECOND, False)])
def test_a_staff_session_may_rest_for_a_quarter_of_an_hour(officer, away, stands):
    assert goes_on(browser(officer, NINE), STAFF, NINE + away) is stands


@pytest.mark.parametrize(
    ("away", "stands"), [(8 * HOUR, True), (8 * HOUR + SECOND, False)], ids=["just as long", "longer"]
)
def test_a_familys_session_may_rest_for_a_third_of_a_day(family, away, stands):
    assert goes_on(browser(family, NINE, backend=PHONE_BACKEND), MINE, NINE + away) is stands


def test_a_familys_session_in_use_every_day_ends_after_three(family):
    client = browser(family, NINE, backend=PHONE_BACKEND)
    for hours in range(7, 72, 7):
        assert goes_on(client, MINE, NINE + hours * HOUR)

    assert goes_on(client, MINE, NINE + 72 * HOUR)
    assert not goes_on(client, MINE, NINE + 72 * HOUR + SECOND)


def test_whose_session_is_over_is_told_why_and_led_back_to_where_she_was(officer):
    client = browser(officer, NINE)
    with frozen(NINE + HOUR):
        answer = client.get("/admin/facilities/facility/?q=")
        page = client.get(answer.url).content.decode()

    assert answer.url.startswith("/accounts/sign-in/?next=/admin/facilities/facility/")
    assert "您有一段时间没有操作" in page
    assert "登录后回到刚才的页面" in page


def test_a_session_that_lasted_to_its_end_says_so(family):
    client = browser(family, NINE, backend=PHONE_BACKEND)
    for hours in range(7, 72, 7):
        assert goes_on(client, MINE, NINE + hours * HOUR)

    with frozen(NINE + 73 * HOUR):
        page = told(client, MINE)

    assert "这次登录已到最长时间" in page
    assert 'value="/my/sessions/"' in page


def test_whoever_never_signed_in_is_told_nothing_of_sessions(client):
    assert "为安全起见已经退出" not in told(client, "/admin/")


def test_what_was_ended_holds_nothing_and_is_nobodys(officer):
    client = browser(officer, NINE)
    assert not goes_on(client, STAFF, NINE + HOUR)

    [row] = Session.objects.all()
    assert (row.user_id, row.session_data, row.ended, row.device) == (None, "", "idle", "")


# --- how many ----------------------------------------------------------------------------------------
def test_of_more_sessions_than_staff_may_have_the_oldest_ends(officer):
    clients = [browser(officer, NINE + minutes * timedelta(minutes=1)) for minutes in range(5)]
    stranger = browser(MembershipFactory().user, NINE)

    with frozen(NINE + 5 * timedelta(minutes=1)):
        assert services.end_oldest(user_id=officer.pk) == 5 - settings.STAFF_SESSIONS == 2
        assert services.end_oldest(user_id=officer.pk) == 0
        assert [one.get(STAFF).status_code for one in clients] == [302, 302, 200, 200, 200]
        assert stranger.get("/accounts/sessions/").status_code == 200
        assert "超过了同时登录的上限" in told(clients[0], STAFF)

    entry = AuditEntry.objects.get(action="user.sessions_ended")
    assert (entry.facts, entry.subject_id) == ({"sessions": 2, "why": "crowded"}, str(officer.pk))


def test_signing_in_once_more_ends_the_oldest(client):
    officer = MembershipFactory(user__username="lin").user
    services.set_second_factor(user_id=officer.pk, secret=SECRET, code_step=0, actor=SYSTEM)
    with frozen(NINE):
        before = [browser(officer, NINE - n * timedelta(minutes=1)) for n in range(settings.STAFF_SESSIONS)]

        sign_in(client)

        assert [one.get(STAFF).status_code for one in (client, *before)] == [200, 200, 200, 302]


def test_sessions_that_are_over_anyway_crowd_nobody_out(officer):
    rested = [browser(officer, NINE - HOUR) for _ in range(3)]
    client = browser(officer, NINE)

    with frozen(NINE):
        assert services.end_oldest(user_id=officer.pk) == 0
        assert client.get(STAFF).status_code == 200
        assert "您有一段时间没有操作" in told(rested[0], STAFF)


# --- her own -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["officer", "family"])
def test_she_sees_where_she_is_signed_in_and_signs_the_others_out(request, who):
    user, address = request.getfixturevalue(who), {"officer": STAFF, "family": MINE}[who]
    backend = {"officer": BACKEND, "family": PHONE_BACKEND}[who]
    here, there = (browser(user, NINE + n * SECOND, backend=backend) for n in (0, 1))
    stranger = browser(MembershipFactory().user, NINE)

    with frozen(NINE + timedelta(minutes=1)):
        page = here.get(address).content.decode()
        answer = here.post(address)
        assert answer.url == address
        assert "已退出其他 1 处登录" in here.get(address).content.decode()
        assert "在另一台设备上选择了退出其他设备" in told(there, address)
        assert stranger.get("/accounts/sessions/").status_code == 200

    assert page.count("Windows · Edge") == 2
    assert page.count("就是这一台") == 1
    assert here.session.session_key not in page


def test_what_a_request_under_way_would_write_into_an_ended_session_is_refused(officer):
    key = browser(officer, NINE).session.session_key
    under_way = SessionStore(key)
    under_way["seen_at"] = 1

    services.end_session(key=key, why="elsewhere")

    with pytest.raises(UpdateError):
        under_way.save()
    assert Session.objects.get().ended == "elsewhere"


def test_a_session_whose_end_was_told_begins_anew_under_another_key(family):
    client = browser(family, NINE, backend=PHONE_BACKEND)
    key = client.session.session_key
    services.end_session(key=key, why="elsewhere")

    client.force_login(family, backend=PHONE_BACKEND)

    assert client.session.session_key != key
    assert client.get(MINE).status_code == 200


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (EDGE, "Windows · Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "iPhone · Safari"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S9080) Chrome/99 MicroMessenger/8.0", "Android · WeChat"),
        ("curl/8.0 13800138000", ""),
        ("", ""),
    ],
)
def test_of_what_a_browser_says_of_itself_only_its_kind_is_kept(rf, said, kept):
    assert device_of(rf.get("/", headers={"user-agent": said})) == kept
