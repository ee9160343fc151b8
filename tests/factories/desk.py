"""Work items, proposals and delegations at the desks of 广州, with queues and kinds of their own."""

from datetime import date, timedelta

import factory

from sojourn.core.actors import Role
from sojourn.core.clock import now
from sojourn.desk.models import Delegation, Proposal, WorkItem
from sojourn.desk.states import ItemStatus, ProposalStatus
from tests.factories.accounts import UserFactory


class WorkItemFactory(factory.django.DjangoModelFactory):
    """An item of 天河区 that nobody took; traits for one that was taken or closed."""

    class Meta:
        model = WorkItem

    class Params:
        taken = factory.Trait(
            status=ItemStatus.TAKEN,
            handler=factory.SubFactory(UserFactory),
            taken_at=factory.LazyFunction(now),
        )
        closed = factory.Trait(
            status=ItemStatus.CLOSED,
            closed_at=factory.LazyFunction(now),
            closed_as=Role.SYSTEM,
            outcome="done",
        )

    queue = "sample_checks"
    subject_kind = "sample"
    subject_id = factory.Sequence(lambda n: f"subject-{n}")
    title = factory.Sequence(lambda n: f"样例核查{n}")
    division_code = "440106"
    opened_at = factory.LazyFunction(now)
    due_on = date(2026, 9, 30)


class ProposalFactory(factory.django.DjangoModelFactory):
    """A proposal of 广州 that waits; traits for one that was approved or is past its term."""

    class Meta:
        model = Proposal

    class Params:
        approved = factory.Trait(
            status=ProposalStatus.APPROVED,
            decided_by=factory.SubFactory(UserFactory),
            decided_at=factory.LazyFunction(now),
        )
        overdue = factory.Trait(
            proposed_at=factory.LazyFunction(lambda: now() - timedelta(days=8)),
            expires_at=factory.LazyFunction(lambda: now() - timedelta(days=1)),
        )

    kind = "sample_release"
    subject_kind = "sample"
    subject_id = factory.Sequence(lambda n: f"subject-{n}")
    title = factory.Sequence(lambda n: f"样例解除{n}")
    facts = factory.LazyFunction(lambda: {"page": 7})
    reason = "样例理由"
    division_code = "440100"
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = factory.LazyFunction(now)
    expires_at = factory.LazyAttribute(lambda proposal: proposal.proposed_at + timedelta(days=7))


class DelegationFactory(factory.django.DjangoModelFactory):
    """A delegation of every kind over the autumn of 2026."""

    class Meta:
        model = Delegation

    giver = factory.SubFactory(UserFactory)
    receiver = factory.SubFactory(UserFactory)
    valid_from = date(2026, 9, 1)
    valid_to = date(2026, 12, 1)
    reason = "样例：休假"
    given_at = factory.LazyFunction(now)
