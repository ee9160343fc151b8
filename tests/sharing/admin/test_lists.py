"""Entries held back, alarms, peers, applications and grants in the admin."""

from datetime import date, timedelta

import pytest

from sojourn.core.actors import Role
from sojourn.core.clock import now, today
from sojourn.desk.models import WorkItem
from sojourn.sharing import catalogue
from sojourn.sharing.models import Alarm, DataApplication, Departure, Grant, SetAsideEntry
from sojourn.sharing.services.alarms import close_alarms, raise_alarm
from sojourn.sharing.states import EntryState, GrantStatus, PeerState
from tests.sharing.admin.conftest import signed_in
from tests.sharing.rows import followed, held, peer
from tests.sharing.sample_resource import SAMPLES

pytestmark = pytest.mark.django_db

ENTRIES, ALARMS = "/admin/sharing/setasideentry/", "/admin/sharing/alarm/"
APPLICATIONS, GRANTS, PEERS = (f"/admin/sharing/{model}/" for model in ("dataapplication", "grant", "peer"))


def text_of(client, address: str, **words) -> str:
    answer = client.get(address, words)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


# --- entries --------------------------------------------------------------------------------------
def test_the_list_says_why_and_which_field_and_never_a_value(client):
    held(followed())

    page = text_of(client, ENTRIES)

    assert "字段缺失、多余或类型不对" in page
    assert "（telephone）" in page
    assert "重庆市 · 养老机构" in page
    assert "12345" not in page


def test_the_body_is_shown_to_those_who_look_after_feeds_only(client):
    one = held(followed())

    assert "12345" in text_of(client, f"{ENTRIES}{one.pk}/change/")
    assert "12345" not in text_of(signed_in(role=Role.AUDITOR), f"{ENTRIES}{one.pk}/change/")
    assert signed_in("440100").get(f"{ENTRIES}{one.pk}/change/").status_code == 302


def test_what_is_settled_is_left_out_unless_it_is_asked_for(client):
    cursor = followed()
    held(cursor, detail="address")
    held(cursor, state=EntryState.DISMISSED, settled_at=now() + timedelta(days=1), detail="telephone")

    assert "（address）" in (unsettled := text_of(client, ENTRIES))
    assert "（telephone）" not in unsettled
    assert "（telephone）" in text_of(client, ENTRIES, at="settled")
    assert "（address）" not in text_of(client, ENTRIES, reason="not_storable")
    assert "（address）" not in text_of(client, ENTRIES, feed=cursor.pk + 1)


def test_all_of_one_reason_is_given_up_in_one_form(client):
    cursor = followed()
    for _ in range(3):
        held(cursor)
    other = held(cursor, reason="not_storable")

    assert "（3 条）" in text_of(client, f"{ENTRIES}dismiss-all/")
    words = {"matter": f"{cursor.pk}:wrong_kind", "reason": "作废"}
    client.post(f"{ENTRIES}dismiss-all/", words)

    assert list(SetAsideEntry.objects.held()) == [other]


def test_one_entry_is_retried_or_given_up_from_its_page(client):
    one = held(followed())

    assert client.post(f"{ENTRIES}{one.pk}/retry/").status_code == 302
    assert SetAsideEntry.objects.held().count() == 1
    assert client.post(f"{ENTRIES}{one.pk}/dismiss/", {"reason": "作废"}).status_code == 302
    assert not SetAsideEntry.objects.held().exists()


# --- alarms ---------------------------------------------------------------------------------------
def test_alarms_are_read_in_words_open_ones_first_closed_ones_too(client):
    raise_alarm(reason="digest_differs", subject="500000/facilities/all")
    close_alarms(subject="500000/facilities/all")
    raise_alarm(reason="peer_unreachable", subject="node 50", detail="timeout")

    page = text_of(client, ALARMS)

    assert page.index("多次联系不上") < page.index("与对方对账不一致")
    assert "节点 50" in page
    assert "多次联系不上" not in text_of(client, ALARMS, state__exact="closed")


def test_an_alarm_is_closed_from_its_page_and_at_the_desk(client):
    alarm = raise_alarm(reason="head_lower", subject="500000/facilities/all")
    item = WorkItem.objects.get()
    assert item.address == f"{ALARMS}{alarm.pk}/change/"
    assert "对方出示的页码比以前低" in text_of(client, "/admin/")

    client.post(f"{ALARMS}{alarm.pk}/close/", {"reason": "对方已说明"})

    assert not Alarm.objects.open().exists()
    assert "对方出示的页码比以前低" not in text_of(client, "/admin/")


