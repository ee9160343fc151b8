"""A work item from the room that opens it to the officer who closes it."""

from datetime import date

import pytest

from sojourn.accounts.models import User
from sojourn.core.actors import SYSTEM, Role
from sojourn.core.clock import frozen
from sojourn.core.refusals import WrongStatus
from sojourn.core.trail import entries_about
from sojourn.desk.errors import (
    DecidedElsewhere,
    HandlerUnfit,
    ItemTaken,
    NoSuchItem,
    NotYourDesk,
    OutcomeUnknown,
    SecondPersonNeeded,
    SubjectAtDesk,
)
from sojourn.desk.models import WorkItem
from sojourn.desk.services import (
    close_item,
    colleagues_for,
    finish_item,
    hand_over_item,
    open_item,
    release_item,
    reopen_item,
    take_item,
)
from sojourn.desk.states import ITEM_FLOW, ItemStatus
from sojourn.desk.subjects import Subject
from sojourn.provinces.errors import RuleMissing
from tests.desk.officers import desk_trail, officer
from tests.factories.accounts import MembershipFactory
from tests.factories.desk import WorkItemFactory
from tests.factories.provinces import RuleFactory

pytestmark = pytest.mark.django_db

SUBJECT = Subject("sample", "7", "样例核查", "440106")
PLACE = {"subject_kind": "sample", "subject_id": "7"}


def opened(queue: str = "sample_checks", **term) -> WorkItem:
    return open_item(queue=queue, subject=SUBJECT, facts={"page": 7}, actor=SYSTEM, **term)


# --- opening --------------------------------------------------------------------------------------
def test_an_item_waits_until_the_end_of_the_queues_term():
    with frozen(date(2026, 9, 30)):
        item = opened()

    item.refresh_from_db()
    assert (item.status, item.handler, item.facts) == ("open", None, {"page": 7})
    assert (item.working_days, item.due_on, item.due_provisional) == (5, date(2026, 10, 13), False)


def test_a_make_up_workday_counts():
    with frozen(date(2026, 9, 18)):
        assert opened(working_days=1).due_on == date(2026, 9, 20)  # a Sunday that is worked


def test_a_term_by_rule_is_the_one_of_the_day_and_of_the_province():
    RuleFactory(key="sharing_reply_days_conditional", member_id="440000", value=3)

    with frozen(date(2026, 9, 30)):
        item = opened("sample_replies")

    assert (item.working_days, item.due_on) == (3, date(2026, 10, 10))


def test_a_last_day_given_by_the_room_stands_as_it_is():
    item = opened(due_on=date(2026, 12, 31))

    assert (item.working_days, item.due_on, item.due_provisional) == (None, date(2026, 12, 31), False)


def test_a_last_day_past_the_announced_calendar_is_provisional():
    with frozen(date(2026, 12, 28)):
        item = opened()

    assert (item.due_on, item.due_provisional) == (date(2027, 1, 5), True)


def test_a_term_without_rule_or_days_is_refused():
    RuleFactory(key="sharing_reply_days_conditional", member_id="440000", value=None)

    with pytest.raises(RuleMissing):
        opened("sample_replies")

    assert not WorkItem.objects.exists()


def test_a_matter_that_waits_already_is_not_opened_twice():
    first = opened()

    again = opened(due_on=date(2030, 1, 1))

    assert again.pk == first.pk
    assert again.due_on == first.due_on
    assert [entry.action for entry in entries_about(first)] == ["workitem.opened"]


def test_the_same_subject_waits_in_another_queue_and_again_after_it_was_closed():
    first = opened()
    opened("sample_replies")
    close_item(queue="sample_checks", **PLACE, outcome="done", actor=SYSTEM)

    again = opened()

    assert again.pk != first.pk
    assert WorkItem.objects.unfinished().count() == 2


# --- taking and passing on ------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["440106", "440100", "440000"])
def test_an_officer_of_the_bureau_or_above_takes_an_item(place):
    item, actor = WorkItemFactory(), officer(place)

    take_item(item_id=item.pk, actor=actor)

    item.refresh_from_db()
    assert (item.status, item.handler_id) == ("taken", actor.user_id)
    assert entries_about(item).get().action == "workitem.taken"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
