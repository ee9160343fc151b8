"""The old home takes her back at the moment at which the new home's yes is acted on: one of the two holds."""

import time
from collections.abc import Callable

import pytest
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections

from residents.consents import services
from residents.consents.models import Extract, LegalShare
from residents.registry.models import Resident, Transfer
from residents.registry.services import cancel_transfer
from sojourn.core.actors import Actor
from sojourn.core.models import AuditEntry
from sojourn.core.querysets import LockingQuerySet
from sojourn.core.refusals import WrongStatus
from sojourn.desk.models import WorkItem
from tests.races import PAUSE, race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.actors import staff
from tests.residents.consents.exchange import travel
from tests.residents.consents.test_handing_over import accepted, handed_out
from tests.sharing.network import TestNode, connection_to

LATER = PAUSE / 2
DECIDED = ("resident.moved_out", "resident.transfer_cancelled")


@pytest.fixture
def old_home(network) -> TestNode:
    """The node of 天河, where the yes of 渝北 has come and nobody has acted on it."""
    transfer = handed_out(network)
    accepted(network, transfer)
    travel(network, "50", "44")
    return network["44"]


@pytest.fixture
def officer(old_home, request) -> Actor:
    """Who may take her back; from here on every commit takes a while."""
    with old_home:
        actor = staff("440106")
    request.getfixturevalue("slow_before_commit")
    return actor


def at(node: TestNode, wait: float, verb: Callable) -> Callable:
    """The verb a moment later, at a connection of its own to the node's database."""

    def run():
        connections[DEFAULT_DB_ALIAS] = connection_to(node.database)
        time.sleep(wait)
        try:
            return verb()
        except ProgrammingError as refused:  # by the table itself
            return refused

    return run


def raced(node: TestNode, officer: Actor, cancels_after: float, settles_after: float) -> list:
    """What taking her back and acting on the yes each answer."""
    transfer = Transfer.objects.get()
    return race(
        at(node, cancels_after, lambda: cancel_transfer(transfer_id=transfer.pk, actor=officer)),
        at(node, settles_after, services.settle_moves),
    )


def test_who_was_moved_out_first_is_not_taken_back(old_home, officer):
    with old_home:
        refused, settled = raced(old_home, officer, cancels_after=LATER, settles_after=0)

        assert (type(refused), settled) == (WrongStatus, 1)
        assert (Transfer.objects.get().status, Resident.objects.get().status) == ("in", "moved_out")
        assert LegalShare.objects.get().status == "live"
        assert Extract.objects.exists()
        assert [each.action for each in AuditEntry.objects.filter(action__in=DECIDED)] == [DECIDED[0]]


def test_who_was_taken_back_first_is_not_moved_out(old_home, officer):
    with old_home:
        taken_back, settled = raced(old_home, officer, cancels_after=0, settles_after=LATER)

        assert (taken_back.status, settled) == ("cancelled", 0)
        assert (Transfer.objects.get().status, Resident.objects.get().status) == ("cancelled", "registered")
        assert LegalShare.objects.get().status == "ended"
        assert not Extract.objects.exists()
        assert not WorkItem.objects.unfinished().exists()
        assert [each.action for each in AuditEntry.objects.filter(action__in=DECIDED)] == [DECIDED[1]]


def test_at_the_same_moment_one_of_the_two_holds(old_home, officer):
    with old_home:
        cancelled, settled = raced(old_home, officer, cancels_after=0, settles_after=0)

        person = Resident.objects.get().status
        if settled:
            assert (type(cancelled), person) == (WrongStatus, "moved_out")
        else:
            assert (cancelled.status, person) == ("cancelled", "registered")
        assert AuditEntry.objects.filter(action__in=DECIDED).count() == 1


def test_without_the_locks_what_was_decided_still_stands_but_nobody_is_told_why(
    old_home, officer, monkeypatch
):
    monkeypatch.setattr(LockingQuerySet, "locked", lambda self: self.order_by("pk"))
    with old_home:
        broken, settled = raced(old_home, officer, cancels_after=LATER, settles_after=0)

        assert (type(broken), settled) == (ProgrammingError, 1)
        assert "decided_once" in str(broken)
        assert (Transfer.objects.get().status, Resident.objects.get().status) == ("in", "moved_out")
