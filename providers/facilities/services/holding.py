"""How every verb of the room begins and ends: hold the rows, refuse the stranger, leave a line."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from providers.facilities import policy
from providers.facilities.errors import NoSuchFacility, NotYourFacility, ReasonMissing, field_error
from providers.facilities.models import Facility, Operator
from sojourn.core.actors import Actor
from sojourn.core.trail import record


def held(facility_ids: Collection[UUID], actor: Actor) -> list[Facility]:
    """The facilities, held until commit; one this actor cannot see does not exist for her."""
    facilities = [
        f for f in Facility.objects.locked().filter(pk__in=facility_ids) if policy.can_view(actor, f)
    ]
    if len(facilities) != len(set(facility_ids)):
        raise NoSuchFacility
    return facilities


def permit(permitted: bool) -> None:
    if not permitted:
        raise NotYourFacility


def stated(reason: str) -> str:
    """The reason as it was given; a decision without one is refused."""
    if not reason.strip():
        raise ReasonMissing(errors=[field_error("reason", "missing", ReasonMissing.title)])
    return reason.strip()


def write(row: Facility | Operator, columns: Mapping, *, action: str, actor: Actor, **facts) -> None:
    """Store the columns that differ and leave one line about them; the same again changes nothing."""
    before = {name: getattr(row, name) for name, value in columns.items() if getattr(row, name) != value}
    if not before:
        return
    for name in before:
        setattr(row, name, columns[name])
    row.save(update_fields=list(before))
    after = {name: columns[name] for name in before}
    record(action=action, actor=actor, subject=row, before=_plain(before), after=_plain(after), **facts)


def _plain(values: Mapping) -> dict:
    """Values as the trail keeps them: days and decimals as text."""
    return {
        name: str(value) if isinstance(value, date | Decimal) else value for name, value in values.items()
    }
