"""What the database promises of the desk, whoever writes and by whatever means."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from sojourn.core.clock import now
from sojourn.desk.models import Proposal, WorkItem
from tests.factories.accounts import UserFactory
from tests.factories.desk import DelegationFactory, ProposalFactory, WorkItemFactory

pytestmark = pytest.mark.django_db


def write(row, **columns) -> None:
    """Set columns by plain SQL, past every service and model."""
    said = ", ".join(f"{name} = %s" for name in columns)
    statement = f"UPDATE {row._meta.db_table} SET {said} WHERE id = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [*columns.values(), row.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by(constraint: str):
    return pytest.raises(IntegrityError, match=constraint)


# --- work items -----------------------------------------------------------------------------------
def test_one_item_waits_a_subject_and_queue():
    item = WorkItemFactory(subject_id="7")
    other = WorkItemFactory(subject_id="8")

    with refused_by("workitem_one_unfinished_a_subject"):
        write(other, subject_id="7")

    write(item, status="closed", closed_at=now(), closed_as="system", outcome="done")
    write(other, subject_id="7")


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"status": "lost"}, "workitem_status_known|workitem_taken_has_handler"),
        ({"status": "taken"}, "workitem_taken_has_handler"),
        ({"taken_at": now()}, "workitem_taken_has_handler"),
        ({"status": "closed"}, "workitem_closed_is_whole"),
        ({"status": "closed", "closed_at": now(), "closed_as": "system"}, "workitem_closed_is_whole"),
        ({"outcome": "done"}, "workitem_closed_is_whole"),
        (
            {"status": "closed", "closed_at": now(), "closed_as": "officer", "outcome": "done"},
            "workitem_closed_by_somebody",
        ),
        ({"escalation": 1}, "workitem_escalation_is_whole"),
        ({"escalated_to": "440100"}, "workitem_escalation_is_whole"),
        ({"escalation": 3, "escalated_to": "440000", "escalated_at": now()}, "workitem_escalation_is_whole"),
        ({"due_provisional": True}, "workitem_provisional_has_term"),
    ],
)
def test_half_a_state_is_refused(columns, constraint):
    with refused_by(constraint):
        write(WorkItemFactory(), **columns)


def test_an_open_item_has_no_handler():
    with refused_by("workitem_taken_has_handler"):
        write(WorkItemFactory(), handler_id=UserFactory().pk)


def test_nobody_but_an_officer_closes_an_open_item_in_her_name():
    with refused_by("workitem_closed_by_somebody"):
        write(WorkItemFactory(), closed_by_id=UserFactory().pk)


@pytest.mark.parametrize("is_handler", [True, False])
def test_whoever_took_it_cannot_close_what_needs_a_second_person(is_handler):
    item = WorkItemFactory(taken=True, needs_second_person=True)
    closing = {"status": "closed", "closed_at": now(), "closed_as": "officer", "outcome": "done"}

    if is_handler:
        with refused_by("workitem_second_person_closes"):
            write(item, **closing, closed_by_id=item.handler_id)
        with refused_by("workitem_second_person_closes"):
            write(item, **closing, closed_by_id=UserFactory().pk, handler_id=None, taken_at=None)
    else:
        write(item, **closing, closed_by_id=UserFactory().pk)


# --- proposals ------------------------------------------------------------------------------------
def approval_by(user_id) -> dict:
    return {"status": "approved", "decided_by_id": user_id, "decided_at": now()}


def test_the_proposer_cannot_approve_even_by_sql():
    proposal = ProposalFactory()

    with refused_by("proposal_needs_second_person"):
        write(proposal, **approval_by(proposal.proposed_by_id))

    write(proposal, **approval_by(UserFactory().pk))


def test_nor_can_she_become_somebody_else_first():
    with pytest.raises(ProgrammingError, match="proposed_once"):
        write(ProposalFactory(), proposed_by_id=UserFactory().pk)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"status": "lost", "decided_at": now()}, "proposal_status_known"),
        ({"status": "approved", "decided_at": now()}, "proposal_decided_is_whole"),
        ({"status": "lapsed"}, "proposal_decided_is_whole"),
        ({"decided_at": now()}, "proposal_decided_is_whole"),
    ],
)
def test_half_a_decision_is_refused(columns, constraint):
    with refused_by(constraint):
        write(ProposalFactory(), **columns)


def test_who_only_waits_has_decided_nothing():
    with refused_by("proposal_decided_is_whole"):
        write(ProposalFactory(), decided_by_id=UserFactory().pk)


def test_nobody_decides_for_the_proposer():
    proposal = ProposalFactory()
    lent = DelegationFactory(giver=proposal.proposed_by)

    with refused_by("proposal_not_decided_for_proposer"):
        write(
            proposal,
            **approval_by(lent.receiver_id),
            delegation_id=lent.pk,
            decided_for_id=proposal.proposed_by_id,
        )


def test_a_delegation_is_named_whole():
    lent = DelegationFactory()

    with refused_by("proposal_delegation_is_whole"):
        write(ProposalFactory(), **approval_by(lent.receiver_id), delegation_id=lent.pk)


def test_one_proposal_waits_a_subject_and_kind():
    ProposalFactory(subject_id="7")

    with refused_by("proposal_one_waiting_a_subject"), transaction.atomic():
        ProposalFactory(subject_id="7")


def test_a_proposal_has_a_term():
    at = now()

    with refused_by("proposal_expires_later"), transaction.atomic():
        ProposalFactory(proposed_at=at, expires_at=at)


@pytest.mark.parametrize("column", ["facts", "reason", "subject_id", "division_code", "kind", "expires_at"])
def test_what_was_proposed_is_what_is_decided(column):
    other = {"facts": '{"page": 8}', "expires_at": now()}.get(column, "999999")

    with pytest.raises(ProgrammingError, match="proposed_once"):
        write(ProposalFactory(), **{column: other})


@pytest.mark.parametrize("columns", [{"status": "proposed"}, {"opinion": "改"}])
def test_a_decision_stands(columns):
    with pytest.raises(ProgrammingError, match="decided_once"):
        write(ProposalFactory(approved=True), **columns)


def test_a_proposal_is_kept():
    proposal = ProposalFactory()

    with pytest.raises(ProgrammingError, match="kept"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).delete()


# --- delegations ----------------------------------------------------------------------------------
def test_nobody_lends_to_herself_by_sql():
    lent = DelegationFactory()

    with refused_by("delegation_to_another"):
        write(lent, receiver_id=lent.giver_id)


@pytest.mark.parametrize("until", ["2026-09-01", "2027-03-05", "9999-01-01"])
def test_a_delegation_ends_within_half_a_year(until):
    with refused_by("delegation_expires"):
        write(DelegationFactory(), valid_to=until)


# --- history --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("factory", "changed"), [(ProposalFactory, {"status": "lapsed"}), (DelegationFactory, {})]
)
def test_every_state_of_a_decision_is_kept(factory, changed):
    row = factory()

    write(row, **changed, **{"decided_at" if changed else "ended_at": now()})

    states = next(iter(type(row).pgh_event_models.values())).objects.filter(pgh_obj_id=row.pk)
    assert list(states.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["insert", "update"]


def test_a_work_item_counts_its_versions():
    item = WorkItemFactory()

    write(item, title="另一个")

    assert WorkItem.objects.get(pk=item.pk).version == 2
