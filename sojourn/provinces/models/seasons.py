"""What the season rule says of every month in every city."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.models import Changing
from sojourn.provinces.models.climate import ClimatePlace
from sojourn.provinces.models.divisions import Division
from sojourn.provinces.querysets import SeasonMonthQuerySet
from sojourn.provinces.states import Comfort, SeasonIndex, SeasonWarning


class SeasonMonth(Changing):
    """The comfort of one month in one city, judged by the season rule from the normals of its climate.

    ``place`` is a code of the city level, also the heading of counties that have no climate of their own:
    then ``climate`` is the row that answers for them. ``fit`` orders places within a month, the smaller the
    better (decision 0010).
    """

    place = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="seasons", verbose_name=_("城市")
    )
    climate = models.ForeignKey(
        ClimatePlace, on_delete=models.CASCADE, related_name="seasons", verbose_name=_("气候站点")
    )
    month = models.PositiveSmallIntegerField(_("月份"))
    humidity_index = models.DecimalField(_("温湿指数"), max_digits=4, decimal_places=1)
    wind_index = models.SmallIntegerField(_("风效指数"))
    deciding = models.CharField(_("判定所依指数"), max_length=10, choices=SeasonIndex.choices)
    comfort = models.CharField(_("舒适度等级"), max_length=12, choices=Comfort.choices)
    warm_tier = models.BooleanField(_("相对温暖"))
    warnings = ArrayField(
        models.CharField(max_length=12, choices=SeasonWarning.choices), verbose_name=_("另请留意")
    )
    fit = models.SmallIntegerField(_("适宜次序"))
    edition = models.CharField(_("标准版本"), max_length=20)
    digest = models.CharField(_("判定依据摘要"), max_length=16)

    objects = SeasonMonthQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("月度舒适度")
        verbose_name_plural = _("月度舒适度")
        constraints = [
            models.UniqueConstraint(name="seasonmonth_once_a_month", fields=["place", "month"]),
            models.CheckConstraint(name="seasonmonth_month_exists", condition=Q(month__range=(1, 12))),
            models.CheckConstraint(name="seasonmonth_fit_counts_up", condition=Q(fit__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.month}"
