"""The sample world: exact totals, the same for the same seed, and nothing in it that could be real."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Q, Sum

from providers.designation.models import Base
from providers.facilities.facts import checked
from providers.facilities.features import BY_CODE
from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.reports import answer_rows, bed_columns, grade_columns, price_columns, years_after
from providers.facilities.states import FacilityStatus, RegistrationType
from sojourn.core.identifiers import is_sample_credit_code
from sojourn.core.models import AuditEntry, HostedMember
from sojourn.local.management.commands.sample_world import Command
from sojourn.local.sample.names import BRANDS
from sojourn.local.sample.places import CITIES
from sojourn.local.sample.sizes import SMALL
from sojourn.local.sample.world import World, plan
from sojourn.local.sample.writer import Outcome, seats
from sojourn.provinces.models import Member

pytestmark = pytest.mark.django_db
SEEDS = (1, 2, 7, 20_211_115)
LAST_DAY = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def without_residents(monkeypatch):
    """They have tests of their own, and take longer to write than all the rest."""
    monkeypatch.setattr(f"{Command.__module__}.write_residents", lambda *_: Outcome.STANDS)


def sample_world(*words: str) -> str:
    told = StringIO()
    call_command("sample_world", "small", *words, stdout=told)
    return told.getvalue()


@pytest.fixture(params=SEEDS)
def world(request) -> World:
    return plan(SMALL, request.param, seats())


def test_the_same_seed_plans_the_same_world(world, request):
    seed = request.node.callspec.params["world"]

    assert plan(SMALL, seed, seats()).digest() == world.digest()
    assert plan(SMALL, seed + 1, seats()).digest() != world.digest()


def test_the_totals_are_exact(world):
    beds = [planned.row.beds for planned in world.facilities if planned.row.beds]

    assert len(world.facilities) == SMALL.facilities == 300
    assert sum(b.operating_beds or 0 for b in beds) == SMALL.operating_beds == 12_000
    assert 170 <= len(world.operators) <= 190


def test_all_eleven_members_take_part_in_cities_that_exist(world):
    members = Counter(f"{planned.row.division_code[:2]}0000" for planned in world.facilities)

    assert set(members) == set(Member.objects.values_list("code", flat=True))
    assert min(members.values()) >= 16
    assert sum(city.facilities for city in CITIES) == SMALL.facilities
    assert set(seats()) > {city.code for city in CITIES}


def test_every_planned_fact_would_be_taken_by_the_services(world):
    for planned in world.facilities:
        row = planned.row
        assert checked(row.facts, known={}, on=LAST_DAY)
        assert row.beds is None or bed_columns(row.beds, on=LAST_DAY)
        assert row.prices is None or price_columns(row.prices, on=LAST_DAY)
        assert row.features is None or answer_rows(row.features, on=LAST_DAY)
        assert row.grade is None or grade_columns(row.grade, valid_years=3, on=LAST_DAY)
        if row.prices and row.prices.deposit_fen:
            assert row.prices.deposit_fen <= 12 * row.prices.bed_fee_fen


def test_reports_have_the_gaps_that_real_reports_have(world):
    rows = [planned.row for planned in world.facilities]
    told = {
        "beds": sum(row.beds is not None and row.beds.operating_beds is not None for row in rows),
        "prices": sum(row.prices is not None for row in rows),
        "features": sum(row.features is not None for row in rows),
        "levels": sum("levels_taken" in row.facts for row in rows),
        "telephone": sum("telephone" in row.facts for row in rows),
        "operator": sum(planned.operator is not None for planned in world.facilities),
    }

    assert all(200 < count < 300 for count in told.values()), told
    assert 130 < sum(row.grade is not None for row in rows) < 200


def test_some_grades_hold_and_some_have_run_out(world):
    given = [planned.row.grade.graded_on for planned in world.facilities if planned.row.grade]

    held = sum(years_after(day, 3) >= LAST_DAY for day in given)
    assert 0.5 < held / len(given) < 0.9


def test_names_are_invented_and_each_stands_once(world):
    names = [planned.row.listed_name for planned in world.facilities]
    real = set(Facility.objects.values_list("listed_name", flat=True))
    real_operators = set(Operator.objects.values_list("name", flat=True))

    assert len(set(names)) == len(names)
    assert all(any(brand in name for brand in BRANDS) for name in names)
    assert not any(brand in name for brand in BRANDS for name in real | real_operators)
    assert len({operator.name for operator in world.operators}) == len(world.operators)


def test_nothing_in_it_reaches_anybody_real(world):
    telephones = [
        planned.row.facts["telephone"] for planned in world.facilities if "telephone" in planned.row.facts
    ]

    assert all(number.startswith("0000-0") for number in telephones)
    assert all(is_sample_credit_code(o.credit_code) for o in world.operators if o.credit_code)
    assert all("样例路" in planned.row.facts["address"] for planned in world.facilities)
    assert all("样例" in planned.row.facts.get("filing_number", "样例") for planned in world.facilities)
    assert all("样例" in planned.row.facts.get("contracted_hospital", "样例") for planned in world.facilities)


def test_all_registration_types_statuses_and_features_occur(world):
    assert {o.registration_type for o in world.operators} == {*RegistrationType, None}
    assert {planned.status for planned in world.facilities} == set(FacilityStatus)
    answered = Counter(code for p in world.facilities if p.row.features for code in p.row.features.answers)
    assert set(answered) == set(BY_CODE)


def state() -> tuple:
    return (
        list(Facility.objects.order_by("pk").values_list("pk", "version")),
        Operator.objects.count(),
        FeatureReport.objects.count(),
        AuditEntry.objects.count(),
    )


def test_the_command_makes_it_once_and_marks_all_of_it():
    bases, operators = Base.objects.count(), Operator.objects.count()

    assert "written" in sample_world()

    ours = Facility.objects.filter(is_sample=True)
    totals = ours.aggregate(beds=Sum("operating_beds"), members=Count("owner", distinct=True))
    assert (ours.count(), totals) == (300, {"beds": 12_000, "members": 11})
    assert Operator.objects.filter(is_sample=True).count() == Operator.objects.count() - operators
    assert not ours.exclude(Q(operator=None) | Q(operator__is_sample=True)).exists()
    assert Base.objects.count() == bases
    assert ours.filter(status=FacilityStatus.OPEN).count() > 250
    assert AuditEntry.objects.filter(action="facility.registered", actor_role="system").count() >= 300


def test_a_second_run_changes_nothing_whatever_its_seed():
    sample_world("--seed", "3")
    before = state()

    assert "stands already" in sample_world("--seed", "3")
    assert "left as it is" in sample_world("--seed", "4")

    assert state() == before


def assert_it_stands(world: World) -> None:
    planned = {p.row.listed_name: p for p in world.facilities}
    for facility in Facility.objects.filter(is_sample=True):
        expected = planned.pop(facility.listed_name)
        assert (facility.status, facility.division_id) == (
            expected.status,
            expected.row.division_code,
        )
        beds = expected.row.beds
        assert facility.operating_beds == (beds.operating_beds if beds else None)
        assert facility.grade == (expected.row.grade.grade if expected.row.grade else None)
        assert (facility.operator_id is None) == (expected.operator is None)
    assert planned == {}


def test_what_stands_is_what_was_planned():
    sample_world("--seed", "5")

    assert_it_stands(plan(SMALL, 5, seats()))


def host(*members: str) -> None:
    HostedMember.objects.all().delete()
    HostedMember.objects.bulk_create([HostedMember(member=code) for code in members])


def test_a_node_writes_its_own_members_part_of_the_world():
    host("440000", "500000")

    assert "written" in sample_world("--seed", "5")

    planned = plan(SMALL, 5, seats()).facilities
    names = {p.row.listed_name for p in planned if p.row.division_code[:2] in {"44", "50"}}
    ours = Facility.objects.filter(is_sample=True)
    assert set(ours.values_list("listed_name", flat=True)) == names
    assert set(ours.values_list("owner", flat=True)) == {"440000", "500000"}
    operators = Operator.objects.filter(is_sample=True)
    assert set(operators.values_list("owner", flat=True)) == {"440000", "500000"}
    assert not ours.exclude(Q(operator=None) | Q(operator__owner=F("owner"))).exists()
    assert "stands already" in sample_world("--seed", "5")


def test_the_parts_of_all_nodes_make_the_one_world():
    everybody = set(Member.objects.values_list("code", flat=True))
    host("440000", "500000")
    sample_world("--seed", "5")
    host(*everybody - {"440000", "500000"})

    told = sample_world("--seed", "5"), sample_world("--seed", "5"), sample_world("--seed", "6")

    for line, outcome in zip(told, ("written", "stands already", "left as it is"), strict=True):
        assert outcome in line
    assert_it_stands(plan(SMALL, 5, seats()))


def test_a_part_keeps_who_runs_what(world):
    part = world.part({"210000", "450000"})

    def pairs(of: World) -> dict[str, str | None]:
        return {
            p.row.listed_name: None if p.operator is None else of.operators[p.operator].name
            for p in of.facilities
            if p.row.division_code[:2] in {"21", "45"}
        }

    assert pairs(part) == pairs(world)
    assert len(part.facilities) == len(pairs(part)) > 30
