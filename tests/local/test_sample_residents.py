"""The residents of the sample world: an exact total, the same for the same seed, and nobody who could be real."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from residents.registry.contacts import BETWEEN, parts
from residents.registry.facts import checked
from residents.registry.models import Resident, ResidentKey
from sojourn.core.identifiers import is_sample_identity
from sojourn.core.models import HostedMember
from sojourn.local.sample.residents import LAST_DAY, PlannedResident, plan_residents
from sojourn.local.sample.sizes import SMALL
from sojourn.local.sample.writer import seats
from sojourn.provinces.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture(params=(1, 7))
def planned(request) -> list[PlannedResident]:
    return plan_residents(SMALL, request.param, seats())


def host(*members: str) -> None:
    HostedMember.objects.all().delete()
    HostedMember.objects.bulk_create([HostedMember(member=code) for code in members])


def test_the_same_seed_plans_the_same_people(planned, request):
    seed = request.node.callspec.params["planned"]

    assert plan_residents(SMALL, seed, seats()) == planned
    assert plan_residents(SMALL, seed + 1, seats()) != planned


def test_three_thousand_live_in_all_eleven_members(planned):
    members = Counter(one.member_code for one in planned)

    assert len(planned) == SMALL.residents == 3_000
    assert set(members) == set(Member.objects.values_list("code", flat=True))
    assert min(members.values()) >= 80
    assert max(Counter(one.row.home_division_code for one in planned).values()) < 60


def test_every_planned_fact_would_be_taken_and_leads_to_nobody(planned):
    numbers, telephones = [], []
    for one in planned:
        known = checked(one.row.facts, on=LAST_DAY)
        assert one.row.is_sample
        assert one.died_on is None or known["birth_on"] < one.died_on < LAST_DAY
        numbers += [known["identity_number"]] if "identity_number" in known else []
        told = [known[name] for name in ("phone", "contact_phone") if name in known]
        telephones += [number for text in told for number in parts(text)]

    assert all(map(is_sample_identity, numbers))
    assert len(set(numbers)) == len(numbers) > 2_850
    assert all(phone.startswith("00002") for phone in telephones)
    assert len(set(telephones)) == len(telephones) > 4_500


def test_a_register_has_the_gaps_that_real_ones_have(planned):
    told = Counter(name for one in planned for name, value in one.row.facts.items() if value)

    assert all(0 < told[name] < 3_000 for name in ("phone", "contact_name", "dialect", "diets", "mobility"))
    assert any(BETWEEN in one.row.facts.get("phone", "") for one in planned)
    assert any("（neighbour_or_friend）、" in one.row.facts.get("contact_name", "") for one in planned)
    assert 10 < sum(one.died_on is not None for one in planned) < 60
    assert 20 < told["whereabouts_protected"] < 120
    assert sum("·" in one.row.facts["name"] for one in planned) > 10


def test_a_node_registers_those_of_its_own_members_once():
    host("440000", "500000")

    first = sample_world()
    count = Resident.objects.count()
    again = sample_world()

    ours = [one for one in plan_residents(SMALL, 1, seats()) if one.member_code in {"440000", "500000"}]
    assert "Its residents: written." in first
    assert "Its residents: stands already." in again
    assert Resident.objects.count() == count == len(ours) > 100
    assert set(Resident.objects.values_list("owner", "is_sample")) == {("440000", True), ("500000", True)}
    assert ResidentKey.objects.count() == count
    died = sum(one.died_on is not None for one in ours)
    assert Resident.objects.filter(status="died").count() == died > 0


def sample_world() -> str:
    told = StringIO()
    call_command("sample_world", "small", stdout=told)
    return told.getvalue()
