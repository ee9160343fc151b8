"""The overview: calm in one sentence, in trouble what is wrong first."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sojourn.core.actors import Role
from sojourn.core.clock import now
from sojourn.desk import services as desk
from sojourn.desk.models import Proposal
from sojourn.sharing.models import Alarm, HeadSeen, Marker, Page
from sojourn.sharing.services.alarms import raise_alarm
from sojourn.sharing.services.holding import pause_feed
from sojourn.sharing.states import FeedState
from tests.factories.facilities import FacilityFactory, OperatorFactory
from tests.sharing.admin.conftest import signed_in
from tests.sharing.rows import followed, held, officer, peer, stopped, written

pytestmark = pytest.mark.django_db

PAGE = "/admin/sharing/feed/"


def text_of(client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def healthy() -> None:
    peer()
    for owner in ("500000", "610000"):
        followed(owner=owner)
    written()
    followed(owner="210000", confirmed_at=now() - timedelta(seconds=42))


# --- health and trouble ---------------------------------------------------------------------------
def test_where_all_is_well_one_sentence_says_so_and_how_old_the_oldest_copy_is(client):
    healthy()

    page = text_of(client)

    assert "4 个成员的数据流全部正常，最旧一份核对于 42 秒前。" in page
    assert "需要关注</h2>" not in page
    assert "重庆市、陕西省、辽宁省、吉林省、黑龙江省" in page


def test_in_trouble_what_is_wrong_stands_first_with_why_since_when_and_what_to_do(client):
    healthy()
    cursor = followed(owner="220000", state=FeedState.INTEGRITY_STOP, reason="bad_signature", head_no=6)

    page = text_of(client)

    assert "有 1 处需要关注。" in page
    trouble = page[page.index('id="exchange-troubles"') : page.index('id="exchange-peers"')]
    assert "吉林省 · 养老机构" in trouble
    assert "完整性停用" in trouble
    assert "签名验不过，内容可能被改动" in trouble
    assert "由一人提请、另一人复核解除" in trouble
    assert "落后 3 页，约 10 秒" in trouble
    assert f"/admin/sharing/feed/{cursor.pk}/release/" in trouble
    assert "重庆市" not in trouble


@pytest.mark.parametrize(
    ("state", "button"),
    [
        (FeedState.PAUSED, "resume"),
        (FeedState.BEHIND_SCHEMA, "resume"),
        (FeedState.QUARANTINE_LIMIT, "resume"),
        (FeedState.INTEGRITY_STOP, "release"),
    ],
)
def test_each_trouble_has_its_state_in_a_word_its_sentence_and_its_button(client, state, button):
    cursor = followed(state=state, reason="quarantine_limit")

    page = text_of(client)

    assert f">{state.label}</span>" in page
    assert "下一步" in page
    assert f"/admin/sharing/feed/{cursor.pk}/{button}/" in page


def test_a_copy_not_confirmed_for_too_long_is_said_although_its_state_is_well(client):
    followed(confirmed_at=now() - timedelta(minutes=11))

    page = text_of(client)

    assert "久未核对" in page
    assert "核对于 11 分钟前" in page


def test_held_entries_and_alarms_that_are_about_no_feed_are_troubles_too(client):
    held(followed())
    raise_alarm(reason="replayed", subject="node ?", detail="page")

    page = text_of(client)

    assert "有 2 处需要关注。" in page
    assert "1 条隔离条目待处理" in page
    assert "未能认出的节点" in page
    assert "同一请求被重复使用" in page


def test_an_own_feed_that_is_being_recovered_is_a_trouble(client):
    head = written(state=FeedState.RECOVER, reason="vault")
    Marker.objects.create(feed=head.feed, entity="0192f0c0-0000-7000-8000-000000000000", version=1)

    page = text_of(client)

    assert "数据库退回到了以前" in page
    assert "1 处变更待封页" in page
    assert f"/admin/sharing/feed/{head.pk}/new-epoch/" in page


def test_a_node_without_feeds_says_what_is_missing(client):
    assert "请先配置成员名册和密钥" in text_of(client)


def test_the_entries_of_each_hour_are_drawn_and_told_in_numbers(client):
    head, cursor = written(), followed()
    for feed, entries in ((head.feed, 30), (cursor.feed, 12)):
        Page.objects.create(
            feed=feed,
            epoch=1,
            no=4,
            digest="c" * 64,
            header=b"{}",
            signature=b"{}",
            packed=b"",
            entries=entries,
            sealed_at=now(),
        )

    answer = client.get(PAGE)

    day = answer.context["day"]
    assert (day.published, day.received, day.hours[-1].total) == (30, 12, 42)
    assert day.hours[-1].published_height + day.hours[-1].received_height == pytest.approx(114, abs=0.2)
    assert "发布 30 条，接收 12 条" in answer.content.decode()


def test_twenty_feeds_cost_no_more_reads_than_two(client):
    def reads() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        return len(found)

    followed(state=FeedState.PAUSED)
    written()
    reads()
    few = reads()
    for owner in ("610000", "210000", "220000", "230000"):
        for resource in ("operators", "facilities", "bases", "schemes"):
            held(followed(owner=owner, resource=resource, state=FeedState.PAUSED))

    assert reads() == few


# --- who ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.ADMIN])
def test_staff_of_less_than_a_province_see_nothing_of_it(role):
    cursor = stopped()
    client = signed_in("440100", role)

    page = text_of(client)

    assert "这里没有您辖区内的内容" in page
    assert "重庆市" not in page
    assert client.get(f"{PAGE}{cursor.pk}/change/").status_code == 302
    assert client.post(f"{PAGE}{cursor.pk}/release/", {"reason": "x"}).status_code == 302
    assert not Proposal.objects.exists()


def test_an_auditor_of_the_province_reads_and_does_nothing():
    cursor = followed(state=FeedState.PAUSED)
    client = signed_in(role=Role.AUDITOR)

    assert f"/{cursor.pk}/resume/" not in text_of(client)
    assert client.post(f"{PAGE}{cursor.pk}/resume/").status_code == 403
    cursor.refresh_from_db()
    assert cursor.state == FeedState.PAUSED


# --- one feed -------------------------------------------------------------------------------------
def test_a_stopped_feed_is_released_by_two_people_through_the_pages(client):
    cursor = stopped()

    answer = client.post(f"{PAGE}{cursor.pk}/release/", {"reason": "已与重庆核对"})

    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.address == f"{PAGE}{cursor.pk}/change/"
    assert client.post(f"/admin/desk/proposal/{proposal.pk}/approve/").status_code == 403
    cursor.refresh_from_db()
    assert cursor.state == FeedState.INTEGRITY_STOP

    signed_in().post(f"/admin/desk/proposal/{proposal.pk}/approve/", {"opinion": "同意"})

    cursor.refresh_from_db()
    assert cursor.state == FeedState.RUNNING


def test_there_is_no_way_to_release_a_feed_alone(client):
    cursor = stopped()
    actor = officer()

    client.post(f"{PAGE}{cursor.pk}/resume/")
    client.post(f"{PAGE}{cursor.pk}/release/", {"reason": "已与重庆核对"})

    cursor.refresh_from_db()
    assert cursor.state == FeedState.INTEGRITY_STOP
    assert desk.may_approve(actor, Proposal.objects.get())


def test_a_feed_tells_its_pages_its_alarms_and_what_people_did(client):
    cursor = followed()
    pause_feed(feed_id=cursor.pk, reason="检修", actor=officer())
    raise_alarm(reason="head_lower", subject=str(cursor.feed))
    Page.objects.create(
        feed=cursor.feed,
        epoch=1,
        no=3,
        digest="c" * 64,
        header=b"{}",
        signature=b"{}",
        packed=b"",
        entries=7,
        sealed_at=now(),
        applied=4,
        superseded=1,
        quarantined=2,
        waiting=0,
        blanked=0,
    )

    page = text_of(client, f"{PAGE}{cursor.pk}/change/")

    assert "重庆市 · 养老机构" in page
    assert "暂停同步" in page
    assert "对方出示的页码比以前低" in page
    assert "cccccccccccc" in page
    assert text_of(client, f"{PAGE}{cursor.pk}/history/")


def test_two_headers_for_one_number_stand_beside_each_other(client):
    cursor = stopped()
    alarm = raise_alarm(reason="two_histories", subject=str(cursor.feed), detail="1.3")
    Page.objects.create(
        feed=cursor.feed,
        epoch=1,
        no=3,
        digest="c" * 64,
        header=b'{"no":3,"ours":1}',
        signature=b'{"value":"aa"}',
        packed=b"",
        entries=7,
        sealed_at=now(),
    )
    HeadSeen.objects.create(
        feed=cursor.feed,
        epoch=1,
        no=3,
        digest="d" * 64,
        header=b'{"no":3,"theirs":1}',
        signature=b'{"value":"bb"}',
        shown_by="99",
    )

    for address in (f"{PAGE}{cursor.pk}/change/", f"/admin/sharing/alarm/{alarm.pk}/change/"):
        page = text_of(client, address)

        assert "与本地不同" in page
        assert "节点 99" in page
        assert "&quot;theirs&quot;:1" in page
        assert "&quot;ours&quot;:1" in page
    assert Alarm.objects.open().exists()


# --- the catalogue --------------------------------------------------------------------------------
def test_the_catalogue_tells_the_terms_and_fields_of_each_resource(client):
    page = text_of(client, f"{PAGE}catalogue/")

    for told in (
        "养老机构",
        "facilities/1",
        "无条件共享",
        "政务数据共享条例",
        "床位费",
        "features[]",
        "变更后随即发布",
        "机构信息依法公开，各成员办理旅居、比对和互认都要使用，不含个人信息",
        "非个人信息",
        "sealed.identity_number",
        "敏感个人信息",
    ):
        assert told in page


def test_the_catalogue_shows_as_a_sample_only_what_everyone_sees(client, settings):
    there = {"division_id": "230103", "operator": OperatorFactory(division_id="230103")}
    FacilityFactory(id=UUID(int=1), listed_name="尚未开放的养老院", status="registered", **there)
    FacilityFactory(id=UUID(int=2), listed_name="已经开放的养老院", open=True, **there)
    settings.HOSTED_PROVINCES = ["230000"]

    page = text_of(client, f"{PAGE}catalogue/")

    assert "已经开放的养老院" in page
    assert "尚未开放的养老院" not in page
