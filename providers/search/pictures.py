"""A schematic picture of a sample facility, drawn from a seed: the same seed, the same picture, never a photograph."""

from dataclasses import dataclass
from random import Random

ROOFS = ("#3b4a4d", "#7a3f24", "#35505a", "#5b4a36")
WALLS = ("#fbf6ea", "#f3ede0", "#eef1ec")
SKIES = ("#dfeaec", "#fbe8cd", "#e9efe2", "#f4e3d3")
HILLS = ("#a9c2bd", "#b8c39a", "#c7c1a0", "#9fb9c2")
WIDTH, GROUND = 480, 210


@dataclass(frozen=True)
class Window:
    x: int
    y: int


@dataclass(frozen=True)
class House:
    """One building: its walls' left edge, top, width and height, and where its windows are."""

    x: int
    y: int
    width: int
    height: int
    windows: tuple[Window, ...]

    @property
    def roof(self) -> str:
        """The outline of a roof with swept eaves."""
        left, right, top = self.x - 14, self.x + self.width + 14, self.y - 26
        return (
            f"M{left} {self.y + 4}Q{left + 22} {self.y - 4} {left + 30} {top}"
            f"H{right - 30}Q{right - 22} {self.y - 4} {right} {self.y + 4}Z"
        )

    @property
    def door_x(self) -> int:
        return self.x + self.width // 2 - 9


@dataclass(frozen=True)
class Tree:
    x: int
    y: int
    size: int
    is_round: bool

    @property
    def top(self) -> int:
        """The middle of its crown."""
        return self.y - 34 - self.size // 2


@dataclass(frozen=True)
class Picture:
    """Everything the template draws, in a frame of 480 by 270."""

    sky: str
    hill: str
    roof: str
    wall: str
    sun_x: int
    sun_y: int
    ridge: str
    houses: tuple[House, ...]
    trees: tuple[Tree, ...]
    birds: tuple[Window, ...]


def picture_of(seed: int) -> Picture:
    """The picture that belongs to this seed."""
    dice = Random(seed)  # noqa: S311 - a drawing, not a secret
    houses = _houses(dice)
    return Picture(
        sky=dice.choice(SKIES),
        hill=dice.choice(HILLS),
        roof=dice.choice(ROOFS),
        wall=dice.choice(WALLS),
        sun_x=dice.randrange(60, 420),
        sun_y=dice.randrange(46, 80),
        ridge=_ridge(dice),
        houses=houses,
        trees=_trees(dice),
        birds=tuple(
            Window(dice.randrange(60, 420), dice.randrange(28, 96)) for _ in range(dice.randrange(2, 5))
        ),
    )


def _houses(dice: Random) -> tuple[House, ...]:
    houses, x = [], dice.randrange(96, 126)
    for _ in range(dice.choice((1, 2, 2))):
        storeys, columns = dice.choice((1, 2, 3)), dice.choice((3, 4, 5))
        width, height = columns * 26 + 12, storeys * 30 + 12
        top = GROUND - height
        windows = tuple(
            Window(x + 12 + column * 26, top + 10 + storey * 30)
            for storey in range(storeys)
            for column in range(columns)
            if storey < storeys - 1 or abs(column * 26 + 21 - width // 2) > 18
        )
        houses.append(House(x, top, width, height, windows))
        x += width + dice.randrange(40, 54)
    return tuple(houses)


def _trees(dice: Random) -> tuple[Tree, ...]:
    places = [dice.randrange(20, 70), dice.randrange(400, 456), dice.randrange(340, 400)]
    return tuple(
        Tree(x, GROUND + dice.randrange(4, 22), dice.randrange(22, 36), dice.random() < 0.6) for x in places
    )


def _ridge(dice: Random) -> str:
    """A line of hills from edge to edge, closed along the ground."""
    path = f"M0 {dice.randrange(130, 170)}"
    for x in range(0, WIDTH, 120):
        path += f"Q{x + 60} {dice.randrange(90, 150)} {x + 120} {dice.randrange(130, 175)}"
    return f"{path}V{GROUND}H0Z"
