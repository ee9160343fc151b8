"""Where sample facilities stand: how many in which city, and what the place is like."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Setting(Enum):
    """What draws people there; it decides heating, price and little else."""

    METROPOLIS = "metropolis"
    COAST = "coast"
    KARST = "karst"
    MOUNTAIN = "mountain"
    FOREST = "forest"
    SUNSHINE = "sunshine"
    TOWN = "town"


@dataclass(frozen=True)
class Seat:
    """A division in which a facility can stand: a county, or a city that has none.

    ``city`` is what people call the city, ``county`` what they call the county, empty where the seat is the
    city itself; lng, lat (degrees) are the point of its seat.
    """

    code: str
    name: str
    city: str
    county: str
    lng: Decimal
    lat: Decimal


@dataclass(frozen=True)
class City:
    """A city of the sample world, its share of the facilities and the price level there."""

    code: str
    facilities: int
    setting: Setting
    price_level: float = 1.0

    @property
    def member_code(self) -> str:
        return f"{self.code[:2]}0000"

    @property
    def is_heated(self) -> bool:
        """North of the line where homes have central heating."""
        return self.code[:2] in {"21", "22", "23"} or self.code[:4] in _HEATED_IN_SHAANXI


_HEATED_IN_SHAANXI = {"6101", "6102", "6103", "6104", "6105", "6106", "6108"}
_METROPOLIS, _COAST, _KARST, _MOUNTAIN = Setting.METROPOLIS, Setting.COAST, Setting.KARST, Setting.MOUNTAIN
_FOREST, _SUNSHINE, _TOWN = Setting.FOREST, Setting.SUNSHINE, Setting.TOWN

# 300 facilities: the south and the karst for the winter, the north-east and the plateau for the summer.
CITIES = (
    City("210100", 4, _METROPOLIS, 1.15),
    City("210200", 7, _COAST, 1.2),
    City("210300", 1, _TOWN),
    City("210500", 2, _MOUNTAIN),
    City("210600", 4, _COAST, 0.95),
    City("210800", 2, _COAST, 0.95),
    City("211400", 2, _COAST, 0.95),
    City("220100", 4, _METROPOLIS, 1.1),
    City("220200", 4, _FOREST),
    City("220500", 2, _FOREST, 0.9),
    City("220600", 3, _FOREST, 0.9),
    City("222400", 3, _FOREST, 0.95),
    City("230100", 5, _METROPOLIS, 1.1),
    City("230200", 2, _TOWN, 0.9),
    City("230600", 2, _TOWN),
    City("230700", 4, _FOREST, 0.85),
    City("231000", 3, _FOREST, 0.9),
    City("231100", 2, _FOREST, 0.85),
    City("232700", 2, _FOREST, 0.85),
    City("360100", 3, _METROPOLIS, 1.15),
    City("360200", 2, _TOWN),
    City("360400", 5, _MOUNTAIN),
    City("360700", 4, _MOUNTAIN, 0.95),
    City("360800", 2, _MOUNTAIN, 0.9),
    City("360900", 4, _MOUNTAIN, 0.95),
    City("361100", 4, _MOUNTAIN, 0.95),
    City("430100", 4, _METROPOLIS, 1.2),
    City("430400", 2, _MOUNTAIN, 0.95),
    City("430600", 3, _TOWN),
    City("430700", 3, _TOWN, 0.95),
    City("430800", 5, _KARST),
    City("431000", 4, _MOUNTAIN, 0.95),
    City("431200", 2, _MOUNTAIN, 0.9),
    City("433100", 3, _KARST, 0.9),
    City("440100", 5, _METROPOLIS, 1.6),
    City("440200", 2, _MOUNTAIN, 0.95),
    City("440300", 3, _METROPOLIS, 1.8),
    City("440400", 3, _COAST, 1.4),
    City("440700", 3, _COAST, 1.1),
    City("440800", 5, _COAST),
    City("441200", 2, _KARST),
    City("441300", 3, _COAST, 1.15),
    City("441400", 2, _MOUNTAIN, 0.9),
    City("441500", 2, _COAST, 0.95),
    City("441600", 2, _MOUNTAIN, 0.9),
    City("441700", 3, _COAST),
    City("441800", 2, _MOUNTAIN),
    City("441900", 1, _TOWN, 1.3),
    City("442000", 2, _TOWN, 1.25),
    City("450100", 6, _METROPOLIS, 1.1),
    City("450300", 10, _KARST, 1.05),
    City("450500", 9, _COAST, 1.05),
    City("450600", 5, _COAST),
    City("450700", 3, _COAST, 0.95),
    City("451000", 3, _KARST, 0.9),
    City("451100", 3, _KARST, 0.9),
    City("451200", 4, _KARST, 0.95),
    City("451400", 3, _KARST, 0.9),
    City("500100", 20, _METROPOLIS, 1.1),
    City("500200", 6, _MOUNTAIN, 0.9),
    City("510100", 8, _METROPOLIS, 1.3),
    City("510400", 8, _SUNSHINE, 1.05),
    City("510800", 2, _MOUNTAIN, 0.9),
    City("511100", 3, _MOUNTAIN),
    City("511400", 3, _TOWN),
    City("511500", 2, _TOWN, 0.95),
    City("511800", 3, _MOUNTAIN, 0.95),
    City("513400", 5, _SUNSHINE),
    City("520100", 6, _METROPOLIS, 1.1),
    City("520200", 4, _MOUNTAIN, 0.95),
    City("520300", 6, _MOUNTAIN),
    City("520400", 4, _KARST, 0.95),
    City("520600", 2, _MOUNTAIN, 0.9),
    City("522300", 4, _KARST, 0.95),
    City("522600", 2, _KARST, 0.9),
    City("610100", 5, _METROPOLIS, 1.2),
    City("610300", 2, _TOWN, 0.95),
    City("610700", 4, _MOUNTAIN, 0.95),
    City("610900", 4, _MOUNTAIN, 0.9),
    City("611000", 3, _MOUNTAIN, 0.95),
)

_LOCAL_SPEECH = {
    "21": ("northeastern",),
    "22": ("northeastern",),
    "2224": ("northeastern", "korean"),
    "23": ("northeastern",),
    "36": ("gan",),
    "3607": ("hakka", "gan"),
    "43": ("xiang",),
    "4308": ("southwestern",),
    "4331": ("southwestern",),
    "44": ("cantonese",),
    "4413": ("hakka", "cantonese"),
    "4414": ("hakka",),
    "4415": ("teochew", "hakka"),
    "4416": ("hakka",),
    "45": ("cantonese", "zhuang"),
    "4503": ("southwestern",),
    "4512": ("southwestern", "zhuang"),
    "50": ("southwestern",),
    "51": ("southwestern",),
    "52": ("southwestern",),
    "61": ("shaanxi",),
}


def local_speech(city_code: str) -> tuple[str, ...]:
    """What is spoken there beside Mandarin, by city where it differs from its province."""
    return _LOCAL_SPEECH.get(city_code[:4], _LOCAL_SPEECH[city_code[:2]])
