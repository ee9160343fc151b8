"""Which rows, for whom: what is listed can be opened, and nothing else."""

from datetime import date

import pytest

from sojourn.core.actors import Actor, Role
from sojourn.desk import policy
from sojourn.desk.models import Delegation, Proposal, WorkItem
from tests.desk.officers import officer
from tests.factories.accounts import UserFactory
from tests.factories.desk import DelegationFactory, ProposalFactory, WorkItemFactory
from tests.providers.actors import everyone

pytestmark = pytest.mark.django_db


def every_scoped_row():
    """Every actor with rows of a county, of another city and of another province, and a delegation of hers."""
    for actor in [*everyone(), officer("440106"), officer("440100", Role.AUDITOR)]:
        for code in ("440106", "440300", "230103"):
            yield actor, WorkItemFactory(division_code=code)
            yield actor, ProposalFactory(division_code=code)
        yield actor, DelegationFactory()
        if actor.user_id:
            yield actor, DelegationFactory(giver_id=actor.user_id)
            yield actor, DelegationFactory(receiver_id=actor.user_id)


def test_list_and_detail_agree():
    answers = set()
    for actor, row in every_scoped_row():
        listed = type(row).objects.visible_to(actor).contains(row)
        managed = type(row).objects.managed_by(actor).contains(row)

        assert listed == managed == policy.can_view(actor, row), (actor, row)
        answers.add((type(row), listed))

    assert answers == {(model, seen) for model in (WorkItem, Proposal, Delegation) for seen in (True, False)}


def at_desk(actor: Actor) -> set[str]:
    return set(WorkItem.objects.at_desk_of(actor).values_list("title", flat=True))


def test_an_officers_desk_is_her_own_bureaus_and_what_was_raised_to_it():
    WorkItemFactory(title="区里的")
    WorkItemFactory(title="市里的", division_code="440100")
    WorkItemFactory(title="省里的", division_code="440000")
    raised = {"escalated_at": "2026-10-08T00:00:00Z"}
    WorkItemFactory(title="报到市里", escalation=1, escalated_to="440100", **raised)
    WorkItemFactory(title="报到省里", escalation=2, escalated_to="440000", **raised)
    WorkItemFactory(title="外省的", division_code="230103", escalation=1, escalated_to="230100", **raised)

    assert at_desk(officer("440106")) == {"区里的", "报到市里", "报到省里"}
    assert at_desk(officer("440100")) == {"市里的", "报到市里", "报到省里"}
    assert at_desk(officer("440000")) == {"省里的", "报到省里"}
    assert at_desk(officer("440000", Role.AUDITOR)) == set()


def test_what_is_overdue_is_past_its_last_day_and_not_closed():
    late, today, closed = (
        WorkItemFactory(due_on=date(2026, 9, 29)),
        WorkItemFactory(due_on=date(2026, 9, 30)),
        WorkItemFactory(due_on=date(2026, 9, 29), closed=True),
    )

    assert list(WorkItem.objects.overdue_on(date(2026, 9, 30))) == [late]
    assert {today, closed} == set(WorkItem.objects.exclude(pk=late.pk))


def test_a_delegation_lives_from_its_first_day_up_to_its_last():
    lent = DelegationFactory(receiver=UserFactory())

    def lives(day: date) -> bool:
        return Delegation.objects.live_on(day).contains(lent)

    assert (lives(date(2026, 8, 31)), lives(date(2026, 9, 1))) == (False, True)
    assert (lives(date(2026, 11, 30)), lives(date(2026, 12, 1))) == (True, False)
