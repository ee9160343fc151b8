"""What a family should know before it pays: the limits of law as they stand today, each with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sojourn.core.actors import PUBLIC
from sojourn.provinces.models import ReferenceEdition, Rule

# The rules that the guide tells; a sentence whose rule is not live, or was never reported, is not said.
TOLD = (
    "prepaid_service_fee_months",
    "deposit_bed_fee_months",
    "membership_fee_allowed",
    "custody_paid_in_days",
    "custody_refund_days",
    "contract_kept_years",
    "facility_grade_valid_years",
    "inspections_a_year",
    "assessment_valid_months",
)


@dataclass(frozen=True)
class Told:
    """A rule as the guide tells it: its value, whose words it is and how sure we are of them.

    ``edition`` is empty where none was recorded.
    """

    value: Any
    source: str
    edition: str
    flag: str
    note: str


def told_on(day: date, keys: Iterable[str] = TOLD) -> dict[str, Told]:
    """The general rules live on the day, by key, asked in one go."""
    rows = Rule.objects.visible_to(PUBLIC).live_on(day)
    rows = rows.filter(key__in=keys, member__isnull=True, agreement__isnull=True, value__isnull=False)
    return {
        row.key: Told(
            row.value,
            row.source,
            row.edition if row.edition[:1].isdigit() else "",
            row.get_flag_display(),
            row.note,
        )
        for row in rows
    }


def edition_of_rules() -> ReferenceEdition | None:
    """The edition of the rules that the guide was written from."""
    return ReferenceEdition.objects.visible_to(PUBLIC).filter(dataset="rules").first()
