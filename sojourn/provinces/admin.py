"""Reference facts as the staff see them: to read, with source, edition and how well each is known."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sojourn.provinces.models import (
    AgreedItem,
    Agreement,
    CalendarYear,
    ClimateNormal,
    ClimatePlace,
    Division,
    DivisionSuccession,
    Holiday,
    Member,
    Party,
    ReferenceEdition,
    Rule,
    SeasonMonth,
)
from sojourn.web.admin import ScopedAdmin
from sojourn.web.past import name_actions

name_actions(
    {"reference.loaded": _("载入基础数据"), "seasons.judged": _("评定各地各月的舒适度")}, {"rows": _("行数")}
)


class ReadingInline(admin.TabularInline):
    """Rows that belong to the one shown, to read."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class PartyInline(ReadingInline):
    model = Party
    fields = ["division", "kind", "body"]
    ordering = ["position"]


class AgreedItemInline(ReadingInline):
    model = AgreedItem
    fields = ["status", "text", "parties_reported", "reported_on", "source", "note"]
    ordering = ["position"]


class ClimateNormalInline(ReadingInline):
    model = ClimateNormal
    fields = [
        "month",
        "tmean_c",
        "tmax_c",
        "tmin_c",
        "rh_pct",
        "precip_mm",
        "wet_days",
        "sunshine_hours",
        "wind_ms",
        "frost_days",
    ]
    ordering = ["month"]


class HolidayInline(ReadingInline):
    model = Holiday
    fields = ["day", "kind", "festival", "in_lieu"]
    ordering = ["day"]


@admin.register(Division)
class DivisionAdmin(ScopedAdmin):
    list_display = ["name", "code", "level", "parent", "pinyin", "valid_from", "valid_to"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "code", "pinyin"]
    ordering = ["code"]


@admin.register(DivisionSuccession)
class DivisionSuccessionAdmin(ScopedAdmin):
    list_display = ["name", "code", "valid_to", "successor", "ground"]
    list_filter = ["ground"]
    list_select_related = ["successor"]
    search_fields = ["name", "=code", "=successor__code"]
    ordering = ["code", "valid_to"]


@admin.register(Member)
class MemberAdmin(ScopedAdmin):
    list_display = ["name", "short", "code"]
    search_fields = ["name", "=short", "=code"]
    ordering = ["position"]


@admin.register(Agreement)
class AgreementAdmin(ScopedAdmin):
    list_display = ["name", "kind", "status", "signed", "source"]
    list_filter = ["kind", "status"]
    search_fields = ["name", "parties__division__name", "parties__body"]
    ordering = ["name"]
    inlines = [PartyInline, AgreedItemInline]


@admin.register(AgreedItem)
class AgreedItemAdmin(ScopedAdmin):
    list_display = ["text", "status", "parties_reported", "agreement", "reported_on"]
    list_filter = ["status"]
    list_select_related = ["agreement"]
    search_fields = ["text", "parties_reported", "agreement__name"]
    ordering = ["position"]


@admin.register(CalendarYear)
class CalendarYearAdmin(ScopedAdmin):
    list_display = ["year", "announced", "off_days", "makeup_workdays"]
    search_fields = ["=year"]
    ordering = ["-year"]
    inlines = [HolidayInline]


@admin.register(Holiday)
class HolidayAdmin(ScopedAdmin):
    list_display = ["day", "kind", "festival", "in_lieu", "calendar"]
    list_filter = ["kind"]
    list_select_related = ["calendar"]
    search_fields = ["festival"]
    ordering = ["-day"]


@admin.register(ClimatePlace)
class ClimatePlaceAdmin(ScopedAdmin):
    list_display = ["city", "altitude_m", "altitude_source", "method", "period_from", "period_to"]
    list_select_related = ["city"]
    search_fields = ["city__name", "=city__code", "city__pinyin"]
    ordering = ["city"]
    inlines = [ClimateNormalInline]


@admin.register(SeasonMonth)
class SeasonMonthAdmin(ScopedAdmin):
    list_display = [
        "place",
        "month",
        "comfort",
        "warm_tier",
        "humidity_index",
        "wind_index",
        "deciding",
        "fit",
        "edition",
    ]
    list_filter = ["month", "comfort", "warm_tier"]
    list_select_related = ["place"]
    search_fields = ["place__name", "=place__code", "place__pinyin"]
    ordering = ["place", "month"]


@admin.register(Rule)
class RuleAdmin(ScopedAdmin):
    list_display = [
        "label",
        "key",
        "value",
        "unit",
        "member",
        "agreement",
        "valid_from",
        "valid_to",
        "flag",
        "source",
    ]
    list_filter = ["flag", "member"]
    list_select_related = ["member", "agreement"]
    search_fields = ["label", "key", "source"]
    ordering = ["key", "valid_from"]


@admin.register(ReferenceEdition)
class ReferenceEditionAdmin(ScopedAdmin):
    list_display = ["dataset", "edition", "rows", "loaded_at", "licence"]
    search_fields = ["dataset", "source"]
    ordering = ["dataset"]