# --- peers ----------------------------------------------------------------------------------------
def test_a_peer_is_paused_resumed_and_leaves_from_its_page(client):
    node = peer(failures=3, last_failure="not_granted")
    followed()
    page = text_of(client, f"{PEERS}{node.pk}/change/")
    assert "没有授权" in page
    assert "重庆市、陕西省" in page

    for verb, state in (("pause", PeerState.PAUSED), ("resume", PeerState.ACTIVE), ("leave", PeerState.LEFT)):
        client.post(f"{PEERS}{node.pk}/{verb}/", {"reason": "检修"})
        node.refresh_from_db()
        assert node.state == state

    departure = Departure.objects.get()
    address = f"/admin/sharing/departure/{departure.pk}/"
    assert client.post(f"{address}settle/", {"disposition": "kept", "note": "公开数据"}).status_code == 403
    signed_in().post(f"{address}settle/", {"disposition": "kept", "note": "公开数据"})
    assert "依法留存" in text_of(client, f"{address}change/")


# --- applications and grants ----------------------------------------------------------------------
@pytest.fixture
def sample_resources(monkeypatch):
    for name, resource in SAMPLES.items():
        monkeypatch.setitem(catalogue._resources, name, resource)


def wanted(**terms) -> dict:
    said = {
        "applicant": "500000",
        "owner": "440000",
        "resource": "sample_asked",
        "purpose": "statistics",
        "wanted": "",
        "ground": "样例协议第三条",
        "expires_on": str(today() + timedelta(days=90)),
        "reason": "统计旅居人数",
    }
    return said | terms


def test_an_application_is_entered_granted_by_another_and_revoked(client, sample_resources):
    assert client.post(f"{APPLICATIONS}apply/", wanted()).status_code == 302
    application = DataApplication.objects.get()
    item = WorkItem.objects.get()
    assert item.address == f"{APPLICATIONS}{application.pk}/change/"
    assert application.fields == ["owner", "beaten_at"]
    assert client.post(f"{APPLICATIONS}{application.pk}/grant/").status_code == 403

    second = signed_in()
    assert second.post(f"{APPLICATIONS}{application.pk}/grant/").status_code == 302
    grant = Grant.objects.get()
    assert "授权有效" in text_of(client, GRANTS)
    second.post(f"{GRANTS}{grant.pk}/revoke/", {"reason": "用途改变"})

    grant.refresh_from_db()
    assert grant.status == GrantStatus.REVOKED


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"wanted": "beaten_at\nname"}, "所列字段不在这项资源的数据目录中"),
        ({"expires_on": str(date(2020, 1, 1))}, "使用期限须晚于今日"),
        ({"applicant": "440000"}, "申请省份就是归属省份"),
        ({"resource": "sample_closed"}, "选择一个有效的选项"),
    ],
)
def test_what_the_service_refuses_is_read_above_the_form(client, sample_resources, terms, said):
    assert said in client.post(f"{APPLICATIONS}apply/", wanted(**terms)).content.decode()
    assert not DataApplication.objects.exists()


def test_a_refusal_is_entered_with_its_reason(client, sample_resources):
    client.post(f"{APPLICATIONS}apply/", wanted())
    application = DataApplication.objects.get()

    signed_in().post(f"{APPLICATIONS}{application.pk}/refuse/", {"note": "目的不明"})

    assert "不予提供" in text_of(client, APPLICATIONS)
    assert not Grant.objects.exists()


@pytest.mark.parametrize("address", [ENTRIES, ALARMS, APPLICATIONS, GRANTS, PEERS])
def test_staff_of_less_than_a_province_find_these_lists_empty(client, address, sample_resources):
    held(followed())
    raise_alarm(reason="bad_signature", subject="500000/facilities/all")
    peer()
    client.post(f"{APPLICATIONS}apply/", wanted())
    signed_in().post(f"{APPLICATIONS}{DataApplication.objects.get().pk}/grant/")
    assert client.get(address).context["cl"].result_count == 1

    assert signed_in("440100").get(address).context["cl"].result_count == 0
