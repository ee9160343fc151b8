"""A facility as the holder of an API account."""

from providers.facilities.models import Facility
from sojourn.accounts.holders import Holder
from sojourn.core import numbers
from sojourn.core.hosting import hosted_members


def facility_numbered(typed: str) -> Holder | None:
    """The facility with this number, where this node writes its facts: elsewhere its API account is elsewhere."""
    if not numbers.is_valid(typed):
        return None
    found = Facility.objects.filter(number=numbers.parse(typed).text, owner__in=hosted_members()).first()
    return None if found is None else Holder(found.pk, found.number, found.division_id)
