"""An assessment body as the holder of an API account."""

from residents.assessments.models import AssessmentBody
from sojourn.accounts.holders import Holder
from sojourn.core import numbers
from sojourn.core.hosting import hosted_members


def body_numbered(typed: str) -> Holder | None:
    """The body with this number, where this node writes its facts: elsewhere its API account is elsewhere."""
    if not numbers.is_valid(typed):
        return None
    found = AssessmentBody.objects.filter(
        number=numbers.parse(typed).text, owner__in=hosted_members()
    ).first()
    return None if found is None else Holder(found.pk, found.number, found.division_id)
