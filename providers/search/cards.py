"""What a list says of each facility that answers: its designations, its price, and why it fits or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from providers.facilities.models import Facility
from providers.search.models import SearchRow
from providers.search.query import BaseQuery
from providers.search.seasons import HARBIN, Reason, answers_of, reasons_for
from sojourn.core.clock import today


@dataclass(frozen=True)
class Card:
    """A facility as a list shows it; ``reason`` None where no climate answers for its city."""

    facility: Facility
    short: str
    designations: tuple
    distance_km: float | None
    reason: Reason | None
    line: str


def cards_of(rows: Sequence[SearchRow], query: BaseQuery, shorts: dict[str, str]) -> list[Card]:
    """The rows of one page as cards; without a month of its own, a search is told of the present one."""
    months = query.months or [today().month]
    home = query.home.code if query.home else HARBIN
    cities = {row.facility.division.city_code for row in rows}
    reasons = reasons_for(cities, months, home=home) if cities else {}
    return [_card(row, reasons.get(row.facility.division.city_code), shorts) for row in rows]


def _card(row: SearchRow, reason: Reason | None, shorts: dict[str, str]) -> Card:
    answers = answers_of(row.features_yes, row.features_told)
    return Card(
        row.facility,
        shorts.get(row.facility.division.province_code, ""),
        tuple(row.live_designations),
        row.distance_km,
        reason,
        reason.line_for(answers) if reason else "",
    )
