"""Divisions as words of a query, the same for every list."""

import re

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from sojourn.core.actors import reach_of
from sojourn.provinces.comfort import MONTHS
from sojourn.provinces.models import Agreement, Division, SeasonMonth
from sojourn.provinces.states import AgreementKind, AgreementStatus, DivisionKind, DivisionLevel

CODE = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}")
LONGEST_QUERY = 100


class DivisionField(forms.ModelChoiceField):
    """A division by its code of six digits or their leading part: 440000, 44, 4401."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if not isinstance(value, str) or not CODE.fullmatch(value):
            raise ValidationError(_("地区代码应为2、4或6位数字"), code="invalid")
        return super().to_python(value.ljust(6, "0"))


@extend_schema_field(
    {"type": "string", "pattern": "^[1-9][0-9]([0-9]{2}){0,2}$", "description": "地区代码：6位，或其前2、4位"}
)
class DivisionFilter(django_filters.ModelChoiceFilter):
    """Rows that name this division; a code that names no division is refused."""

    field_class = DivisionField

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, queryset=Division.objects.order_by("code"), to_field_name="code", **kwargs)


class WithinDivisionFilter(DivisionFilter):
    """Rows within a division."""

    def filter(self, qs, value):
        return qs.within((reach_of(value.code),)) if value else qs


class DayFilter(django_filters.DateFilter):
    """A day as 2021-11-15; a row belongs to it whose validity holds it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **kwargs)

    def filter(self, qs, value):
        return qs.live_on(value) if value else qs


@extend_schema_field(
    {"type": "string", "maxLength": LONGEST_QUERY, "description": "名称、简称、拼音、首字母或代码开头"}
)
class WordsFilter(django_filters.CharFilter):
    """What somebody typed: Chinese in either script, pinyin, initials."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, max_length=LONGEST_QUERY, **kwargs)

    def filter(self, qs, value):
        return qs.matching(value) if value else qs


class DivisionFilters(django_filters.FilterSet):
    q = WordsFilter()
    level = django_filters.ChoiceFilter(choices=DivisionLevel.choices)
    kind = django_filters.ChoiceFilter(choices=DivisionKind.choices)
    parent = DivisionFilter()
    province = WithinDivisionFilter()
    on = DayFilter(label=_("在这一天有效；不填则历来的代码都列出"))

    class Meta:
        model = Division
        fields: list[str] = []


class AgreementFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=AgreementKind.choices)
    status = django_filters.ChoiceFilter(choices=AgreementStatus.choices)
    party = DivisionFilter(field_name="parties__division", distinct=True)

    class Meta:
        model = Agreement
        fields: list[str] = []


class SeasonFilters(django_filters.FilterSet):
    month = django_filters.ChoiceFilter(choices=[(str(month), str(month)) for month in MONTHS])
    province = WithinDivisionFilter()
    place = DivisionFilter()

    class Meta:
        model = SeasonMonth
        fields: list[str] = []
