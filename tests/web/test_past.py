"""What was done to a row, and what it was before, in words."""

import ast
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import get_resolver

from providers.facilities.models import Facility
from residents.assessments.states import ReadPart
from residents.consents import facts
from residents.consents.grounds import statutory_on
from residents.consents.states import (
    ArrivalStatus,
    ConsentStatus,
    Disposition,
    LegalShareStatus,
    MandateStatus,
)
from residents.registry.facts import ResidentFacts
from residents.registry.states import ImportStatus, RequestStatus, TransferStatus
from sojourn.accounts import holders
from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.models import AuditEntry
from sojourn.core.trail import entries_about, record
from sojourn.desk import decisions, queues
from sojourn.desk.states import ProposalStatus
from sojourn.files import owners
from sojourn.sharing import catalogue
from sojourn.sharing.states import FEED_FLOW, PEER_FLOW, ApplicationStatus, GrantStatus
from sojourn.web.past import _called, action_label, lines_of, name_actions, shown, states_of
from tests.architecture.house import sources
from tests.factories.desk import ProposalFactory
from tests.factories.facilities import FacilityFactory, OperatorFactory


@pytest.fixture(autouse=True, scope="module")
def loaded():
    """Rooms say what they call their verbs where their pages are, and those are found by their addresses."""
    assert get_resolver().url_patterns


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


# Verbs that a service puts together: what stands before the dot, and every word that may stand behind it.
PUT_TOGETHER = {
    "arrival": set(ArrivalStatus),
    "assessment": {f"{part.value}_read" for part in ReadPart},
    "application": set(ApplicationStatus) - {ApplicationStatus.SUBMITTED},
    "consent": set(ConsentStatus),
    "correctionrequest": set(RequestStatus) - {RequestStatus.WAITING},
    "feed": set(FEED_FLOW.labels),
    "grant": set(GrantStatus) - {GrantStatus.LIVE},
    "import": {ImportStatus.APPLIED, ImportStatus.DISCARDED, ImportStatus.LAPSED, ImportStatus.UNDONE},
    "legalshare": set(LegalShareStatus),
    "linkrequest": set(RequestStatus) - {RequestStatus.WAITING},
    "mandate": set(MandateStatus),
    "match": set(Disposition) - {Disposition.OPEN},
    "peer": set(PEER_FLOW.labels),
    "proposal": set(ProposalStatus) - {ProposalStatus.PROPOSED},
    "resident.transfer_": {TransferStatus.REFUSED, TransferStatus.LAPSED},
}


def recordings() -> list[ast.Call]:
    """Every place where a service writes a line of the trail."""
    calls = (node for path in sources() for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return [
        call
        for call in calls
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"record", "record_all", "record_many"}
        and any(given.arg == "action" for given in call.keywords)
    ]


def action_of(call: ast.Call) -> ast.expr:
    return next(given.value for given in call.keywords if given.arg == "action")


def test_every_action_that_a_service_puts_together_has_a_name():
    put_together = {
        ast.unparse(value) for value in map(action_of, recordings()) if isinstance(value, ast.JoinedStr)
    }

    heads = {re.match(r"f'([a-z._]+?)\.?\{", one)[1] for one in put_together}
    actions = {
        f"{head if head.endswith('_') else head + '.'}{getattr(end, 'value', end)}"
        for head, ends in PUT_TOGETHER.items()
        for end in ends
    }

    assert heads == PUT_TOGETHER.keys()
    assert {action for action in actions if action_label(AuditEntry(action=action)) is None} == set()


def test_every_fact_that_stands_beside_an_action_has_a_name():
    named = {field.name for model in apps.get_models() for field in model._meta.concrete_fields}
    facts = {
        given.arg
        for call in recordings()
        for given in call.keywords
        if given.arg not in {"action", "actor", "subject", "lines", "before", "after", None}
    }

    raw = {name for name in facts if name not in named and _called(None, name) == name}

    assert len(facts) > 40
    assert raw == set()


def every_code() -> list[tuple[str, dict]]:
    """What stands in lines of the trail as a code: each queue and outcome, kind, resource, holder, owner and fact."""
    proposals = [("desk.proposal", {"kind": kind.code}) for kind in decisions.registered()]
    items = [
        ("desk.workitem", {"queue": queue.code, "outcome": outcome})
        for queue in queues.registered()
        for outcome in queue.outcomes
    ]
    shared = [
        ("sharing.grant", {"resource": one.name, "fields": list(one.facts)}) for one in catalogue.resources()
    ]
    holding = [("accounts.membership", {"holder": kind.code}) for kind in holders.registered()]
    owning = [("files.storedfile", {"owner": kind.code}) for kind in owners.registered()]
    told = [("consents.consent", {"fields": [fact.code for fact in facts.known()]})]
    corrected = [("registry.resident", {"corrected": list(ResidentFacts.__annotations__)})]
    grounds = [("consents.legalshare", {"ground_code": one.code}) for one in statutory_on(date(2026, 11, 1))]
    return proposals + items + shared + holding + owning + told + corrected + grounds


@pytest.mark.django_db
def test_no_code_in_the_trail_is_shown_as_it_is_written():
    raw = []
    for kind, said in every_code():
        (line,) = lines_of([AuditEntry(action="t.done", subject_kind=kind, facts=said)])
        for change in line.facts:
            words = [str(change.name), *change.new.split("、")]
            raw += [f"{kind} {word}" for word in words if re.fullmatch(r"[a-z_.]+", word)]

    assert len(every_code()) > 40
    assert raw == []


@pytest.mark.django_db
def test_an_outcome_is_called_as_in_its_queue_and_where_that_is_not_told_as_in_all():
    said = [{"queue": "data_applications", "outcome": "granted"}, {"outcome": "granted"}, {"outcome": "gone"}]

    lines = lines_of(
        [AuditEntry(action="t.done", subject_kind="desk.workitem", facts=facts) for facts in said]
    )

    assert [line.facts[-1].new for line in lines] == ["已同意提供", "已同意提供／核实通过", "gone"]


@pytest.mark.django_db
def test_the_states_of_a_row_tell_its_codes_in_words():
    proposal = ProposalFactory(kind="erase_resident")

    state = states_of(proposal, limit=5)[-1]

    assert ("复核类别", "删除个人信息") in {(str(change.name), change.new) for change in state.changes}


@pytest.mark.django_db
def test_of_a_row_that_another_node_keeps_nothing_is_told():
    row = FacilityFactory()
    row.pk = uuid4()

    assert states_of(row, limit=5) == []


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
