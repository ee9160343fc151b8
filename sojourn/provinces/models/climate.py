"""Monthly climate normals of the cities."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sojourn.provinces.models.divisions import Division
from sojourn.provinces.querysets import PublicQuerySet


class ClimatePlace(models.Model):
    """How the climate of one city was made: its altitude in metres, the stations used and how far off."""

    city = models.OneToOneField(
        Division, on_delete=models.PROTECT, primary_key=True, related_name="climate", verbose_name=_("城市")
    )
    lng = models.DecimalField(_("经度"), max_digits=9, decimal_places=6)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6)
    altitude_m = models.SmallIntegerField(_("海拔（米）"))
    altitude_source = models.CharField(_("海拔来源"), max_length=80)
    method = models.CharField(_("推算方法"), max_length=80)
    stations = ArrayField(models.CharField(max_length=10), verbose_name=_("气象站"), default=list)
    nearest_station_km = models.DecimalField(_("最近气象站（千米）"), max_digits=6, decimal_places=1)
    period_from = models.PositiveSmallIntegerField(_("统计起年"))
    period_to = models.PositiveSmallIntegerField(_("统计止年"))

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("气候站点")
        verbose_name_plural = _("气候站点")

    def __str__(self) -> str:
        return str(self.city)


class ClimateNormal(models.Model):
    """The mean of one month in one city over the period of its place.

    °C; humidity and sunshine in per cent; millimetres; days; hours a month; metres a second.
    """

    place = models.ForeignKey(
        ClimatePlace, on_delete=models.CASCADE, related_name="normals", verbose_name=_("气候站点")
    )
    month = models.PositiveSmallIntegerField(_("月份"))
    tmean_c = models.DecimalField(_("平均气温"), max_digits=4, decimal_places=1)
    tmax_c = models.DecimalField(_("平均最高气温"), max_digits=4, decimal_places=1)
    tmin_c = models.DecimalField(_("平均最低气温"), max_digits=4, decimal_places=1)
    rh_pct = models.PositiveSmallIntegerField(_("相对湿度"))
    precip_mm = models.PositiveSmallIntegerField(_("降水量"))
    wet_days = models.DecimalField(_("降水日数"), max_digits=3, decimal_places=1)
    sunshine_pct = models.PositiveSmallIntegerField(_("日照百分率"))
    sunshine_hours = models.PositiveSmallIntegerField(_("日照时数"))
    wind_ms = models.DecimalField(_("平均风速"), max_digits=3, decimal_places=1)
    frost_days = models.DecimalField(_("霜日数"), max_digits=3, decimal_places=1)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("气候常年值")
        verbose_name_plural = _("气候常年值")
        constraints = [
            models.UniqueConstraint(name="climatenormal_once_a_month", fields=["place", "month"]),
            models.CheckConstraint(name="climatenormal_month_exists", condition=Q(month__range=(1, 12))),
            models.CheckConstraint(
                name="climatenormal_percentages", condition=Q(rh_pct__lte=100, sunshine_pct__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.month}"
