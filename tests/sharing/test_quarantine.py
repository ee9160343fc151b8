"""What is held back and what is wrong wait at a desk: one matter a feed and reason, one an alarm."""

from uuid import uuid4

import orjson
import pytest

from providers.facilities.models import Facility
from sojourn.core.actors import Role
from sojourn.core.models import AuditEntry
from sojourn.desk.models import WorkItem
from sojourn.sharing import catalogue, errors
from sojourn.sharing.models import Alarm, SetAsideEntry
from sojourn.sharing.protocol.pages import Entry
from sojourn.sharing.services import care
from sojourn.sharing.services.alarms import close_alarm, close_alarms, raise_alarm
from sojourn.sharing.services.applying import Aside, set_aside
from sojourn.sharing.services.quarantine import close_matters, open_matters
from sojourn.sharing.services.sealing import rows_of
from sojourn.sharing.states import AlarmState, EntryState
from tests.sharing.exchange import cursor_of, pull_all
from tests.sharing.network import TWO_NODES
from tests.sharing.rows import followed, held, officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hosted(settings):
    settings.HOSTED_PROVINCES = list(TWO_NODES["44"])


def matters(queue: str = "quarantined_entries"):
    return WorkItem.objects.unfinished().filter(queue=queue)


# --- matters --------------------------------------------------------------------------------------
def test_a_thousand_entries_held_for_one_reason_are_one_matter(django_assert_max_num_queries):
    cursor = followed()

    with django_assert_max_num_queries(20):
        open_matters(cursor.pk, ["wrong_kind"] * 1000)
    open_matters(cursor.pk, ["wrong_kind", "not_storable"])

    found = set(matters().values_list("subject_id", flat=True))
    assert found == {f"{cursor.pk}:wrong_kind", f"{cursor.pk}:not_storable"}
    assert {item.division_code for item in matters()} == {"440000"}
    assert str(matters().get(subject_id__endswith="kind")) == (
        "重庆市 · 养老机构有隔离条目：字段缺失、多余或类型不对"
    )


def test_an_entry_that_only_waits_for_its_parent_is_no_matter():
    cursor = followed()

    set_aside(cursor.pk, 4, [Aside(entry(), "waiting_parent", "operator", missing=uuid4())])
    assert not matters().exists()
    set_aside(cursor.pk, 4, [Aside(entry(), "wrong_kind", "telephone")])

    assert matters().get().subject_id == f"{cursor.pk}:wrong_kind"


def entry() -> Entry:
    return Entry(f"500000:{uuid4()}", 1, 1, {"telephone": 1}, b"")


def test_a_matter_is_closed_when_nothing_is_held_for_it_any_more():
    cursor = followed()
    one = held(cursor)
    open_matters(cursor.pk, ["wrong_kind", "not_storable"])

    assert close_matters() == 1
    assert matters().get().subject_id == f"{cursor.pk}:wrong_kind"
    SetAsideEntry.objects.filter(pk=one.pk).update(state=EntryState.SUPERSEDED, settled_at=one.set_aside_at)

    assert close_matters() == 1
    assert not matters().exists()


# --- retrying and giving up -----------------------------------------------------------------------
def test_an_entry_is_given_up_with_a_reason_and_its_body_is_emptied():
    one = held(followed())
    with pytest.raises(errors.WhyMissing):
        care.dismiss_entry(entry_id=one.pk, reason="", actor=officer())

    care.dismiss_entry(entry_id=one.pk, reason="对方确认作废", actor=officer())

    one.refresh_from_db()
    assert (one.state, bytes(one.body)) == (EntryState.DISMISSED, b"")
    facts = AuditEntry.objects.get(action="entry.dismissed").facts
    assert facts == {"held": "wrong_kind", "reason": "对方确认作废"}
    with pytest.raises(errors.AlreadySettled):
        care.retry_entry(entry_id=one.pk, actor=officer())


def test_an_entry_that_is_still_wrong_stays_held_and_its_matter_open():
    cursor = followed()
    one = held(cursor)
    open_matters(cursor.pk, ["wrong_kind"])

    assert not care.retry_entry(entry_id=one.pk, actor=officer())

    one.refresh_from_db()
    assert (one.state, one.reason) == (EntryState.HELD, "wrong_kind")
    assert matters().count() == 1