@pytest.mark.parametrize("verb", [take_item, release_item])
def test_who_only_reads_handles_nothing(role, verb):
    item = WorkItemFactory(taken=True)

    with pytest.raises(NotYourDesk):
        verb(item_id=item.pk, actor=officer("440000", role))

    assert not desk_trail().exists()


@pytest.mark.parametrize("place", ["440104", "230100"])
def test_an_item_of_another_place_is_not_there(place):
    item = WorkItemFactory()

    with pytest.raises(NoSuchItem):
        take_item(item_id=item.pk, actor=officer(place))

    assert WorkItem.objects.get(pk=item.pk).status == ItemStatus.OPEN


def test_what_a_colleague_took_is_taken():
    item = WorkItemFactory(taken=True)

    with pytest.raises(ItemTaken):
        take_item(item_id=item.pk, actor=officer())

    assert WorkItem.objects.get(pk=item.pk).handler_id == item.handler_id


def test_a_released_item_waits_for_anyone():
    item = WorkItemFactory(taken=True)

    release_item(item_id=item.pk, actor=officer())

    item.refresh_from_db()
    assert (item.status, item.handler, item.taken_at) == ("open", None, None)


@pytest.mark.parametrize("state", [{}, {"taken": True}])
def test_an_item_is_handed_to_an_officer_who_reaches_the_place(state):
    item, colleague = WorkItemFactory(**state), officer("440100")

    hand_over_item(item_id=item.pk, to_user=colleague.user_id, actor=officer())

    item.refresh_from_db()
    assert (item.status, item.handler_id) == ("taken", colleague.user_id)
    assert entries_about(item).get().facts == {"handler": str(colleague.user_id)}


@pytest.mark.parametrize(("place", "role"), [("440104", Role.OFFICER), ("440106", Role.AUDITOR)])
def test_an_item_is_not_handed_to_one_who_could_not_take_it(place, role):
    item = WorkItemFactory()

    with pytest.raises(HandlerUnfit):
        hand_over_item(item_id=item.pk, to_user=officer(place, role).user_id, actor=officer())

    assert WorkItem.objects.get(pk=item.pk).status == ItemStatus.OPEN


def test_an_item_is_not_handed_to_a_closed_account():
    item, gone = WorkItemFactory(), officer()
    User.objects.filter(pk=gone.user_id).update(is_active=False)

    with pytest.raises(HandlerUnfit):
        hand_over_item(item_id=item.pk, to_user=gone.user_id, actor=officer())


def test_the_colleagues_offered_are_the_officers_in_reach_the_nearest_first():
    item = WorkItemFactory()
    province, county, city = (
        MembershipFactory(division_code=code).user for code in ("440000", "440106", "440100")
    )
    MembershipFactory(division_code="440104")
    MembershipFactory(division_code="440106", role=Role.AUDITOR)
    MembershipFactory(division_code="440106", user__is_active=False)
    MembershipFactory(division_code="440106", holder_kind="assessor", holder_id=item.pk)

    assert colleagues_for(item) == [county, city, province]


# --- closing --------------------------------------------------------------------------------------
def test_the_room_closes_what_it_decided():
    item, actor = WorkItemFactory(queue="sample_replies", **PLACE, taken=True), officer()

    close_item(queue="sample_replies", **PLACE, outcome="done", actor=actor)

    item.refresh_from_db()
    assert (item.status, item.closed_by_id, item.closed_as) == ("closed", actor.user_id, "officer")
    assert (item.outcome, str(item.outcome_label)) == ("done", "已核查")


def test_where_nothing_waits_nothing_is_closed():
    assert close_item(queue="sample_checks", **PLACE, outcome="done", actor=SYSTEM) is None
    assert not desk_trail().exists()


def test_a_job_closes_as_the_system():
    item = WorkItemFactory(queue="sample_penalties", **PLACE)

    close_item(queue="sample_penalties", **PLACE, outcome="dropped", actor=SYSTEM)

    item.refresh_from_db()
    assert (item.closed_by, item.closed_as) == (None, "system")


