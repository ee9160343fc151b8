"""What was done to a row, and what it was before, in words."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from providers.facilities.models import Facility
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.models import AuditEntry
from sojourn.core.trail import entries_about, record
from sojourn.web.past import action_label, lines_of, name_actions, shown, states_of
from tests.architecture.house import sources
from tests.factories.facilities import FacilityFactory, OperatorFactory


def field(name: str):
    return Facility._meta.get_field(name)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("status", "open", "开放旅居"),
        ("kind", None, "—"),
        ("kind", "a kind that is no more", "a kind that is no more"),
        ("address", "", "—"),
        ("levels_taken", ["intact", "mild"], "能力完好、能力轻度受损（轻度失能）"),
        ("levels_taken", [], "—"),
        ("languages", ["mandarin", "a language without a word"], "普通话、a language without a word"),
        ("address", "lift", "lift"),
        ("bed_fee_fen", 150_000, "¥1,500"),
        ("bed_fee_fen", 0, "¥0"),
        ("bed_fee_fen", None, "—"),
        ("filed_beds", 0, "0"),
        ("is_sample", True, "是"),
        ("is_sample", False, "否"),
        ("lng", Decimal("113.264385"), "113.264385"),
        ("hospital_km", Decimal("10.0"), "10"),
        ("beds_as_of", date(2026, 9, 1), "2026-09-01"),
    ],
)
def test_a_value_is_shown_by_label_in_yuan_or_as_a_dash(name, value, words):
    assert shown(field(name), value) == words


def test_an_instant_is_shown_in_chinese_time_and_facts_as_pairs():
    assert shown(None, datetime(2026, 5, 1, 16, 30, tzinfo=UTC)) == "2026-05-02 00:30:00"
    assert shown(None, {"reason": "装修", "beds": 3}) == "原因：装修；beds：3"


@pytest.mark.django_db
def test_a_line_says_role_and_place_and_what_changed_and_never_who():
    row = FacilityFactory()
    actor = Actor(Role.OFFICER, ("4401", "230103"), user_id=row.pk)
    record(
        action="t.amended",
        actor=actor,
        subject=row,
        before={"address": ""},
        after={"address": "乙路2号"},
        reason="更正",
    )
    name_actions({"t.amended": "更正公开信息"})

    (line,) = lines_of(entries_about(row))

    assert (line.action, line.subject) == ("更正公开信息", "养老机构")
    assert line.reach == "广东省广州市、黑龙江省哈尔滨市道里区" or line.reach.startswith(
        "广东省广州市、黑龙江省哈尔滨市"
    )
    assert [(c.name, c.old, c.new) for c in line.facts] == [("地址", "—", "乙路2号"), ("原因", None, "更正")]


@pytest.mark.django_db
def test_coded_facts_are_told_by_the_words_of_their_room():
    row = FacilityFactory()
    entry = record(
        action="facility.features_reported",
        actor=SYSTEM,
        subject=row,
        before={"lift": None},
        after={"lift": "yes"},
    )

    (line,) = lines_of([entry])

    assert [(str(c.name), c.old, c.new) for c in line.facts] == [("电梯", "—", "是")]


def test_every_action_that_a_service_records_has_a_name():
    recorded = set()
    for path in sources():
        recorded |= set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', path.read_text("utf-8")))

    unnamed = {action for action in recorded if action_label(AuditEntry(action=action)) is None}

    assert len(recorded) > 20
    assert unnamed == set()


@pytest.mark.django_db
def test_an_action_that_no_room_named_and_a_model_that_is_no_more_still_show():
    entry = AuditEntry.objects.create(
        action="unheard.of",
        subject_kind="gone.model",
        subject_id="1",
        actor_role="system",
        facts={"before": {"a": 1}},
    )

    (line,) = lines_of([entry])

    assert (line.action, line.subject, line.reach) == (None, "gone.model", "")
    assert [(c.name, c.old, c.new) for c in line.facts] == [("原a", None, "1")]


@pytest.mark.django_db
def test_the_places_of_a_whole_trail_cost_one_query(django_assert_num_queries):
    row = FacilityFactory()
    for code in ("440106", "440104", "230103"):
        record(action="t.done", actor=Actor(Role.OFFICER, (code,)), subject=row)

    with django_assert_num_queries(2):
        lines_of(entries_about(row))


@pytest.mark.django_db
def test_states_tell_each_field_before_and_after_newest_first():
    row = FacilityFactory(address="甲路1号")
    operator = OperatorFactory(name="广州汀鹭养老服务有限公司")
    Facility.objects.filter(pk=row.pk).update(address="乙路2号", operator=operator, status="open")

    newest, first = states_of(row, limit=10)

    assert {(c.name, c.old, c.new) for c in newest.changes} == {
        ("地址", "甲路1号", "乙路2号"),
        ("运营主体", "—", "广州汀鹭养老服务有限公司"),
        ("状态", "已登记", "开放旅居"),
    }
    assert (str(newest.label), str(first.label), newest.is_first, first.is_first) == (
        "变更",
        "新增",
        False,
        True,
    )
    assert ("地址", None, "甲路1号") in {(c.name, c.old, c.new) for c in first.changes}


@pytest.mark.django_db
def test_a_long_history_is_cut_without_passing_the_last_state_for_the_first():
    row = FacilityFactory()
    for number in range(5):
        Facility.objects.filter(pk=row.pk).update(address=f"{number}号")

    states = states_of(row, limit=3)

    assert len(states) == 3
    assert not any(state.is_first for state in states)


@pytest.mark.django_db
def test_a_model_without_history_has_no_states():
    row = FacilityFactory()

    entry = record(action="t.done", actor=SYSTEM, subject=row)

    assert states_of(entry, limit=10) == []
