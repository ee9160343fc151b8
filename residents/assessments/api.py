"""Assessments for programs of those who make them and of the staff, each within her reach."""

import django_filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from providers.facilities.models import Facility
from providers.facilities.states import AbilityLevel
from residents.assessments import services
from residents.assessments.models import Assessment, Assessor
from residents.assessments.scales import scale
from residents.assessments.sheets import Sheet
from residents.assessments.states import CONCLUDED, AssessmentKind, AssessmentStatus
from residents.registry.models import Resident
from sojourn.web.access import Access
from sojourn.web.idempotency import IDEMPOTENCY_KEY, once
from sojourn.web.preconditions import refuse_lost_update
from sojourn.web.scoped import ScopedViewSet

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=_("上次读到的 ETag"))


@extend_schema_field({"oneOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0}]})
class YesNoOrCount(serializers.Field):
    """Kept as it came: the scale says which of the two it has to be."""

    def to_internal_value(self, data):
        if isinstance(data, bool | int):
            return data
        raise serializers.ValidationError(_("应为 true、false 或次数"))

    def to_representation(self, value):
        return value


class OpenPointSerializer(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class FindingsSerializer(serializers.Serializer):
    """What is filled in so far, and what it comes to; shown to the two who fill it in, until it is concluded."""

    answers = serializers.DictField(child=serializers.IntegerField())
    circumstances = serializers.DictField(child=YesNoOrCount())
    filled = serializers.IntegerField()
    items = serializers.IntegerField()
    open_points = OpenPointSerializer(many=True)
    total = serializers.IntegerField(allow_null=True)
    level = serializers.ChoiceField(choices=AbilityLevel.choices, allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())


def _number() -> serializers.RelatedField:
    """Another row by its number."""
    return serializers.SlugRelatedField(slug_field="number", read_only=True, allow_null=True)


class AssessmentSerializer(serializers.ModelSerializer):
    """``level`` is null until both have signed; ``findings`` is null for everybody who does not fill it in.

    In a list the staff find no level: who opens one result is written down (decision 0058).
    """

    resident = _number()
    body = _number()
    first_assessor = _number()
    second_assessor = _number()
    follows = _number()
    facility = _number()
    level = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = [
            "id",
            "owner",
            "number",
            "kind",
            "status",
            "is_sample",
            "resident",
            "reason",
            "follows",
            "facility",
            "scale_code",
            "edition",
            "assessed_on",
            "valid_until",
            "concluded_on",
            "level",
            "body",
            "first_assessor",
            "first_signed_at",
            "second_assessor",
            "second_signed_at",
            "source",
            "paper_reference",
            "version",
            "changed_at",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=AbilityLevel.choices, allow_null=True))
    def get_level(self, row: Assessment) -> str | None:
        in_list = isinstance(self.parent, serializers.ListSerializer)
        withheld = in_list and self.context["request"].actor.is_staff
        return row.level if row.status in CONCLUDED and not withheld else None


class AssessmentDetail(AssessmentSerializer):
    findings = serializers.SerializerMethodField()

    class Meta(AssessmentSerializer.Meta):
        fields = [*AssessmentSerializer.Meta.fields, "findings"]

    @extend_schema_field(FindingsSerializer(allow_null=True))
    def get_findings(self, row: Assessment) -> dict | None:
        findings = services.findings_of(row, self.context["request"].actor)
        if findings is None:
            return None
        sheet = Sheet(scale(row.scale_code, row.edition), findings)
        result = sheet.result
        return {
            "answers": dict(findings.answers),
            "circumstances": dict(findings.circumstances),
            "filled": sheet.filled,
            "items": sheet.items,
            "open_points": sheet.open_points,
            "total": result.total if result else None,
            "level": result.level if result else None,
            "reasons": [str(reason) for reason in sheet.reasons],
        }


class NumberField(serializers.SlugRelatedField):
    """A row by its number; which of them the caller may name, the service decides."""

    def __init__(self, **options) -> None:
        super().__init__(slug_field="number", **options)

    def to_internal_value(self, data):
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class AssignmentSerializer(serializers.Serializer):
    resident = NumberField(queryset=Resident.objects.by_name())
    first_assessor = NumberField(queryset=Assessor.objects.order_by("number"))
    second_assessor = NumberField(queryset=Assessor.objects.order_by("number"))
    reason = serializers.CharField(max_length=20)
    facility = NumberField(queryset=Facility.objects.order_by("number"), required=False, allow_null=True)

    def arguments(self) -> dict:
        said = self.validated_data
        assignment = {
            "first_assessor_id": said["first_assessor"].pk,
            "second_assessor_id": said["second_assessor"].pk,
            "reason": said["reason"],
            "facility_id": getattr(said.get("facility"), "pk", None),
        }
        return {"resident_id": said["resident"].pk, "assignment": assignment}


class AnswersSerializer(serializers.Serializer):
    """What is found so far, all of it: what was kept before is replaced."""

    answers = serializers.DictField(child=serializers.IntegerField())
    circumstances = serializers.DictField(child=YesNoOrCount())
    assessed_on = serializers.DateField(required=False, allow_null=True)


class AssessmentFilters(django_filters.FilterSet):
    resident = django_filters.CharFilter(field_name="resident__number", max_length=32, label=_("老年人编号"))
    status = django_filters.ChoiceFilter(choices=AssessmentStatus.choices)
    kind = django_filters.ChoiceFilter(choices=AssessmentKind.choices)

    class Meta:
        model = Assessment
        fields: list[str] = []


class AssessmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """能力评估：评估人员看到分派给本人的，评估机构的程序看到本机构承办的，民政工作人员看到辖区内老年人的。"""

    access = Access.SIGNED_IN
    scope = "assessments.write"
    scopes = {"list": "assessments.read", "retrieve": "assessments.read"}
    queryset = Assessment.objects.select_related(
        "resident", "body", "first_assessor", "second_assessor", "follows", "facility"
    ).order_by("pk")
    filterset_class = AssessmentFilters

    def get_serializer_class(self):
        return AssessmentSerializer if self.action == "list" else AssessmentDetail

    def retrieve(self, request, *args, **kwargs) -> Response:
        services.read_level(assessment_id=self.get_object().pk, actor=request.actor)
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        request=AssignmentSerializer, responses={201: AssessmentDetail}, parameters=[IDEMPOTENCY_KEY]
    )
    def create(self, request) -> Response:
        """分派一次评估；内容待两名评估人员填写。"""
        sent = AssignmentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        made, _fresh = once(
            request, lambda: services.assign_assessment(**sent.arguments(), actor=request.actor)
        )
        answer = self._shown(made, status=201)
        answer["Location"] = reverse("assessment-detail", args=[made])
        return answer

    @extend_schema(request=AnswersSerializer, responses=AssessmentDetail, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def keep(self, request, pk: str) -> Response:
        """保存所填内容，没填完也可以。"""
        sent = AnswersSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = self._seen()
        said = {"assessed_on": None, **sent.validated_data}
        services.keep_answers(assessment_id=row.pk, seen_version=row.version, actor=request.actor, **said)
        return self._shown(row.pk)

    @extend_schema(request=None, responses=AssessmentDetail, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def sign(self, request, pk: str) -> Response:
        """签字；两名评估人员都签字后定级。"""
        row = self._seen()
        services.sign_assessment(assessment_id=row.pk, seen_version=row.version, actor=request.actor)
        return self._shown(row.pk)

    @extend_schema(request=None, responses=AssessmentDetail, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request, pk: str) -> Response:
        """退回修改；已有的签字作废。"""
        row = self._seen()
        services.return_assessment(assessment_id=row.pk, actor=request.actor)
        return self._shown(row.pk)

    def _seen(self) -> Assessment:
        """The row, where it still is what the caller says she saw."""
        row = self.get_object()
        refuse_lost_update(self.request, self.get_serializer(row).data)
        return row

    def _shown(self, pk, *, status: int = 200) -> Response:
        """The row as it now is."""
        row = self.get_queryset().get(pk=pk)
        return Response(self.get_serializer(row).data, status=status)
