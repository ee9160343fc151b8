"""Operators and facilities for programs, read only."""

from collections.abc import Sequence
from uuid import UUID

import django_filters
import orjson
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, Func, JSONField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers
from rest_framework.response import Response

from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.states import FacilityKind, FacilityStatus, RegistrationType
from sojourn.core.actors import SYSTEM
from sojourn.core.querysets import KeptStatement
from sojourn.provinces.filters import WithinDivisionFilter
from sojourn.web.access import Access
from sojourn.web.scoped import ScopedViewSet


class OperatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Operator
        fields = [
            "id",
            "owner",
            "number",
            "name",
            "credit_code",
            "registration_type",
            "division",
            "is_sample",
            "version",
            "changed_at",
        ]


class FeatureReportSerializer(serializers.ModelSerializer):
    class Meta:
        model = FeatureReport
        fields = ["feature", "answer", "as_of", "reported_by"]


class FacilitySerializer(serializers.ModelSerializer):
    """Null is "not reported"; money in fen, a month unless it is the deposit."""

    monthly_fee_fen = serializers.IntegerField(
        read_only=True, allow_null=True, help_text=_("床位费、照料护理费与餐费之和")
    )
    feature_reports = FeatureReportSerializer(many=True, read_only=True)

    class Meta:
        model = Facility
        fields = [
            "id",
            "owner",
            "number",
            "listed_name",
            "operator",
            "kind",
            "status",
            "is_sample",
            "division",
            "address",
            "lng",
            "lat",
            "place_precision",
            "telephone",
            "telephone_hours",
            "levels_taken",
            "languages",
            "diets",
            "shortest_stay_nights",
            "filed_beds",
            "operating_beds",
            "nursing_beds",
            "beds_as_of",
            "grade",
            "graded_on",
            "graded_until",
            "filing_state",
            "filing_number",
            "medical_care",
            "contracted_hospital",
            "hospital_km",
            "medical_as_of",
            "bed_fee_fen",
            "care_fee_fen",
            "meal_fee_fen",
            "monthly_fee_fen",
            "deposit_fen",
            "prices_as_of",
            "feature_reports",
            "version",
            "changed_at",
        ]


# Read as they stand in the database; the others are put together.
COLUMNS = [
    {"operator": "operator_id", "division": "division_id"}.get(name, name)
    for name in FacilitySerializer.Meta.fields
    if name not in {"monthly_fee_fen", "feature_reports"}
]
EXACT = ("lng", "lat", "hospital_km")


class JSONAgg(JSONBAgg):
    """As text is all that is wanted of it, the plain form is made in half the time of the binary one."""

    function = "json_agg"


def _body_rows() -> QuerySet:
    """Facilities as mappings, their answers about features as one JSON text that PostgreSQL wrote."""
    reports = FeatureReport.objects.visible_to(SYSTEM).filter(facility=OuterRef("pk"))
    named = [part for name in FeatureReportSerializer.Meta.fields for part in (Value(name), F(name))]
    answer = Func(*named, function="json_build_object", output_field=JSONField())
    written = reports.order_by().values("facility").annotate(body=JSONAgg(answer, order_by="pk"))
    facilities = Facility.objects.visible_to(SYSTEM).filter(pk__among=[])
    return facilities.annotate(reports_json=Cast(Subquery(written.values("body")), TextField())).values(
        *COLUMNS, "reports_json"
    )


BODIES = KeptStatement(_body_rows)


def bodies_of(ids: Sequence[UUID]) -> dict[UUID, dict]:
    """The facilities with these ids, which the caller may show, as FacilitySerializer would answer."""
    return {row["id"]: _body_of(row) for row in BODIES.read(ids)}


def _body_of(row: dict) -> dict:
    row["operator"], row["division"] = row.pop("operator_id"), row.pop("division_id")
    fees = (row["bed_fee_fen"], row["care_fee_fen"], row["meal_fee_fen"])
    row["monthly_fee_fen"] = None if None in fees else sum(fees)
    row["feature_reports"] = orjson.Fragment(row.pop("reports_json") or "[]")
    row["changed_at"] = localtime(row["changed_at"]).isoformat()
    for name in EXACT:
        if row[name] is not None:
            row[name] = str(row[name])
    return row


class OperatorFilters(django_filters.FilterSet):
    division = WithinDivisionFilter(label=_("地区代码（6位，或其前2、4位）"))
    number = django_filters.CharFilter(max_length=32)
    credit_code = django_filters.CharFilter(max_length=18)
    registration_type = django_filters.ChoiceFilter(choices=RegistrationType.choices)

    class Meta:
        model = Operator
        fields: list[str] = []


class FacilityFilters(django_filters.FilterSet):
    division = WithinDivisionFilter(label=_("地区代码（6位，或其前2、4位）"))
    number = django_filters.CharFilter(max_length=32)
    operator = django_filters.UUIDFilter(field_name="operator_id")
    kind = django_filters.ChoiceFilter(choices=FacilityKind.choices)
    status = django_filters.ChoiceFilter(choices=FacilityStatus.choices)

    class Meta:
        model = Facility
        fields: list[str] = []


class OperatorViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """运营主体：经营养老机构的单位。"""

    access = Access.PUBLIC
    scope = "facilities.read"
    queryset = Operator.objects.by_name()
    serializer_class = OperatorSerializer
    filterset_class = OperatorFilters


class FacilityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """养老机构及其申报的公开信息；未申报的一律为 null。"""

    access = Access.PUBLIC
    scope = "facilities.read"
    queryset = Facility.objects.order_by("pk")
    serializer_class = FacilitySerializer
    filterset_class = FacilityFilters

    def list(self, request, *_args, **_kwargs) -> Response:
        rows = (
            self.paginate_queryset(self.filter_queryset(self.get_queryset()).values("id", "changed_at")) or ()
        )
        bodies = bodies_of([row["id"] for row in rows])
        return self.get_paginated_response([bodies[row["id"]] for row in rows if row["id"] in bodies])
