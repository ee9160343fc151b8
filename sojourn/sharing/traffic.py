"""How much went to and fro in the last day, by the hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum
from django.db.models.functions import TruncHour

from sojourn.core.clock import SHANGHAI, local, now
from sojourn.sharing.models import Page

HOURS = 24
# Pages are counted from the newest backwards: a day holds far fewer, and the table grows for a year.
LOOKED_AT = 20_000
WIDTH, HEIGHT, HEAD, FOOT = 720, 150, 14, 22


@dataclass(frozen=True)
class Hour:
    """An hour with the entries published and received in it, and the two bars that show them."""

    begins: datetime
    published: int
    received: int
    x: float
    width: float
    published_height: float
    received_height: float

    @property
    def total(self) -> int:
        return self.published + self.received

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def published_y(self) -> float:
        return round(HEIGHT - FOOT - self.published_height, 1)

    @property
    def received_y(self) -> float:
        return round(self.published_y - self.received_height, 1)

    @property
    def above(self) -> float:
        return round(self.received_y - 4, 1)


@dataclass(frozen=True)
class Day:
    """The last twenty-four hours, the present one last."""

    hours: list[Hour]

    @property
    def published(self) -> int:
        return sum(hour.published for hour in self.hours)

    @property
    def received(self) -> int:
        return sum(hour.received for hour in self.hours)

    @property
    def busiest(self) -> Hour:
        return max(self.hours, key=lambda hour: hour.total)


def last_day() -> Day:
    """Entries of the pages sealed and applied here in the last day."""
    present = local(now()).replace(minute=0, second=0, microsecond=0)
    begins = [present - timedelta(hours=back) for back in reversed(range(HOURS))]
    newest = Page.objects.aggregate(Max("pk"))["pk__max"] or 0
    rows = (
        Page.objects.filter(pk__gt=newest - LOOKED_AT, kept_at__gte=begins[0])
        .order_by()
        .annotate(hour=TruncHour("kept_at", tzinfo=SHANGHAI))
        .values("hour", "feed__is_own")
        .annotate(many=Sum("entries"))
    )
    counted = {(local(row["hour"]), row["feed__is_own"]): row["many"] for row in rows}
    return drawn([(hour, counted.get((hour, True), 0), counted.get((hour, False), 0)) for hour in begins])


def drawn(figures: list[tuple[datetime, int, int]]) -> Day:
    """The hours with their bars placed in the frame."""
    most = max((published + received for _, published, received in figures), default=0) or 1
    room, tall = WIDTH / max(1, len(figures)), HEIGHT - FOOT - HEAD
    return Day(
        [
            Hour(
                hour,
                published,
                received,
                x=round(at * room + room * 0.15, 1),
                width=round(room * 0.7, 1),
                published_height=round(tall * published / most, 1),
                received_height=round(tall * received / most, 1),
            )
            for at, (hour, published, received) in enumerate(figures)
        ]
    )