def test_all_that_is_held_for_one_reason_is_given_up_at_once_and_nothing_else():
    cursor = followed()
    for _ in range(3):
        held(cursor)
    other, elsewhere = held(cursor, reason="not_storable"), held(followed(owner="610000"))
    open_matters(cursor.pk, ["wrong_kind", "not_storable"])

    many = care.dismiss_entries(
        feed_id=cursor.pk, held_for="wrong_kind", reason="对方确认作废", actor=officer()
    )

    assert many == 3
    assert set(SetAsideEntry.objects.held()) == {other, elsewhere}
    assert matters().get().subject_id == f"{cursor.pk}:not_storable"


def test_what_was_wrong_here_is_applied_once_it_is_right_here(standing):
    with standing["44"]:
        sealed = Facility.objects.filter(owner="440000").order_by("pk").first()
    pull_all(standing["50"], "44")
    with standing["50"]:
        cursor = cursor_of("facilities")
        copy = Facility.objects.get(pk=sealed.pk)
        body = rows_of(catalogue.known("facilities"), [str(copy.pk)])[str(copy.pk)][1]
        place = {"entity": copy.pk, "version": copy.version + 1, "reason": "not_storable", "detail": "x"}
        for _ in range(2):
            held(cursor, **{**place, "entity": uuid4(), "body": orjson.dumps({"a": 1})})
        held(cursor, **place, body=orjson.dumps({**body, "telephone": "00001111"}))

        done = care.retry_entries(feed_id=cursor.pk, held_for="not_storable", actor=officer("500000"))

        copy.refresh_from_db()
        assert (done, copy.telephone) == (1, "00001111")
        assert set(SetAsideEntry.objects.held().values_list("reason", flat=True)) == {"wrong_kind"}


@pytest.mark.parametrize(
    ("division", "role"), [("440100", Role.OFFICER), ("440000", Role.AUDITOR), ("440106", Role.ADMIN)]
)
def test_only_those_who_look_after_feeds_settle_entries_and_alarms(division, role):
    cursor, alarm = followed(), raise_alarm(reason="bad_signature", subject="node 50")
    one = held(cursor)
    actor = officer(division, role)
    of_feed = {"feed_id": cursor.pk, "held_for": "wrong_kind", "actor": actor}

    for verb in (
        lambda: care.retry_entry(entry_id=one.pk, actor=actor),
        lambda: care.dismiss_entry(entry_id=one.pk, reason="作废", actor=actor),
        lambda: care.retry_entries(**of_feed),
        lambda: care.dismiss_entries(**of_feed, reason="作废"),
        lambda: close_alarm(alarm_id=alarm.pk, reason="查明", actor=actor),
    ):
        with pytest.raises(errors.NotForYou):
            verb()

    one.refresh_from_db()
    assert one.state == EntryState.HELD
    assert Alarm.objects.open().count() == 1


# --- alarms ---------------------------------------------------------------------------------------
def test_an_alarm_is_one_matter_while_it_lasts_however_often_it_sounds():
    for _ in range(3):
        raise_alarm(reason="bad_signature", subject="500000/facilities/all", detail="1.4")

    item = matters("feed_alarms").get()
    assert str(item) == "重庆市 · 养老机构：签名验不过，内容可能被改动"
    assert item.address.endswith(f"/alarm/{item.subject_id}/change/")
    assert Alarm.objects.get().times == 3

    assert close_alarms(subject="500000/facilities/all") == 1
    assert not matters("feed_alarms").exists()


def test_an_alarm_about_our_own_feed_waits_at_its_owners_desk():
    raise_alarm(reason="recover", subject="450000/facilities/all")

    assert matters("feed_alarms").get().division_code == "450000"


def test_a_person_closes_an_alarm_with_a_reason_and_once():
    alarm = raise_alarm(reason="head_lower", subject="500000/facilities/all")
    with pytest.raises(errors.WhyMissing):
        close_alarm(alarm_id=alarm.pk, reason=" ", actor=officer())

    close_alarm(alarm_id=alarm.pk, reason="对方已说明", actor=officer())

    alarm.refresh_from_db()
    assert alarm.state == AlarmState.CLOSED
    assert AuditEntry.objects.get(action="alarm.closed").facts == {"reason": "对方已说明"}
    assert not matters("feed_alarms").exists()
    with pytest.raises(errors.AlreadySettled):
        close_alarm(alarm_id=alarm.pk, reason="对方已说明", actor=officer())


def test_a_node_that_hosts_nobody_has_no_desk(settings):
    settings.HOSTED_PROVINCES = []

    raise_alarm(reason="bad_signature", subject="node ?")
    open_matters(followed().pk, ["wrong_kind"])

    assert not WorkItem.objects.exists()
    assert Alarm.objects.open().count() == 1
