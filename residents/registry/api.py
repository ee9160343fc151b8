"""Residents for programs of facilities: exactly those that an access opens to their holder, masked until disclosed."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from residents.registry import policy, services, wanted
from residents.registry.models import CorrectionRequest, Resident
from residents.registry.services.disclosing import LONGEST_CASE
from residents.registry.states import (
    OPENABLE,
    OPENABLE_CHOICES,
    CorrectionRefusal,
    PrivateField,
    Purpose,
    RequestStatus,
    ResidentStatus,
)
from sojourn.web.access import Access
from sojourn.web.idempotency import IDEMPOTENCY_KEY, once
from sojourn.web.pagination import PlainPages
from sojourn.web.scoped import ScopedViewSet

ASKED = OpenApiExample(
    "为入住交接查看姓名和电话",
    value={"fields": ["name", "phone"], "purpose": "check_in", "case": "RZ-2026-0031"},
    request_only=True,
)
SHOWN = OpenApiExample(
    "样例", value={"facts": {"name": "样例·单雪雁", "phone": "00000000001"}}, response_only=True
)
ROW = {
    "id": "019e2f5a-3c70-7d10-9f6e-0a4c1b2d3e4f",
    "owner": "440000",
    "number": "RS44-000001-X",
    "status": "registered",
    "is_sample": True,
    "open_fields": ["name", "phone"],
    "open_until": "2026-12-31T00:00:00+08:00",
    "version": 1,
    "changed_at": "2026-11-01T09:30:00+08:00",
}
MASKED = OpenApiExample(
    "遮盖的样例", value=ROW | {"facts": {"name": "样*****", "phone": "000******01"}}, response_only=True
)


WANTED = OpenApiExample(
    "本人电话登记错了", value={"field": "phone", "wanted": "00000000002"}, request_only=True
)
WAITING = OpenApiExample(
    "等待户籍地核实",
    value={
        "id": "019e2f5a-3c70-7d10-9f6e-0a4c1b2d3e50",
        "resident": "RS44-000001-X",
        "field": "phone",
        "status": "waiting",
        "asked_at": "2026-11-02T09:30:00+08:00",
        "decided_at": None,
        "refusal": "",
    },
    response_only=True,
)


class ResidentRow(serializers.ModelSerializer):
    """``open_fields`` are the facts that may be disclosed to the caller, ``open_until`` when the first access ends."""

    open_fields = serializers.SerializerMethodField()
    open_until = serializers.SerializerMethodField()

    class Meta:
        model = Resident
        fields = [
            "id",
            "owner",
            "number",
            "status",
            "is_sample",
            "open_fields",
            "open_until",
            "version",
            "changed_at",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=OPENABLE_CHOICES)))
    def get_open_fields(self, row: Resident) -> list[str]:
        opened = policy.fields_open_to(self._actor, row)
        return [field.value for field in OPENABLE if field in opened]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_open_until(self, row: Resident) -> str | None:
        ends = [access.ends_at for access in policy.open_accesses(self._actor, row)]
        return serializers.DateTimeField().to_representation(min(ends)) if ends else None

    @property
    def _actor(self):
        return self.context["request"].actor


class ResidentDetail(ResidentRow):
    """``facts`` holds what was reported of the open facts, behind its mask; those of health are told by disclosing alone."""

    facts = serializers.SerializerMethodField()

    class Meta(ResidentRow.Meta):
        fields = [*ResidentRow.Meta.fields, "facts"]

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_facts(self, row: Resident) -> dict[str, str]:
        opened = policy.fields_open_to(self._actor, row)
        found = services.masked_facts_of(row) if opened else {}
        return {field.value: str(fact) for field, fact in found.items() if field in opened}


class DiscloseSerializer(serializers.Serializer):
    """Which facts, to which end and in which case; the resident reads about it afterwards."""

    fields = serializers.ListField(  # type: ignore[assignment]  # what the wire calls it, as every page does
        child=serializers.ChoiceField(choices=OPENABLE_CHOICES),
        min_length=1,
        max_length=len(OPENABLE),
    )
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    case = serializers.CharField(max_length=LONGEST_CASE)


class DisclosedSerializer(serializers.Serializer):
    facts = serializers.DictField(child=serializers.CharField())


class AskCorrectionSerializer(serializers.Serializer):
    """What ought to be registered in one field that is open to the caller; a date of birth as 1949-01-31."""

    field = serializers.ChoiceField(choices=PrivateField.choices)
    wanted = serializers.CharField(max_length=wanted.LONGEST)

    def arguments(self) -> dict:
        field, text = self.validated_data["field"], self.validated_data["wanted"]
        return {"field": field, "value": wanted.value_of(field, text)}


class CorrectionRow(serializers.ModelSerializer):
    """What became of one's own request; neither what was asked for nor what is registered."""

    resident: serializers.RelatedField = serializers.SlugRelatedField(slug_field="number", read_only=True)
    refusal = serializers.ChoiceField(choices=CorrectionRefusal.choices, allow_blank=True)

    class Meta:
        model = CorrectionRequest
        fields = ["id", "resident", "field", "status", "asked_at", "decided_at", "refusal"]