def test_an_officer_closes_at_the_desk_only_where_the_queue_is_closed_there():
    here = WorkItemFactory(taken=True)
    elsewhere = WorkItemFactory(taken=True, queue="sample_replies")

    finish_item(item_id=here.pk, outcome="done", actor=officer())
    with pytest.raises(DecidedElsewhere):
        finish_item(item_id=elsewhere.pk, outcome="done", actor=officer())

    assert list(WorkItem.objects.order_by("queue").values_list("status", flat=True)) == ["closed", "taken"]


def test_an_outcome_that_the_queue_does_not_know_is_refused():
    item = WorkItemFactory()

    with pytest.raises(OutcomeUnknown):
        finish_item(item_id=item.pk, outcome="forgotten", actor=officer())

    assert WorkItem.objects.get(pk=item.pk).status == ItemStatus.OPEN


@pytest.mark.parametrize("is_taken", [True, False])
def test_where_a_second_person_is_needed_she_who_took_it_cannot_close_it(is_taken):
    actor = officer()
    item = WorkItemFactory(queue="sample_penalties", needs_second_person=True)
    if is_taken:
        take_item(item_id=item.pk, actor=actor)

    with pytest.raises(SecondPersonNeeded):
        finish_item(item_id=item.pk, outcome="done", actor=actor)

    assert WorkItem.objects.get(pk=item.pk).closed_at is None


def test_the_second_person_closes_it():
    item, first, second = opened("sample_penalties"), officer(), officer()
    take_item(item_id=item.pk, actor=first)

    finish_item(item_id=item.pk, outcome="done", actor=second)

    item.refresh_from_db()
    assert (item.handler_id, item.closed_by_id) == (first.user_id, second.user_id)


# --- a slip is undone -----------------------------------------------------------------------------
def test_a_closed_item_waits_again_with_its_last_day():
    item = WorkItemFactory(closed=True)

    reopen_item(item_id=item.pk, actor=officer())

    item.refresh_from_db()
    assert (item.status, item.outcome, item.closed_at, item.closed_as) == ("open", "", None, "")
    assert item.due_on == date(2026, 9, 30)
    told = {"queue": item.queue, "before": {"outcome": "done"}, "after": {}}
    assert entries_about(item).get().facts == told


def test_an_item_stays_closed_while_its_subject_waits_anew():
    item = WorkItemFactory(closed=True, **PLACE)
    WorkItemFactory(**PLACE)

    with pytest.raises(SubjectAtDesk):
        reopen_item(item_id=item.pk, actor=SYSTEM)

    assert WorkItem.objects.get(pk=item.pk).status == ItemStatus.CLOSED


# --- every status ---------------------------------------------------------------------------------
def in_status(status: ItemStatus) -> WorkItem:
    traits = {ItemStatus.OPEN: {}, ItemStatus.TAKEN: {"taken": True}, ItemStatus.CLOSED: {"closed": True}}
    return WorkItemFactory(**traits[status])


VERBS = {
    "take": lambda item, actor: take_item(item_id=item.pk, actor=actor),
    "release": lambda item, actor: release_item(item_id=item.pk, actor=actor),
    "hand_over": lambda item, actor: hand_over_item(item_id=item.pk, to_user=actor.user_id, actor=actor),
    "close": lambda item, actor: finish_item(item_id=item.pk, outcome="done", actor=actor),
    "reopen": lambda item, actor: reopen_item(item_id=item.pk, actor=actor),
}
REFUSED = [(verb, status) for verb in VERBS for status in sorted(set(ItemStatus) - ITEM_FLOW.sources(verb))]


@pytest.mark.parametrize(("verb", "status"), REFUSED)
def test_a_verb_that_does_not_follow_changes_nothing(verb, status):
    item = in_status(status)

    with pytest.raises((WrongStatus, ItemTaken)):
        VERBS[verb](item, officer())

    kept = WorkItem.objects.get(pk=item.pk)
    assert (kept.status, kept.version) == (status, 1)
    assert not desk_trail().exists()
