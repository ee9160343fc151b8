"""The dated rule that answers a question on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sojourn.provinces.errors import RuleMissing
from sojourn.provinces.models import Rule


def rule(key: str, *, on: date, member: str | None = None, agreement: UUID | None = None):
    """The value of the most specific rule of this key that is live on the day.

    A rule of a member under an agreement goes before one of the member, that before one of the
    agreement, that before the general one. ``member`` is a province code, ``agreement`` the id of an
    instrument. RuleMissing where no rule is live, or where the live one has no reported value.
    """
    found = Rule.objects.answering(key, on=on, member=member, agreement=agreement).first()
    return _value_of(found, key, on)


def rule_of_each(key: str, *, on: date, members: Iterable[str]) -> dict[str, Any]:
    """The same for each of these members by its province code, under no agreement, in one question."""
    live = Rule.objects.live_on(on).filter(key=key, agreement__isnull=True)
    found = {row.member_id: row for row in live}
    return {member: _value_of(found.get(member, found.get(None)), key, on) for member in members}


def _value_of(found: Rule | None, key: str, on: date):
    if found is None or found.value is None:
        raise RuleMissing(key=key, day=f"{on:%Y-%m-%d}")
    return found.value
