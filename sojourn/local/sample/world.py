"""The plan of the sample world: pure values, the same for the same seed and the same divisions."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from random import Random

import orjson

from providers.facilities.reports import Beds
from providers.facilities.services import NewFacility, NewOperator
from providers.facilities.states import FacilityKind, FacilityStatus, RegistrationType
from sojourn.core.identifiers import sample_credit_code
from sojourn.local.sample import facts, names
from sojourn.local.sample.places import City, Seat
from sojourn.local.sample.sizes import Size, apportioned, spread

OPERATORS_A_FACILITY = 0.6

KINDS = (
    (FacilityKind.CARE_HOME, 44),
    (FacilityKind.NURSING_HOME, 16),
    (FacilityKind.APARTMENT, 16),
    (FacilityKind.WELFARE_INSTITUTION, 5),
    (FacilityKind.SERVICE_CENTRE, 9),
    (FacilityKind.OTHER, 4),
    (None, 6),
)
REGISTRATIONS = (
    (RegistrationType.NON_PROFIT, 40),
    (RegistrationType.FOR_PROFIT, 32),
    (RegistrationType.PUBLIC_BUILT_PRIVATE_RUN, 12),
    (RegistrationType.PUBLIC, 8),
    (None, 8),
)
STATUSES = (
    (FacilityStatus.OPEN, 91),
    (FacilityStatus.REGISTERED, 5),
    (FacilityStatus.PAUSED, 3),
    (FacilityStatus.CLOSED, 1),
)
KIND_SIZE = {FacilityKind.APARTMENT: 1.4, FacilityKind.SERVICE_CENTRE: 0.5, FacilityKind.OTHER: 0.5}


@dataclass(frozen=True)
class PlannedFacility:
    """A facility as it will be registered, its operator by place in the plan, and where its life leads."""

    row: NewFacility
    operator: int | None
    status: FacilityStatus


@dataclass(frozen=True)
class World:
    operators: tuple[NewOperator, ...]
    facilities: tuple[PlannedFacility, ...]

    def part(self, members: Collection[str]) -> "World":
        """What of this world lies in these members; nobody runs a facility outside her own."""
        kept = [place for place, one in enumerate(self.operators) if member_of(one) in members]
        places = {old: new for new, old in enumerate(kept)}
        return World(
            tuple(self.operators[place] for place in kept),
            tuple(
                replace(one, operator=None if one.operator is None else places[one.operator])
                for one in self.facilities
                if member_of(one.row) in members
            ),
        )

    def digest(self) -> str:
        """The same for two worlds that agree in every value."""
        return hashlib.sha256(
            orjson.dumps(asdict(self), default=_plain, option=orjson.OPT_SORT_KEYS)
        ).hexdigest()


def member_of(row: NewOperator | NewFacility) -> str:
    """The code of the member in which it lies, and which owns it."""
    return f"{row.division_code[:2]}0000"


def plan(size: Size, seed: int, seats: Mapping[str, list[Seat]]) -> World:
    """A world of this size over all eleven members, three operators to five facilities.

    ``seats`` are the divisions of each city, in order of their codes.
    """
    rng = Random(f"sojourn {size.name} {seed}")  # noqa: S311 - reproducible, not secret
    places = spread(rng, size, seats)
    members = [city.member_code for city, _ in places]
    first_sites, run_by = _operators_of(rng, members)
    brands = _brands(rng, [members[site] for site in first_sites], within_members=size.reaches_everywhere)
    operators = [
        _operator(rng, brand, places[site][1], serial)
        for serial, (brand, site) in enumerate(zip(brands, first_sites, strict=True), start=1)
    ]
    planned = [
        _facility(rng, place, brands[operator], operator, serial)
        for serial, (place, operator) in enumerate(zip(places, run_by, strict=True), start=1)
    ]
    if size.reaches_everywhere:
        planned = [_named_after_its_county(f, seat) for f, (_, seat) in zip(planned, places, strict=True)]
    return World(tuple(operators), tuple(_with_beds(rng, _with_one_name_each(planned), size)))


def _brands(rng: Random, members: list[str], *, within_members: bool) -> list[str]:
    """A brand for each operator; none twice, or in the large worlds none twice in a member."""
    if not within_members:
        return rng.sample(names.BRANDS, len(members))
    left: dict[str, list[str]] = {}
    for member in dict.fromkeys(members):
        ordered = [rng.sample(pool, len(pool)) for pool in (names.MORE_BRANDS, names.BRANDS)]
        left[member] = [brand for pool in ordered for brand in pool]
    return [left[member].pop() for member in members]


def _operators_of(rng: Random, members: list[str]) -> tuple[list[int], list[int]]:
    """Three operators to five facilities of a member: each one's first site, and who runs each facility."""
    first_sites: list[int] = []
    run_by = [0] * len(members)
    for member in dict.fromkeys(members):
        here = [site for site, code in enumerate(members) if code == member]
        rng.shuffle(here)
        first, count = len(first_sites), round(len(here) * OPERATORS_A_FACILITY)
        for site in here[:count]:
            run_by[site] = len(first_sites)
            first_sites.append(site)
        for site in here[count:]:
            run_by[site] = rng.randrange(first, first + count)
    return first_sites, run_by


