"""The sample world is written through the services, like everything else."""

from collections import defaultdict
from dataclasses import replace
from enum import Enum

from django.db import transaction

from providers.facilities import services
from providers.facilities.models import Facility, Operator
from providers.facilities.states import FacilityStatus
from sojourn.core.actors import SYSTEM
from sojourn.local.sample.places import CITIES, Seat
from sojourn.local.sample.world import PlannedFacility, World, small
from sojourn.provinces.models import Division
from sojourn.provinces.states import DivisionKind, DivisionLevel

REASON = "样例数据：演示这一状态"


class Outcome(Enum):
    WRITTEN = "written"
    STANDS = "stands already"
    ANOTHER_STANDS = "another seed or edition stands already"


@transaction.atomic
def write_small(seed: int) -> Outcome:
    """The small sample world of this seed stands, all of it; one that stands already is left as it is."""
    world = small(seed, seats())
    standing = set(Facility.objects.filter(is_sample=True).values_list("listed_name", flat=True))
    if standing:
        planned = {facility.row.listed_name for facility in world.facilities}
        return Outcome.STANDS if standing == planned else Outcome.ANOTHER_STANDS
    _write(world)
    return Outcome.WRITTEN


def seats() -> dict[str, list[Seat]]:
    """The divisions in which a facility can stand, by city: its counties, or itself where it has none."""
    cities = {city.code for city in CITIES}
    divisions = Division.objects.filter(city_code__in=cities, valid_to=None).order_by("code")
    names = {d.code: d.short_name for d in divisions if d.level == DivisionLevel.CITY}
    counties, alone = defaultdict(list), {}
    for division in divisions:
        city = names[division.city_code]
        seat = Seat(division.code, division.name, city, division.lng, division.lat)
        if division.level == DivisionLevel.CITY:
            alone[division.code] = seat
        elif division.kind == DivisionKind.UNIT:
            counties[division.city_code].append(seat)
    return {code: counties.get(code) or [alone[code]] for code in cities}


def _write(world: World) -> None:
    operators = services.register_operators(rows=world.operators, actor=SYSTEM)
    facilities = services.register_facilities(
        rows=[_row(planned, operators) for planned in world.facilities], actor=SYSTEM
    )
    led = [
        (facility.pk, planned.status) for facility, planned in zip(facilities, world.facilities, strict=True)
    ]
    opened = [pk for pk, status in led if status != FacilityStatus.REGISTERED]
    services.open_facilities_to_sojourners(facility_ids=opened, actor=SYSTEM)
    for pk, status in led:
        if status == FacilityStatus.PAUSED:
            services.pause_facility(facility_id=pk, reason=REASON, actor=SYSTEM)
        if status == FacilityStatus.CLOSED:
            services.close_facility(facility_id=pk, reason=REASON, actor=SYSTEM)


def _row(planned: PlannedFacility, operators: list[Operator]) -> services.NewFacility:
    if planned.operator is None:
        return planned.row
    return replace(planned.row, operator_id=operators[planned.operator].pk)
