"""Operators and facilities for programs, read only."""

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers

from providers.facilities.models import Facility, FeatureReport, Operator
from providers.facilities.states import FacilityKind, FacilityStatus, RegistrationType
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
    queryset = Operator.objects.by_name()
    serializer_class = OperatorSerializer
    filterset_class = OperatorFilters


class FacilityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """养老机构及其申报的公开信息；未申报的一律为 null。"""

    access = Access.PUBLIC
    queryset = Facility.objects.prefetch_related("feature_reports")
    serializer_class = FacilitySerializer
    filterset_class = FacilityFilters
