"""Both sides of a mandate end it at once: the lock decides whose word it was."""

import time
from collections.abc import Callable

import pytest

from residents.consents import services
from residents.consents.models import Mandate
from residents.consents.services import Saying
from residents.registry.models import Resident
from sojourn.core.actors import Actor
from sojourn.core.models import AuditEntry
from sojourn.core.querysets import LockingQuerySet
from sojourn.core.refusals import WrongStatus
from sojourn.messages.models import Message
from tests.factories.consents import BY_TELEPHONE, a_mandate
from tests.factories.residents import ResidentFactory
from tests.races import PAUSE, race, slow_before_commit  # noqa: F401 - a fixture
from tests.residents.actors import staff
from tests.residents.registry.families import family_member, linked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("slow_before_commit")]
LATER = PAUSE / 2


def ending(mandate: Mandate, by: str, actor: Actor, wait: float = 0) -> Callable[[], Mandate]:
    """This side's word, a moment later."""
    saying = Saying("online", f"会话-{by}", by)

    def end() -> Mandate:
        time.sleep(wait)
        return services.withdraw_mandate(mandate_id=mandate.pk, saying=saying, actor=actor)

    return end


def both_sides() -> tuple[Mandate, Actor, Actor]:
    """A mandate, who gave it, and its agent."""
    resident, herself, agent = ResidentFactory(phone="10055500077"), family_member(), family_member()
    linked(herself, resident, "self")
    return a_mandate(agent, resident), herself, agent


def ends_of(mandate: Mandate) -> list:
    """Who ended it by the trail."""
    entries = AuditEntry.objects.filter(action="mandate.withdrawn", subject_id=str(mandate.pk))
    return [entry.actor_user_id for entry in entries.order_by("id")]


@pytest.mark.parametrize("is_hers", [True, False])
def test_whoever_comes_first_ended_it_and_the_other_is_refused(is_hers):
    mandate, herself, agent = both_sides()
    hers = ending(mandate, "resident", herself, 0 if is_hers else LATER)
    laid_down = ending(mandate, "agent", agent, LATER if is_hers else 0)

    outcomes = race(*((hers, laid_down) if is_hers else (laid_down, hers)))

    assert [type(outcome) for outcome in outcomes] == [Mandate, WrongStatus]
    kept = Mandate.objects.get()
    assert (kept.status, kept.withdrawn_proof) == ("withdrawn", f"会话-{'resident' if is_hers else 'agent'}")
    assert ends_of(mandate) == [herself.user_id if is_hers else agent.user_id]
    assert Message.objects.filter(topic="mandate_ended").count() == 1
    assert Message.objects.filter(topic="mandate_agent_ended").count() == int(is_hers)
    assert not Resident.objects.visible_to(agent).exists()


def test_of_three_at_the_same_moment_one_ends_it():
    mandate, herself, agent = both_sides()
    officer = staff("440106")

    outcomes = race(
        ending(mandate, "resident", herself),
        ending(mandate, "agent", agent),
        lambda: services.withdraw_mandate(mandate_id=mandate.pk, saying=BY_TELEPHONE, actor=officer),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Mandate", "WrongStatus", "WrongStatus"]
    assert len(ends_of(mandate)) == 1
    assert not Resident.objects.visible_to(agent).exists()


def test_without_the_locks_both_would_have_ended_it(monkeypatch):
    monkeypatch.setattr(LockingQuerySet, "locked", lambda self: self.order_by("pk"))
    mandate, herself, agent = both_sides()

    outcomes = race(ending(mandate, "resident", herself), ending(mandate, "agent", agent, LATER))

    assert [type(outcome) for outcome in outcomes] == [Mandate, Mandate]
    assert len(ends_of(mandate)) == 2