def _operator(rng: Random, brand: str, seat: Seat, serial: int) -> NewOperator:
    registration = _drawn(rng, REGISTRATIONS)
    return NewOperator(
        name=f"{seat.city}{brand}{names.OPERATOR_ENDINGS[registration]}",
        division_code=seat.code,
        credit_code=sample_credit_code(serial, seat.code) if rng.random() < 0.92 else None,
        registration_type=registration,
        is_sample=True,
    )


def _facility(
    rng: Random, place: tuple[City, Seat], brand: str, operator: int, serial: int
) -> PlannedFacility:
    city, seat = place
    kind = _drawn(rng, KINDS)
    row = NewFacility(
        listed_name=f"{seat.city}{brand}{rng.choice(names.FACILITY_ENDINGS[kind])}",
        division_code=seat.code,
        facts=facts.public_facts(rng, place=place, kind=kind, brand=brand, serial=serial),
        prices=facts.prices(rng, city, kind),
        features=facts.feature_answers(rng, city),
        grade=facts.grade(rng),
        is_sample=True,
    )
    return PlannedFacility(row, operator if rng.random() < 0.95 else None, _drawn(rng, STATUSES))


def _named_after_its_county(facility: PlannedFacility, seat: Seat) -> PlannedFacility:
    """Where a city has many, the name tells the county too: 广州汀鹭颐养院 becomes 广州天河汀鹭颐养院."""
    name = facility.row.listed_name.replace(seat.city, seat.city + seat.county, 1)
    return replace(facility, row=replace(facility.row, listed_name=name))


def _with_one_name_each(planned: list[PlannedFacility]) -> list[PlannedFacility]:
    """Where an operator has several sites of one name, each later site is numbered."""
    seen: dict[str, int] = {}
    distinct = []
    for facility in planned:
        name = facility.row.listed_name
        seen[name] = seen.get(name, 0) + 1
        site = f"（{'一二三四五六七八九'[seen[name] - 1]}分院）" if seen[name] > 1 else ""
        distinct.append(replace(facility, row=replace(facility.row, listed_name=name + site)))
    return distinct


def _with_beds(rng: Random, planned: list[PlannedFacility], world: Size) -> list[PlannedFacility]:
    """Beds for all who report them; the operating beds reported add up to the total exactly."""
    drawn = [rng.random() for _ in planned]
    size = [rng.lognormvariate(0, 0.6) * KIND_SIZE.get(f.row.facts["kind"], 1.0) for f in planned]
    reporting = [index for index, share in enumerate(drawn) if share < 0.93]
    fewest = [world.fewest_beds] * len(reporting)
    shares = apportioned([size[index] for index in reporting], world.operating_beds, fewest)
    operating = dict(zip(reporting, shares, strict=True))
    usual = world.operating_beds / len(planned)
    guessed = [max(world.fewest_beds, each * usual) for each in size]
    return [
        replace(f, row=replace(f.row, beds=_beds(rng, operating.get(index), guessed[index], drawn[index])))
        for index, f in enumerate(planned)
    ]


def _beds(rng: Random, operating: int | None, guessed: float, drawn: float) -> Beds | None:
    """Filed beds cover the operating ones; some facilities report the filed alone, some nothing."""
    if drawn > 0.96:
        return None
    filed = round((operating or guessed) * rng.uniform(1, 1.4))
    nursing = round(filed * rng.uniform(0.15, 0.8)) if rng.random() < 0.7 else None
    return Beds(
        filed_beds=filed, operating_beds=operating, nursing_beds=nursing, as_of=facts.reported_on(rng)
    )


def _drawn(rng: Random, weighted):
    return rng.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


def _plain(value):
    return value.value if isinstance(value, Enum) else str(value)