class ResidentFilters(django_filters.FilterSet):
    number = django_filters.CharFilter(max_length=32, label=_("老年人编号"))
    status = django_filters.ChoiceFilter(choices=ResidentStatus.choices)

    class Meta:
        model = Resident
        fields: list[str] = []


class ResidentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """老年人：养老机构的程序只看到依法或经同意向本机构开放的老年人，个人信息均经遮盖；查看完整内容须说明用途和事由。"""

    access = Access.SIGNED_IN
    scope = "residents.disclose"
    scopes = {
        "list": "residents.read",
        "retrieve": "residents.read",
        "ask_correction": "residents.ask_correction",
    }
    queryset = Resident.objects.select_related("key").prefetch_related("accesses").order_by("pk")
    filterset_class = ResidentFilters
    pagination_class = PlainPages

    def get_serializer_class(self):
        return ResidentRow if self.action == "list" else ResidentDetail

    @extend_schema(responses=ResidentDetail, examples=[MASKED])
    def retrieve(self, request, *args, **kwargs) -> Response:
        """一位老年人，已开放的项目经遮盖。"""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=DiscloseSerializer, responses=DisclosedSerializer, examples=[ASKED, SHOWN])
    @action(detail=True, methods=["post"])
    def disclose(self, request, pk: str) -> Response:
        """查看完整内容；每次都记入老年人本人可以看到的查看记录，每小时次数有限。"""
        sent = DiscloseSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = self.get_object()
        found = services.disclose(resident_id=row.pk, actor=request.actor, **sent.validated_data)
        facts = {field.value: text for field, text in found.items()}
        return Response({"facts": facts}, headers={"Cache-Control": "no-store"})

    @extend_schema(
        request=AskCorrectionSerializer,
        responses={201: CorrectionRow},
        parameters=[IDEMPOTENCY_KEY],
        examples=[WANTED, WAITING],
    )
    @action(detail=True, methods=["post"], url_path="ask-correction", url_name="ask-correction")
    def ask_correction(self, request, pk: str) -> Response:
        """申请更正一项向本机构开放的信息；由户籍地民政部门核实，老年人本人看得到是哪家机构申请的、哪一项。"""
        sent = AskCorrectionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        resident_id, said = self.get_object().pk, sent.arguments()
        made, _fresh = once(
            request, lambda: services.ask_correction(resident_id=resident_id, actor=request.actor, **said)
        )
        row = CorrectionRequest.objects.visible_to(request.actor).select_related("resident").get(pk=made)
        return Response(
            CorrectionRow(row).data,
            status=201,
            headers={"Location": reverse("correction-detail", args=[made])},
        )


class CorrectionFilters(django_filters.FilterSet):
    resident = django_filters.CharFilter(field_name="resident__number", max_length=32, label=_("老年人编号"))
    status = django_filters.ChoiceFilter(choices=RequestStatus.choices)

    class Meta:
        model = CorrectionRequest
        fields: list[str] = []


class CorrectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """更正申请：养老机构的程序看到本机构申请的办理情况，看不到登记的内容；老年人不再向本机构开放的，不再显示。"""

    access = Access.SIGNED_IN
    scope = "residents.ask_correction"
    queryset = CorrectionRequest.objects.select_related("resident").order_by("pk")
    serializer_class = CorrectionRow
    filterset_class = CorrectionFilters
    pagination_class = PlainPages

    @extend_schema(request=None, responses=CorrectionRow, examples=[WAITING])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk: str) -> Response:
        """撤回本机构还在等待核实的申请。"""
        made = services.withdraw_correction(request_id=self.get_object().pk, actor=request.actor)
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data)
