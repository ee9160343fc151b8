"""The same person on the registers of two members."""

from datetime import timedelta

import pytest

from residents.consents import services
from residents.consents.errors import AlreadySettled, NoSuchMatch
from residents.consents.models import MARKS, Mark, Match
from residents.consents.services import matching
from residents.registry.models import Resident
from residents.registry.services import correct_resident, erase_resident
from sojourn.core.actors import SYSTEM
from sojourn.core.clock import frozen, today
from sojourn.core.identifiers import sample_identity
from sojourn.core.keyring import keyring
from sojourn.core.models import AuditEntry
from sojourn.desk import services as desk
from sojourn.desk.models import WorkItem
from sojourn.sharing.models import Grant
from sojourn.sharing.states import GrantStatus
from tests.factories.provinces import RuleFactory
from tests.factories.residents import BORN, ResidentFactory
from tests.residents.actors import staff
from tests.residents.consents.exchange import AWAY, HOME, a_grant, bodies, travel, unpacked
from tests.residents.dumping import dump

ANSWERS = {"from the beginning": True, "never asked": None, "later": False}
TWICE, ONCE = sample_identity(9_000_001, BORN), sample_identity(9_000_003, BORN)


def exchanged(network) -> None:
    """Both nodes match, tell each other, and match again."""
    for _round in range(2):
        for name in ("44", "50"):
            with network[name]:
                services.match_residents()
        travel(network, "44", "50")
        travel(network, "50", "44")
    for name in ("44", "50"):
        with network[name]:
            services.match_residents()


def enrolled_twice(network, **facts) -> None:
    with network["44"]:
        a_grant(HOME, AWAY, MARKS)
        ResidentFactory(identity_number=TWICE, **facts)
        ResidentFactory(identity_number=ONCE)
    with network["50"]:
        a_grant(AWAY, HOME, MARKS)
        ResidentFactory(identity_number=TWICE, home_division_code="500112")
        ResidentFactory(home_division_code="500112")
    exchanged(network)


def own_match() -> Match:
    return Match.objects.written_here().get()


def test_a_person_on_two_registers_is_one_open_match_at_each_members_desk(network):
    enrolled_twice(network)

    for name, county in (("44", "440106"), ("50", "500112")):
        with network[name]:
            found = own_match()
            item = WorkItem.objects.get(queue="double_enrolments")
            assert Resident.objects.get(pk=found.resident).home_division_id == county
            assert (item.subject_id, item.division_code) == (str(found.pk), county)
            assert item.due_on == today() + timedelta(days=30)
            assert matching.find_matches() == 0


def test_both_members_say_who_is_meant_and_then_nothing_waits(network):
    enrolled_twice(network)
    with network["44"]:
        first = own_match()
        services.confirm_match(match_id=first.pk, actor=staff("440106"))
        assert WorkItem.objects.unfinished().exists()
    with network["50"]:
        services.dismiss_match(match_id=own_match().pk, actor=staff("500112"))
    exchanged(network)
    for name in ("44", "50"):
        with network[name]:
            assert WorkItem.objects.unfinished().filter(queue="double_enrolments").count() == 1

    with network["50"]:
        services.confirm_match(match_id=own_match().pk, actor=staff("500112"))
    exchanged(network)

    for name in ("44", "50"):
        with network[name]:
            item = WorkItem.objects.get(queue="double_enrolments")
            assert (item.status, item.outcome) == ("closed", "same_person")
    with network["44"], pytest.raises(AlreadySettled):
        services.dismiss_match(match_id=first.pk, actor=staff("440106"))


def test_what_is_not_settled_in_time_rises_to_the_bureau_above(network):
    enrolled_twice(network)
    with network["44"], frozen(today() + timedelta(days=31)):
        desk.escalate_overdue()

        assert WorkItem.objects.get(queue="double_enrolments").escalated_to == "440100"


def test_an_officer_of_elsewhere_says_nothing(network):
    enrolled_twice(network)

    with network["44"]:
        for stranger in (staff("500112"), staff("440305")):
            with pytest.raises(NoSuchMatch):
                services.confirm_match(match_id=own_match().pk, actor=stranger)


def test_no_identity_number_and_no_mark_of_the_look_up_key_leaves_a_node(network):
    enrolled_twice(network)

    with network["44"]:
        index = Resident.objects.exclude(identity_index=None).values_list("identity_index", flat=True)
        looked_up = [bytes(each).hex() for each in index]
        assert keyring().newest("match_440000_500000").secret != keyring().newest("lookup").secret
        assert Mark.objects.written_here().count() == 2
    with network["50"]:
        text = dump() + unpacked()
        assert ONCE not in text
        assert [each for each in looked_up if each in unpacked()] == []


@pytest.mark.parametrize("order", ["from the beginning", "never asked", "later"])
def test_the_protected_leave_no_mark_and_no_match_anywhere(network, order):
    enrolled_twice(network, whereabouts_protected=ANSWERS[order])
    if order == "later":
        with network["44"]:
            pk = own_match().resident
            correct_resident(resident_id=pk, facts={"whereabouts_protected": True}, actor=SYSTEM)
        exchanged(network)

    for name in ("44", "50"):
        with network[name]:
            assert not Match.objects.exists()
            assert not WorkItem.objects.unfinished().filter(queue="double_enrolments").exists()
            assert Mark.objects.filter(owner=HOME).count() == 1
            assert set(bodies(MARKS)) == set(map(str, Mark.objects.values_list("pk", flat=True)))


def test_an_erased_resident_leaves_no_mark(network):
    enrolled_twice(network)
    with network["44"]:
        erase_resident(resident_id=own_match().resident, ground="purpose_ended", actor=SYSTEM)
    exchanged(network)

    with network["50"]:
        assert not Match.objects.exists()
        assert Mark.objects.filter(owner=HOME).count() == 1


def test_without_a_grant_nothing_is_marked_and_with_its_end_the_marks_go(network):
    with network["44"]:
        ResidentFactory(identity_number=TWICE)
        services.match_residents()
        assert not Mark.objects.exists()
        found = a_grant(HOME, AWAY, MARKS)
        services.match_residents()
        assert Mark.objects.count() == 1

        Grant.objects.filter(pk=found.pk).update(status=GrantStatus.REVOKED, ended_at=found.granted_at)
        services.match_residents()

        assert not Mark.objects.exists()


def test_the_key_is_used_so_many_times_an_hour_and_every_use_is_in_the_trail(network):
    with network["44"]:
        RuleFactory(key="match_marks_an_hour", member_id="440000", value=2)
        grant = a_grant(HOME, AWAY, MARKS)
        for _ in range(3):
            ResidentFactory()

        assert [matching.mark_residents(grant_id=grant.pk) for _ in range(2)] == [2, 0]

        entry = AuditEntry.objects.get(action="matching.marked")
        assert entry.facts == {"marks": 2, "key": "match_440000_500000-1"}
