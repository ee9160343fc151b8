"""Reference facts of the whole network: loaded from dated editions, never written by hand."""

from sojourn.provinces.models.agreements import AgreedItem, Agreement, Party
from sojourn.provinces.models.climate import ClimateNormal, ClimatePlace
from sojourn.provinces.models.divisions import Division, DivisionSuccession, Member
from sojourn.provinces.models.editions import ReferenceEdition
from sojourn.provinces.models.holidays import CalendarYear, Holiday
from sojourn.provinces.models.rules import Rule
from sojourn.provinces.models.seasons import SeasonMonth

__all__ = [
    "AgreedItem",
    "Agreement",
    "CalendarYear",
    "ClimateNormal",
    "ClimatePlace",
    "Division",
    "DivisionSuccession",
    "Holiday",
    "Member",
    "Party",
    "ReferenceEdition",
    "Rule",
    "SeasonMonth",
]
