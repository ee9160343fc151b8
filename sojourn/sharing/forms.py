"""Whether words are what a column of days, instants, decimals or lists is meant to hold.

PostgreSQL would take more than can be shown or counted with later: ``infinity``, ``today``, a year of five digits.
"""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from sojourn.core.models import Versioned

Form = Callable[[Any], object]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
# The last year is left out: in another time zone it might end in a year that no clock here knows.
_INSTANT = re.compile(r"(?!9999)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z").fullmatch
_IDENTITY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_DECIMAL = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?").fullmatch


def form_of(field: Any) -> Form | None:
    """What a value of this field must look like beyond its JSON kind; None where PostgreSQL's own reading will do."""
    if isinstance(field, ArrayField):
        words = isinstance(field.base_field, models.CharField | models.TextField)
        return _words if words else _numbers
    if isinstance(field, models.UUIDField):
        return _IDENTITY
    if isinstance(field, models.DateTimeField):
        return _INSTANT
    if isinstance(field, models.DateField):
        return _DAY
    return _DECIMAL if isinstance(field, models.DecimalField) else None


def _words(values: list) -> bool:
    return all(type(value) is str for value in values)


def _numbers(values: list) -> bool:
    return all(type(value) is int for value in values)


def in_words(field: Any) -> str:
    """What a value of this field looks like on the wire, as docs/protocol/resources.md says it to other makers."""
    if field.is_relation:
        model = field.related_model
        return "`<owner>:<uuid>`" if issubclass(model, Versioned) else f"code of a {model._meta.model_name}"
    if isinstance(field, ArrayField):
        return f"list, each: {in_words(field.base_field)}"
    if field.choices:
        return "one of " + ", ".join(f"`{code}`" for code in _codes_of(field))
    if isinstance(field, models.IntegerField):
        least, most = connection.ops.integer_field_range(field.get_internal_type())
        return f"whole number, {least} to {most}"
    if isinstance(field, models.DecimalField):
        return (
            f"decimal as a string, {field.max_digits} digits, {field.decimal_places} of them behind the point"
        )
    if isinstance(field, models.CharField):
        return f"string of at most {field.max_length} characters"
    return next(words for kind, words in _WORDS.items() if isinstance(field, kind))


def _codes_of(field: Any) -> list:
    return [code for code, _label in field.flatchoices if code is not None]


_WORDS: dict[type[models.Field], str] = {
    models.BooleanField: "true or false",
    models.DateTimeField: "instant in UTC, `2026-11-22T02:00:00.000000Z`",
    models.DateField: "day, `2026-11-22`",
    models.UUIDField: "UUID",
    models.JSONField: "object or list",
    models.TextField: "string",
}
