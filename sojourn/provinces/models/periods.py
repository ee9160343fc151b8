"""Periods are ``[)`` date ranges; an open side is null."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q

VALIDITY = Func(F("valid_from"), F("valid_to"), function="daterange", output_field=DateRangeField())


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    """Periods are ``[)``; an open side is null."""
    return models.CheckConstraint(
        name=name,
        condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
    )
