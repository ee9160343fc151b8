"""What time alone brings about happens once, however often the job runs."""

from datetime import date

import pytest

from sojourn.core.clock import frozen, now
from sojourn.core.trail import entries_about
from sojourn.desk.models import WorkItem
from sojourn.desk.services import escalate_overdue, lapse_proposals, settle_due_dates
from sojourn.desk.tasks import sweep
from sojourn.provinces.models import CalendarYear
from sojourn.provinces.states import HolidayKind
from tests.desk.officers import desk_trail
from tests.factories.desk import ProposalFactory, WorkItemFactory
from tests.factories.provinces import HolidayFactory, RuleFactory

pytestmark = pytest.mark.django_db

DUE = date(2026, 9, 30)  # the last working day before the National Day holidays of 2026


def raised(item: WorkItem) -> tuple[int, str]:
    item.refresh_from_db()
    return item.escalation, item.escalated_to


# --- escalation -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "level", "bureau"),
    [
        (date(2026, 9, 30), 0, ""),
        (date(2026, 10, 7), 0, ""),  # no working day has passed
        (date(2026, 10, 8), 1, "440100"),
        (date(2026, 10, 10), 1, "440100"),  # a Saturday that is worked: the third day
        (date(2026, 10, 12), 2, "440000"),
        (date(2026, 12, 1), 2, "440000"),
    ],
)
def test_an_overdue_item_rises_by_working_days_from_county_to_city_to_province(day, level, bureau):
    item = WorkItemFactory(due_on=DUE)

    with frozen(day):
        escalate_overdue()

    assert raised(item) == (level, bureau)


def test_every_step_is_in_the_trail_also_when_the_job_comes_late():
    item = WorkItemFactory(due_on=DUE)

    with frozen(date(2026, 12, 1)):
        steps = escalate_overdue()

    assert steps == 2
    assert [(line.action, line.facts) for line in entries_about(item)] == [
        ("workitem.escalated", {"escalation": 2, "escalated_to": "440000"}),
        ("workitem.escalated", {"escalation": 1, "escalated_to": "440100"}),
    ]


def test_twice_is_once():
    item = WorkItemFactory(due_on=DUE)

    with frozen(date(2026, 10, 8)):
        assert (escalate_overdue(), escalate_overdue()) == (1, 0)

    assert desk_trail().count() == 1
    assert WorkItem.objects.get(pk=item.pk).version == 2


@pytest.mark.parametrize(
    ("place", "bureau", "level"),
    [("500101", "500000", 1), ("440100", "440000", 1), ("440000", "", 0)],
    ids=["a district of 重庆", "a city", "a province"],
)
def test_an_item_rises_no_further_than_there_are_bureaus(place, bureau, level):
    item = WorkItemFactory(due_on=DUE, division_code=place)

    with frozen(date(2026, 12, 1)):
        escalate_overdue()

    assert raised(item) == (level, bureau)


def test_a_closed_item_does_not_rise():
    item = WorkItemFactory(due_on=DUE, closed=True)

    with frozen(date(2026, 12, 1)):
        escalate_overdue()

    assert raised(item) == (0, "")


def test_a_province_may_set_another_pace():
    RuleFactory(key="desk_escalation_days", member_id="440000", value=1)
    item = WorkItemFactory(due_on=DUE)

    with frozen(date(2026, 10, 9)):
        escalate_overdue()

    assert raised(item) == (2, "440000")


# --- last days settle -----------------------------------------------------------------------------
@pytest.fixture
def provisional() -> WorkItem:
    """Opened on 2026-12-28 for four working days, which end in a year without a notice."""
    with frozen(date(2026, 12, 28)):
        return WorkItemFactory(opened_at=now(), working_days=4, due_on=date(2027, 1, 4), due_provisional=True)


def test_without_a_notice_a_last_day_stays_provisional(provisional):
    assert settle_due_dates() == 0

    assert WorkItem.objects.get(pk=provisional.pk).version == 1


def test_the_notice_moves_a_last_day_once(provisional):
    CalendarYear.objects.filter(year=2027).update(announced=True)
    HolidayFactory(day=date(2027, 1, 2), kind=HolidayKind.WORKDAY, festival="元旦")

    assert (settle_due_dates(), settle_due_dates()) == (1, 0)

    provisional.refresh_from_db()
    assert (provisional.due_on, provisional.due_provisional) == (date(2027, 1, 2), False)
    assert entries_about(provisional).get().facts == {
        "before": {"due_on": "2027-01-04"},
        "after": {"due_on": "2027-01-02"},
    }


# --- proposals lapse ------------------------------------------------------------------------------
def test_a_proposal_that_nobody_decided_lapses_once():
    late, waiting = ProposalFactory(overdue=True), ProposalFactory()

    assert (lapse_proposals(), lapse_proposals()) == (1, 0)

    late.refresh_from_db()
    waiting.refresh_from_db()
    assert (late.status, late.decided_by, waiting.status) == ("lapsed", None, "proposed")


def test_the_job_does_all_three(provisional):
    WorkItemFactory(due_on=DUE)
    ProposalFactory(overdue=True)

    assert sweep() == {"settled": 0, "escalated": 2, "lapsed": 1}
    assert sweep() == {"settled": 0, "escalated": 0, "lapsed": 0}
