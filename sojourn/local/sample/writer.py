"""The sample world is written through the services, like everything else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum

from django.db import transaction

from providers.facilities import services
from providers.facilities.models import Facility, Operator
from providers.facilities.states import FacilityStatus
from residents.registry.models import Resident
from residents.registry.services import record_death, register_residents
from sojourn.core.actors import SYSTEM
from sojourn.core.hosting import hosted_members
from sojourn.local.sample.places import Seat
from sojourn.local.sample.residents import plan_residents
from sojourn.local.sample.sizes import Size
from sojourn.local.sample.world import PlannedFacility, World, plan
from sojourn.provinces.models import Division, Member
from sojourn.provinces.states import DivisionKind, DivisionLevel

REASON = "样例数据：演示这一状态"
# So many rows go through a service at once: enough for bulk writing, few enough to hold in memory.
AT_ONCE = 2_000


class Outcome(Enum):
    WRITTEN = "written"
    STANDS = "stands already"
    ANOTHER_STANDS = "another size, seed or edition stands already"
    NOBODY = "too few residents or officers here"


@transaction.atomic
def write_world(size: Size, seed: int) -> Outcome:
    """This node's part of the sample world of this size and seed stands; one that stands already is left as it is.

    Every node plans the whole and writes what lies in its own members, so that together they make one world.
    """
    ours = hosted_members()
    world = plan(size, seed, seats()).part(ours)
    sample = Facility.objects.filter(is_sample=True, owner__in=ours)
    standing = set(sample.values_list("listed_name", flat=True))
    if standing:
        planned = {facility.row.listed_name for facility in world.facilities}
        return Outcome.STANDS if standing == planned else Outcome.ANOTHER_STANDS
    _write(world)
    return Outcome.WRITTEN


@transaction.atomic
def write_residents(size: Size, seed: int) -> Outcome:
    """The sample residents of this size and seed who are at home in this node's members are registered, once."""
    ours = hosted_members()
    if Resident.objects.filter(is_sample=True, owner__in=ours).exists():
        return Outcome.STANDS
    planned = [one for one in plan_residents(size, seed, seats()) if one.member_code in ours]
    for batch in _in_batches(planned):
        registered = register_residents(rows=[one.row for one in batch], actor=SYSTEM)
        for pk, one in zip(registered, batch, strict=True):
            if one.died_on is not None:
                record_death(resident_id=pk, died_on=one.died_on, actor=SYSTEM)
    return Outcome.WRITTEN


def seats() -> dict[str, list[Seat]]:
    """The divisions in which a facility can stand, by city of a member: its counties, or itself without any."""
    members = Member.objects.values("code")
    divisions = list(
        Division.objects.filter(province_code__in=members, valid_to=None)
        .exclude(level=DivisionLevel.PROVINCE)
        .select_related("parent")
        .order_by("code")
    )
    names = {d.code: _city_name(d) for d in divisions if d.level == DivisionLevel.CITY}
    counties, alone = defaultdict(list), {}
    for division in divisions:
        city = names[division.city_code]
        county = division.short_name if division.level == DivisionLevel.COUNTY else ""
        seat = Seat(division.code, division.name, city, county, division.lng, division.lat)
        if division.level == DivisionLevel.CITY:
            alone[division.code] = seat
        elif division.kind == DivisionKind.UNIT:
            counties[division.city_code].append(seat)
    return {code: counties.get(code) or [alone[code]] for code in names}


def _city_name(city: Division) -> str:
    """What people call the city; a code that only sums up counties goes by its province."""
    return city.short_name if city.kind == DivisionKind.UNIT else city.parent.short_name


def _write(world: World) -> None:
    operators = [
        operator
        for rows in _in_batches(world.operators)
        for operator in services.register_operators(rows=rows, actor=SYSTEM)
    ]
    for planned in _in_batches(world.facilities):
        _write_facilities(planned, operators)


def _in_batches(rows: Sequence) -> Iterator[Sequence]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _write_facilities(planned: Sequence[PlannedFacility], operators: list[Operator]) -> None:
    facilities = services.register_facilities(rows=[_row(one, operators) for one in planned], actor=SYSTEM)
    led = [(facility.pk, one.status) for facility, one in zip(facilities, planned, strict=True)]
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
