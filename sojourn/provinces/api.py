"""Divisions, members and agreements for programs, read only."""

from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers

from sojourn.provinces.filters import AgreementFilters, DivisionFilters, SeasonFilters
from sojourn.provinces.models import AgreedItem, Agreement, Division, Member, Party, SeasonMonth
from sojourn.web.access import Access
from sojourn.web.scoped import ScopedViewSet


def _normal(digits: int, decimals: int) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=digits, decimal_places=decimals, read_only=True)


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


class SeasonMonthSerializer(serializers.ModelSerializer):
    """The verdict beside the normals it was made from: °C, per cent, mm, days, hours a month, m/s."""

    name = serializers.CharField(source="place.name", read_only=True, help_text=_("城市名称"))
    comfort_label = serializers.CharField(
        source="get_comfort_display", read_only=True, help_text=_("舒适度等级的名称")
    )
    period_from = serializers.IntegerField(source="climate.period_from", read_only=True)
    period_to = serializers.IntegerField(source="climate.period_to", read_only=True)
    altitude_m = serializers.IntegerField(source="climate.altitude_m", read_only=True)
    tmean_c = _normal(4, 1)
    tmax_c = _normal(4, 1)
    tmin_c = _normal(4, 1)
    rh_pct = serializers.IntegerField(read_only=True)
    precip_mm = serializers.IntegerField(read_only=True)
    wet_days = _normal(3, 1)
    sunshine_hours = serializers.IntegerField(read_only=True)
    wind_ms = _normal(3, 1)

    class Meta:
        model = SeasonMonth
        fields = [
            "id",
            "place",
            "name",
            "month",
            "comfort",
            "comfort_label",
            "warm_tier",
            "warnings",
            "fit",
            "deciding",
            "humidity_index",
            "wind_index",
            "edition",
            "climate",
            "period_from",
            "period_to",
            "altitude_m",
            "tmean_c",
            "tmax_c",
            "tmin_c",
            "rh_pct",
            "precip_mm",
            "wet_days",
            "sunshine_hours",
            "wind_ms",
            "version",
            "changed_at",
        ]


class DivisionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """行政区划：历来的代码，停用的注明停用日期和接续代码。"""

    access = Access.PUBLIC
    scope = "reference.read"
    queryset = Division.objects.with_successor()
    serializer_class = DivisionSerializer
    filterset_class = DivisionFilters


class MemberViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """成员省份。"""

    access = Access.PUBLIC
    scope = "reference.read"
    queryset = Member.objects.order_by("pk")
    serializer_class = MemberSerializer


class AgreementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """合作协议及其缔约方和约定事项。"""

    access = Access.PUBLIC
    scope = "reference.read"
    queryset = Agreement.objects.with_contents()
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilters


class SeasonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """各地各月的气候舒适度：等级、两项指数、提示和所依据的常年值；fit 越小，当月越靠前。"""

    access = Access.PUBLIC
    scope = "reference.read"
    queryset = SeasonMonth.objects.with_normals()
    serializer_class = SeasonMonthSerializer
    filterset_class = SeasonFilters
