"""Divisions, members and agreements for programs, read only."""

from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers

from sojourn.provinces.filters import AgreementFilters, DivisionFilters
from sojourn.provinces.models import AgreedItem, Agreement, Division, Member, Party
from sojourn.web.access import Access
from sojourn.web.scoped import ScopedViewSet


class DivisionSerializer(serializers.ModelSerializer):
    """Null in valid_from is "before the oldest edition", in valid_to "still in use"."""

    successor = serializers.CharField(
        source="successor_code",
        read_only=True,
        allow_null=True,
        help_text=_("停用代码的接续代码；在用的代码和去向未知的为 null"),
    )

    class Meta:
        model = Division
        fields = [
            "code",
            "level",
            "kind",
            "name",
            "short_name",
            "parent",
            "province_code",
            "city_code",
            "pinyin",
            "initials",
            "lng",
            "lat",
            "valid_from",
            "valid_to",
            "successor",
            "edition",
            "version",
            "changed_at",
        ]


class MemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ["code", "name", "short", "position", "version", "changed_at"]


class PartySerializer(serializers.ModelSerializer):
    """body "" is "not reported"."""

    name = serializers.CharField(source="division.name", read_only=True)
    level = serializers.CharField(source="division.level", read_only=True)

    class Meta:
        model = Party
        fields = ["division", "name", "level", "kind", "body"]


class AgreedItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgreedItem
        fields = ["code", "status", "text", "parties_reported", "reported_on", "source", "note"]


class AgreementSerializer(serializers.ModelSerializer):
    """signed_precision says how to read the date; instruments null is "one or several: not reported"."""

    parties = PartySerializer(many=True, read_only=True)
    items = AgreedItemSerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "id",
            "code",
            "name",
            "title",
            "kind",
            "status",
            "signed_on",
            "signed_precision",
            "signed_from_year",
            "signed_to_year",
            "instruments",
            "valid_from",
            "valid_to",
            "source",
            "note",
            "parties",
            "items",
            "version",
            "changed_at",
        ]


class DivisionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """行政区划：历来的代码，停用的注明停用日期和接续代码。"""

    access = Access.PUBLIC
    queryset = Division.objects.with_successor()
    serializer_class = DivisionSerializer
    filterset_class = DivisionFilters


class MemberViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """成员省份。"""

    access = Access.PUBLIC
    queryset = Member.objects.order_by("pk")
    serializer_class = MemberSerializer


class AgreementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """合作协议及其缔约方和约定事项。"""

    access = Access.PUBLIC
    queryset = Agreement.objects.with_contents()
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilters
