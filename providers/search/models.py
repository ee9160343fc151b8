"""The read model of the search: one row for each facility open to sojourners, kept by the database."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from providers.facilities.features import CATALOGUE
from providers.facilities.states import AbilityLevel
from providers.search.querysets import SearchRowQuerySet
from sojourn.core.models import Derived

# Stand after everything that is known, so that an order never meets a null.
NO_SEASON = 32_767
NO_PRICE = 2_147_483_647
MONTHS = range(1, 13)


# The triggers set these bits by the same lists: a feature may be added at the end, with a migration.
LEVEL_BITS = {level: 1 << at for at, level in enumerate(AbilityLevel.values)}
FEATURE_BITS = {feature.code: 1 << at for at, feature in enumerate(CATALOGUE)}


def fit_in(month: int) -> Coalesce:
    """How well the season of this month fits, the smaller the better; a place without climate comes last."""
    return Coalesce(F(f"fits__{month - 1}"), Value(NO_SEASON), output_field=models.IntegerField())


def plain() -> models.ExpressionWrapper:
    """False for designated bases, true for all others: designated ones come first."""
    return models.ExpressionWrapper(~Q(designated=True), output_field=models.BooleanField())


def price() -> Coalesce:
    return Coalesce(F("monthly_fee_fen"), Value(NO_PRICE))


class SearchRow(Derived):
    """What the search knows of one facility; triggers on its sources keep it (decision 0009).

    Null is "not reported". Levels and features are sets of bits (LEVEL_BITS, FEATURE_BITS), by which forty
    thousand rows are counted in milliseconds; ``told_bits`` are the features answered yes or no. lat and lng are degrees,
    ``fits`` twelve whole numbers from January on (SeasonMonth.fit). ``place`` names county, city and province.
    """

    # Laid beside a row by the search that found it.
    live_designations: list[Any]
    distance_km: float | None

    facility = models.OneToOneField(
        "facilities.Facility",
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("养老机构"),
    )
    designated = models.BooleanField(_("示范基地"))
    province_code = models.TextField(_("省级代码"))
    city_code = models.TextField(_("地级代码"))
    county_code = models.TextField(_("县级代码"))
    level_bits = models.SmallIntegerField(_("接收的能力等级"), null=True)
    monthly_fee_fen = models.IntegerField(_("月费（分）"), null=True)
    grade = models.SmallIntegerField(_("机构等级"), null=True)
    graded_until = models.DateField(_("等级有效至"), null=True)
    yes_bits = models.BigIntegerField(_("有的项目"))
    told_bits = models.BigIntegerField(_("报告过的项目"))
    lat = models.FloatField(_("纬度"), null=True)
    lng = models.FloatField(_("经度"), null=True)
    fits = ArrayField(models.SmallIntegerField(), verbose_name=_("各月适宜次序"), null=True)
    sort_key = models.TextField(_("排序键"))
    name_normal = models.TextField(_("检索名称"))
    pinyin = models.TextField(_("拼音"))
    initials = models.TextField(_("拼音首字母"))
    place = models.TextField(_("地名"))
    tokens = SearchVectorField(_("检索词"))

    objects = SearchRowQuerySet.as_manager()

    class Meta(Derived.Meta):
        verbose_name = _("检索行")
        verbose_name_plural = _("检索行")
        indexes = [
            GinIndex(fields=["tokens"], name="searchrow_by_token"),
            GinIndex(fields=["pinyin"], name="searchrow_by_pinyin", opclasses=["gin_trgm_ops"]),
            models.Index(plain(), "sort_key", "facility", name="searchrow_in_order"),
            models.Index(price(), "sort_key", "facility", name="searchrow_by_price"),
            models.Index(fields=["sort_key", "facility"], name="searchrow_by_name"),
            models.Index(fields=["city_code", "county_code"], name="searchrow_by_city"),
            models.Index(fields=["lat", "lng"], name="searchrow_by_point"),
            *(models.Index(fit_in(month), name=f"searchrow_by_month_{month}") for month in MONTHS),
        ]

    def __str__(self) -> str:
        return self.name_normal

    @property
    def features_yes(self) -> list[str]:
        return [code for code, bit in FEATURE_BITS.items() if self.yes_bits & bit]

    @property
    def features_told(self) -> list[str]:
        return [code for code, bit in FEATURE_BITS.items() if self.told_bits & bit]
