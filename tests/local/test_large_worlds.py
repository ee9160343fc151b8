"""The larger sample worlds: exact totals, every county of every member, names that stay distinct."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from providers.facilities.models import Facility
from providers.facilities.states import FacilityStatus
from sojourn.local.management.commands.sample_world import Command
from sojourn.local.sample.names import BRANDS, MORE_BRANDS
from sojourn.local.sample.places import CITIES
from sojourn.local.sample.sizes import CITY, NATION, SIZES, apportioned
from sojourn.local.sample.world import plan
from sojourn.local.sample.writer import Outcome, seats

pytestmark = pytest.mark.django_db
LARGE = {"city": (CITY, 3_000, 120_000), "nation": (NATION, 40_000, 200_000)}


@pytest.fixture(autouse=True)
def without_residents(monkeypatch):
    """Fifty thousand of them take longer to register than all the rest to write."""
    monkeypatch.setattr(f"{Command.__module__}.write_residents", lambda *_: Outcome.STANDS)


def every_county() -> set[str]:
    return {seat.code for counties in seats().values() for seat in counties}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_world_has_exact_totals_everywhere_under_distinct_names(name):
    size, facilities, beds = LARGE[name]

    world = plan(size, 1, seats())

    rows = [planned.row for planned in world.facilities]
    assert len(rows) == facilities
    assert sum(row.beds.operating_beds or 0 for row in rows if row.beds) == beds
    assert {row.division_code for row in rows} == every_county()
    assert len({row.listed_name for row in rows}) == facilities
    assert len({operator.name for operator in world.operators}) == len(world.operators)
    assert len({row.facts["telephone"] for row in rows if "telephone" in row.facts}) > 0.85 * facilities
    assert all(any(brand in row.listed_name for brand in BRANDS) for row in rows)


def test_the_same_seed_plans_the_same_world():
    digests = [plan(CITY, seed, seats()).digest() for seed in (1, 1, 2)]

    assert digests[0] == digests[1] != digests[2]


def test_where_people_go_there_is_more_to_choose_from():
    here = Counter(planned.row.division_code[:4] for planned in plan(CITY, 1, seats()).facilities)
    counties = {code[:4]: len(found) for code, found in seats().items()}
    drawing = {city.code[:4] for city in CITIES if city.facilities >= 5}

    assert min(here[code] / counties[code] for code in drawing if counties[code] < 25) > 2
    assert all(here[code] >= counties[code] for code in counties)


def test_a_large_world_is_written_and_opened_like_any_other():
    told = StringIO()

    call_command("sample_world", "city", stdout=told)

    ours = Facility.objects.filter(is_sample=True)
    totals = ours.aggregate(beds=Sum("operating_beds"), members=Count("owner", distinct=True))
    assert "The city sample world of seed 1: written." in told.getvalue()
    assert (ours.count(), totals) == (3_000, {"beds": 120_000, "members": 11})
    assert ours.filter(status=FacilityStatus.OPEN).count() > 2_600
    assert ours.filter(feature_reports__answer="yes").distinct().count() > 2_600
    assert set(ours.values_list("status", flat=True)) == set(FacilityStatus)


def test_another_size_leaves_the_world_that_stands():
    call_command("sample_world", "small", stdout=StringIO())
    told = StringIO()

    call_command("sample_world", "city", stdout=told)

    assert "left as it is" in told.getvalue()
    assert Facility.objects.filter(is_sample=True).count() == 300


@pytest.mark.parametrize(
    ("weights", "total", "fewest", "shares"),
    [
        ([1, 1, 2], 8, [0, 0, 0], [2, 2, 4]),
        ([1, 1, 1], 8, [0, 0, 0], [3, 3, 2]),
        ([0, 5, 5], 7, [3, 1, 1], [3, 2, 2]),
    ],
)
def test_whole_numbers_add_up_to_the_total(weights, total, fewest, shares):
    assert apportioned(weights, total, fewest) == shares


def test_brands_are_landscapes_and_birds_none_twice():
    assert len({*BRANDS, *MORE_BRANDS}) == len(BRANDS) + len(MORE_BRANDS)
    assert list(SIZES) == ["small", "city", "nation"]
