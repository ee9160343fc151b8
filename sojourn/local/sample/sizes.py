"""How large a sample world is, and how its facilities spread over cities and counties."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from sojourn.local.sample.places import CITIES, City, Seat, Setting

# A city draws facilities by what draws people there and by how many counties it has.
WEIGHT_OF_A_COUNTY = 0.35
USUAL_PRICE_LEVEL = 0.95
Place = tuple[City, Seat]


@dataclass(frozen=True)
class Size:
    """Exact totals of a world; ``reaches_everywhere`` puts a facility into every county at least."""

    name: str
    facilities: int
    operating_beds: int
    fewest_beds: int
    residents: int
    reaches_everywhere: bool = True


SMALL = Size("small", 300, 12_000, 6, 3_000, reaches_everywhere=False)
CITY = Size("city", 3_000, 120_000, 6, 50_000)
NATION = Size("nation", 40_000, 200_000, 2, 1_000_000)
SIZES = {size.name: size for size in (SMALL, CITY, NATION)}


def spread(rng: Random, size: Size, seats: Mapping[str, list[Seat]]) -> list[Place]:
    """The city and the seat of each facility, city by city in the order of their codes.

    ``seats`` are the divisions of each city, in order of their codes.
    """
    if not size.reaches_everywhere:
        return [(city, rng.choice(seats[city.code])) for city in CITIES for _ in range(city.facilities)]
    drawing = {city.code: city for city in CITIES}
    cities = [drawing.get(code) or City(code, 1, Setting.TOWN, USUAL_PRICE_LEVEL) for code in sorted(seats)]
    weights = [city.facilities + WEIGHT_OF_A_COUNTY * len(seats[city.code]) for city in cities]
    fewest = [len(seats[city.code]) for city in cities]
    shares = apportioned(weights, size.facilities, fewest)
    return [
        (city, seat)
        for city, share in zip(cities, shares, strict=True)
        for seat in _spread_in_a_city(rng, seats[city.code], share)
    ]


def _spread_in_a_city(rng: Random, seats: list[Seat], facilities: int) -> list[Seat]:
    """Some counties have several times as many as others, each has one."""
    weights = [rng.lognormvariate(0, 0.5) for _ in seats]
    shares = apportioned(weights, facilities, [1] * len(seats))
    return [seat for seat, share in zip(seats, shares, strict=True) for _ in range(share)]


def apportioned(weights: list[float], total: int, fewest: list[int]) -> list[int]:
    """Whole numbers that add up to the total: to each its fewest, and the rest in proportion to the weights."""
    spare, weight_of_all = total - sum(fewest), sum(weights)
    exact = [weight * spare / weight_of_all for weight in weights]
    whole = [least + int(value) for least, value in zip(fewest, exact, strict=True)]
    by_remainder = sorted(range(len(exact)), key=lambda index: (int(exact[index]) - exact[index], index))
    for index in by_remainder[: total - sum(whole)]:
        whole[index] += 1
    return whole
