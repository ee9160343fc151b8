"""Divisions under their dated codes, what withdrawn codes meant, and the members of the cooperation."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.models import Changing
from sojourn.provinces.models.periods import VALIDITY, ends_after_it_begins
from sojourn.provinces.querysets import DivisionQuerySet, PublicQuerySet
from sojourn.provinces.states import DivisionKind, DivisionLevel, SuccessionGround


class Division(Changing):
    """A unit of GB/T 2260 under its code; a code that is no longer in use stays, with its last day.

    Where only editions are known, ``valid_from`` is the date of the first edition that lists the code and
    ``valid_to`` that of the first that no longer does; null is "before" and "still". lng and lat (degrees,
    GCJ-02 or near it) are the point of the seat. pinyin and initials are of the short name, the search
    columns of the whole one.
    """

    code = models.CharField(_("区划代码"), max_length=6, primary_key=True)
    level = models.CharField(_("层级"), max_length=10, choices=DivisionLevel.choices)
    kind = models.CharField(_("类别"), max_length=10, choices=DivisionKind.choices)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", verbose_name=_("上级")
    )
    province_code = models.CharField(_("省级代码"), max_length=6)
    city_code = models.CharField(_("地级代码"), max_length=6, blank=True)
    pinyin = models.CharField(_("拼音"), max_length=120)
    initials = models.CharField(_("拼音首字母"), max_length=30)
    search_name = models.CharField(_("检索名称"), max_length=60)
    search_pinyin = models.CharField(_("检索拼音"), max_length=200)
    search_initials = models.CharField(_("检索首字母"), max_length=60)
    lng = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True)
    valid_from = models.DateField(_("启用"), null=True)
    valid_to = models.DateField(_("停用"), null=True)
    edition = models.CharField(_("版本"), max_length=20)

    objects = DivisionQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        constraints = [
            models.CheckConstraint(
                name="division_level_follows_code",
                condition=Q(code__regex=r"^[1-9][0-9]0000$", level=DivisionLevel.PROVINCE)
                | Q(code__regex=r"^[1-9][0-9](0[1-9]|[1-9][0-9])00$", level=DivisionLevel.CITY)
                | Q(code__regex=r"^[1-9][0-9]{3}(0[1-9]|[1-9][0-9])$", level=DivisionLevel.COUNTY),
            ),
            models.CheckConstraint(
                name="division_only_provinces_have_no_parent",
                condition=Q(level=DivisionLevel.PROVINCE, parent__isnull=True)
                | Q(~Q(level=DivisionLevel.PROVINCE), parent__isnull=False),
            ),
            models.CheckConstraint(
                name="division_point_is_whole",
                condition=Q(lng__isnull=True, lat__isnull=True)
                | Q(lng__isnull=False, lat__isnull=False, lng__range=(73, 136), lat__range=(3, 54)),
            ),
            ends_after_it_begins("division_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class DivisionSuccession(models.Model):
    """What a code meant until it was withdrawn, and the code that continues it where one does.

    A few codes were given to another unit later, so the former meaning stands here, not in Division.
    """

    code = models.CharField(_("原代码"), max_length=6)
    name = models.CharField(_("原名称"), max_length=60)
    valid_from = models.DateField(_("启用"), null=True)
    valid_to = models.DateField(_("停用"))
    successor = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, related_name="predecessors", verbose_name=_("现代码")
    )
    ground = models.CharField(_("依据"), max_length=20, choices=SuccessionGround.choices)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划沿革")
        verbose_name_plural = _("区划沿革")
        constraints = [
            models.UniqueConstraint(name="divisionsuccession_one_end", fields=["code", "valid_to"]),
            ExclusionConstraint(
                name="divisionsuccession_one_meaning_a_day",
                expressions=[("code", RangeOperators.EQUAL), (VALIDITY, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="divisionsuccession_unknown_has_no_successor",
                condition=Q(ground=SuccessionGround.UNKNOWN, successor__isnull=True)
                | Q(~Q(ground=SuccessionGround.UNKNOWN), successor__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class Member(Changing):
    """A province of the cooperation."""

    code = models.CharField(_("省级代码"), max_length=6, primary_key=True)
    division = models.OneToOneField(
        Division, on_delete=models.PROTECT, related_name="member", verbose_name=_("行政区划")
    )
    name = models.CharField(_("名称"), max_length=60)
    short = models.CharField(_("简称"), max_length=2, unique=True)
    position = models.PositiveSmallIntegerField(_("次序"), unique=True)

    objects = PublicQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("成员省份")
        verbose_name_plural = _("成员省份")
        constraints = [
            models.CheckConstraint(
                name="member_is_a_province", condition=Q(code__regex=r"^[1-9][0-9]0000$", division=F("code"))
            ),
        ]

    def __str__(self) -> str:
        return self.name
