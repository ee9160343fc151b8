"""Designations for programs, read only."""

from collections.abc import Sequence
from uuid import UUID

import django_filters
import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers

from providers.designation.models import Base, Batch, Scheme
from providers.designation.states import BaseStatus
from sojourn.core.actors import SYSTEM
from sojourn.core.querysets import KeptStatement
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


def _columns_of(serializer, *but: str, path: str = "") -> list[str]:
    return [f"{path}{name}" for name in serializer.Meta.fields if name not in but]


TOLD = _columns_of(DesignationSerializer, "facility", "facility_number", "batch")
TOLD_OF_BATCH = _columns_of(BatchSerializer, "scheme", "member", path="batch__")
TOLD_OF_SCHEME = _columns_of(SchemeSerializer, "member", "stages", path="batch__scheme__")


def _live_rows() -> QuerySet:
    bases = Base.objects.visible_to(SYSTEM).designated().filter(facility__pk__among=[])
    stages = Cast("batch__scheme__stages", TextField())
    return bases.order_by("designated_on", "pk").annotate(stages=stages).values(
        *TOLD, "facility_id", "facility__number", *TOLD_OF_BATCH, "batch__member_id",
        *TOLD_OF_SCHEME, "batch__scheme__member_id", "stages",
    )  # fmt: skip


LIVE = KeptStatement(_live_rows)


def live_bodies(facility_ids: Sequence[UUID]) -> dict[UUID, list[dict]]:
    """The live designations of these facilities, which the caller may show, as DesignationSerializer would answer."""
    held: dict[UUID, list[dict]] = {}
    for row in LIVE.read(facility_ids):
        scheme = {name.rpartition("__")[2]: row[name] for name in TOLD_OF_SCHEME}
        scheme |= {"member": row["batch__scheme__member_id"], "stages": orjson.Fragment(row["stages"])}
        batch = {name.rpartition("__")[2]: row[name] for name in TOLD_OF_BATCH}
        batch |= {"member": row["batch__member_id"], "scheme": scheme}
        body = {name: row[name] for name in TOLD} | {"facility": row["facility_id"], "batch": batch}
        body |= {
            "facility_number": row["facility__number"],
            "changed_at": localtime(row["changed_at"]).isoformat(),
        }
        held.setdefault(row["facility_id"], []).append(body)
    return held


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
    scope = "designations.read"
    queryset = Base.objects.with_context()
    serializer_class = DesignationSerializer
    filterset_class = DesignationFilters
