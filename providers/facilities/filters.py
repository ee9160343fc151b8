"""Words of a query that several lists share."""

import re

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from sojourn.core.actors import reach_of
from sojourn.provinces.models import Division

_CODE = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}")


class DivisionField(forms.ModelChoiceField):
    """A division by its code of six digits or their leading part: 440000, 44, 4401."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise ValidationError(_("地区代码应为2、4或6位数字"), code="invalid")
        return super().to_python(value.ljust(6, "0"))


@extend_schema_field({"type": "string", "pattern": "^[1-9][0-9]([0-9]{2}){0,2}$"})
class WithinDivisionFilter(django_filters.ModelChoiceFilter):
    """Rows within a division; a code that names no division is refused."""

    field_class = DivisionField

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, queryset=Division.objects.order_by("code"), to_field_name="code", **kwargs)

    def filter(self, qs, value):
        return qs.within((reach_of(value.code),)) if value else qs
