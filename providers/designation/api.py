"""Designations for programs, read only."""

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers

from providers.designation.models import Base, Batch, Scheme
from providers.designation.states import BaseStatus
from sojourn.provinces.filters import WithinDivisionFilter
from sojourn.web.access import Access
from sojourn.web.scoped import ScopedViewSet


class StageSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class SchemeSerializer(serializers.ModelSerializer):
    """No stages and no date of issue mean "not reported"."""

    stages = StageSerializer(many=True, read_only=True)

    class Meta:
        model = Scheme
        fields = ["id", "member", "name", "edition", "issued_on", "stages", "source"]


class BatchSerializer(serializers.ModelSerializer):
    scheme = SchemeSerializer(read_only=True)

    class Meta:
        model = Batch
        fields = ["id", "scheme", "member", "ordinal", "announced_on", "plaques_on", "announced_by", "source"]


class DesignationSerializer(serializers.ModelSerializer):
    """One line of a published list; null is "not reported"."""

    batch = BatchSerializer(read_only=True)
    facility_number = serializers.CharField(source="facility.number", read_only=True)

    class Meta:
        model = Base
        fields = [
            "id",
            "owner",
            "number",
            "facility",
            "facility_number",
            "batch",
            "listed_number",
            "listed_name",
            "plaque_number",
            "designated_on",
            "valid_to",
            "status",
            "ended_on",
            "version",
            "changed_at",
        ]


class DesignationFilters(django_filters.FilterSet):
    division = WithinDivisionFilter(label=_("地区代码（6位，或其前2、4位）"))
    number = django_filters.CharFilter(max_length=32)
    facility = django_filters.UUIDFilter(field_name="facility_id")
    status = django_filters.ChoiceFilter(choices=BaseStatus.choices)

    class Meta:
        model = Base
        fields: list[str] = []


class DesignationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """示范基地的认定：哪家机构、哪一批次、何时认定、是否仍有效。"""

    access = Access.PUBLIC
    queryset = Base.objects.with_context()
    serializer_class = DesignationSerializer
    filterset_class = DesignationFilters
