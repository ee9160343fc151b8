"""The working calendar, year by year as its notices come out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from sojourn.provinces.querysets import CalendarYearQuerySet, HolidayQuerySet
from sojourn.provinces.states import HolidayKind


class CalendarYear(models.Model):
    """Whether the holiday notice for a year is known; without it due dates are provisional."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    announced = models.BooleanField(_("安排已公布"))
    off_days = models.PositiveSmallIntegerField(_("放假天数"), null=True)
    makeup_workdays = models.PositiveSmallIntegerField(_("调休上班天数"), null=True)
    notices = ArrayField(models.CharField(max_length=200), verbose_name=_("通知"), default=list)

    objects = CalendarYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("节假日年度")
        verbose_name_plural = _("节假日年度")

    def __str__(self) -> str:
        return str(self.year)


class Holiday(models.Model):
    """A day that does not follow its weekday; ``year`` is that of the notice."""

    day = models.DateField(_("日期"), primary_key=True)
    calendar = models.ForeignKey(
        CalendarYear, on_delete=models.PROTECT, related_name="days", verbose_name=_("节假日年度")
    )
    kind = models.CharField(_("类别"), max_length=20, choices=HolidayKind.choices)
    festival = models.CharField(_("节日"), max_length=40)
    in_lieu = models.BooleanField(_("由调休换来"), default=False)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("节假日")
        verbose_name_plural = _("节假日")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.festival}"
