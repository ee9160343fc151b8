"""Charts as plain drawings: upright bars with their number above and their name below, and a table to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F

from providers.search.models import SearchRow
from providers.search.months import month_name
from sojourn.core.actors import PUBLIC
from sojourn.provinces.models import SeasonMonth
from sojourn.provinces.states import Comfort
from sojourn.web.templatetags.shown import yuan

WIDTH, HEIGHT, FOOT, HEAD = 360, 190, 24, 20
GAP = 0.28  # of the room each bar has
FEE_STEP_FEN, MOST_STEPS = 100_000, 9


@dataclass(frozen=True)
class Bar:
    """One bar; ``short`` is written below it, ``name`` stands in the table."""

    short: str
    name: str
    count: int
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def above(self) -> float:
        return round(self.y - 5, 1)


@dataclass(frozen=True)
class Chart:
    """Bars that share one scale."""

    bars: tuple[Bar, ...]

    @property
    def tallest(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.count)

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)


@dataclass(frozen=True)
class Fees:
    """How the monthly sums are spread, and how many facilities told none."""

    chart: Chart
    unreported: int


def comfortable_months() -> Chart:
    """In how many cities of the members each month is comfortable by the season rule."""
    rows = SeasonMonth.objects.visible_to(PUBLIC).in_members().filter(climate=F("place"))
    rows = rows.filter(comfort=Comfort.COMFORTABLE).values("month").annotate(count=Count("pk"))
    counts = dict(rows.order_by("month").values_list("month", "count"))
    return drawn([(str(month), month_name(month), counts.get(month, 0)) for month in range(1, 13)])


def monthly_fees() -> Fees:
    """The facilities that can be found here, by their monthly sum in steps of a thousand yuan."""
    rows = SearchRow.objects.visible_to(PUBLIC).order_by()
    steps = rows.values(step=F("monthly_fee_fen") / FEE_STEP_FEN).annotate(count=Count("pk"))
    counts = dict(steps.values_list("step", "count"))
    unreported = counts.pop(None, 0)
    if not counts:
        return Fees(Chart(()), unreported)
    first, last = min(counts), min(max(counts), min(counts) + MOST_STEPS - 1)
    bars = []
    for step in range(first, last + 1):
        held = sum(count for at, count in counts.items() if at == step or (step == last and at > last))
        low, high = yuan(step * FEE_STEP_FEN), yuan((step + 1) * FEE_STEP_FEN)
        name = f"{low}–" if step == last and max(counts) > last else f"{low}–{high}"
        bars.append((f"{step}", name, held))
    return Fees(drawn(bars), unreported)


def drawn(figures: Sequence[tuple[str, str, int]]) -> Chart:
    """The bars of these figures, each with short name, name and count, placed in the frame."""
    most = max((count for _short, _name, count in figures), default=0) or 1
    room = WIDTH / max(len(figures), 1)
    return Chart(tuple(_bar(at * room, room, most, *figure) for at, figure in enumerate(figures)))


def _bar(left: float, room: float, most: int, *figure) -> Bar:
    short, name, count = figure
    height = round((HEIGHT - FOOT - HEAD) * count / most, 1)
    return Bar(
        short,
        name,
        count,
        x=round(left + room * GAP / 2, 1),
        y=round(HEIGHT - FOOT - height, 1),
        width=round(room * (1 - GAP), 1),
        height=height,
    )
