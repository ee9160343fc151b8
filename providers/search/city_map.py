"""A map without tiles and without boundary lines: the cities' own points, larger where more facilities answer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from providers.search.places import short_name_of
from providers.search.results import CityCount
from sojourn.provinces.models import Division

WIDTH, TALLEST, EDGE = 360, 400, 26
SMALLEST, LARGEST = 4, 17
MOST_LABELS = 14
LETTER = 12  # the height of a label and about the width of one of its characters
NARROWEST = 2.0  # degrees of longitude: a single city is not blown up to fill the frame


@dataclass(frozen=True)
class Dot:
    """One city in the frame; ``label`` is empty where there is no room for it."""

    x: float
    y: float
    radius: float = 2
    count: int = 0
    label: str = ""
    label_x: float = 0
    label_y: float = 0
    ends_at_dot: bool = False


@dataclass(frozen=True)
class Spot:
    """A city, or a municipality, and what answers there."""

    code: str
    name: str
    lng: float
    lat: float
    count: int
    lowest_fee_fen: int | None
    address: str


@dataclass(frozen=True)
class CityMap:
    """Dots of cities where facilities answer, over faint ones of all the others."""

    height: int
    others: tuple[Dot, ...]
    dots: tuple[Dot, ...]
    cities: tuple[Spot, ...]

    @property
    def fullest(self) -> Spot:
        return self.cities[0]


@dataclass(frozen=True)
class Frame:
    """How degrees become places in the picture."""

    west: float
    north: float
    scale: float
    squeeze: float

    def place(self, lng: float, lat: float) -> tuple[float, float]:
        x = EDGE + (lng - self.west) * self.squeeze * self.scale
        return round(x, 1), round(EDGE + (self.north - lat) * self.scale, 1)


def map_of(
    found: Iterable[CityCount], background: Sequence[Division], address: Callable[[str], str]
) -> CityMap | None:
    """The map of these cities, over the others of the background; None where none of them stands on it.

    ``address`` tells where the search goes on within a place, by its code.
    """
    cities = _on_the_map(found, {place.code: place for place in background}, address)
    if not cities:
        return None
    frame, height = _frame([_point(place) for place in background])
    answering = {city.code for city in cities}
    others = (place for place in background if place.code not in answering)
    return CityMap(
        height,
        tuple(Dot(*frame.place(*_point(place))) for place in others),
        tuple(_dots(cities, frame)),
        tuple(cities),
    )


def _on_the_map(
    found: Iterable[CityCount], places: dict[str, Division], address: Callable[[str], str]
) -> list[Spot]:
    """The cities that have a place, most facilities first; headings of a municipality are one with it."""
    spots: dict[str, list[CityCount]] = {}
    for one in found:
        code = one.code if one.code in places else f"{one.code[:2]}0000"
        if code in places:
            spots.setdefault(code, []).append(one)
    merged = [_spot(places[code], parts, address(code)) for code, parts in spots.items()]
    return sorted(merged, key=lambda spot: (-spot.count, spot.code))


def _spot(place: Division, parts: list[CityCount], address: str) -> Spot:
    fees = [part.lowest_fee_fen for part in parts if part.lowest_fee_fen is not None]
    return Spot(
        place.code,
        short_name_of(place),
        *_point(place),
        sum(part.count for part in parts),
        min(fees, default=None),
        address,
    )


def _point(place: Division) -> tuple[float, float]:
    """Where a place lies; every place of the map has its point."""
    assert place.lng is not None and place.lat is not None  # noqa: PT018
    return float(place.lng), float(place.lat)


def _frame(points: list[tuple[float, float]]) -> tuple[Frame, int]:
    lngs, lats = [lng for lng, _lat in points], [lat for _lng, lat in points]
    squeeze = cos(radians((min(lats) + max(lats)) / 2))
    wide, tall = max(max(lngs) - min(lngs), NARROWEST) * squeeze, max(lats) - min(lats)
    scale = min((WIDTH - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / max(tall, 0.5))
    return Frame(min(lngs), max(lats), scale, squeeze), round(tall * scale + 2 * EDGE)


def _dots(cities: list[Spot], frame: Frame) -> list[Dot]:
    """The largest first, so that the smaller lie on top; labels for as many as find room."""
    most = cities[0].count
    dots: list[Dot] = []
    taken: list[tuple] = []
    for city in cities:
        x, y = frame.place(city.lng, city.lat)
        radius = round(SMALLEST + (LARGEST - SMALLEST) * sqrt(city.count / most), 1)
        label = _label(x, y, radius, city.name, taken) if len(dots) < MOST_LABELS else {}
        dots.append(Dot(x, y, radius, city.count, **label))
    return dots


def _label(x: float, y: float, radius: float, name: str, taken: list[tuple]) -> dict:
    """Where the name of a city finds room: right of its dot, else left; nothing where it finds none."""
    width = sum(LETTER if ord(letter) > 0x2E7F else LETTER * 0.6 for letter in name)
    for ends_at_dot in (False, True):
        left = x - radius - 3 - width if ends_at_dot else x + radius + 3
        box = (left, y - LETTER * 0.6, left + width, y + LETTER * 0.6)
        if left < 2 or left + width > WIDTH - 2 or any(_overlap(box, other) for other in taken):
            continue
        taken += [box, (x - radius, y - radius, x + radius, y + radius)]
        return {
            "label": name,
            "label_x": round(x - radius - 3 if ends_at_dot else x + radius + 3, 1),
            "label_y": round(y + LETTER * 0.36, 1),
            "ends_at_dot": ends_at_dot,
        }
    return {}


def _overlap(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
