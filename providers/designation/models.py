"""Schemes, batches and bases, and the counts that members reported, with what the database promises."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from providers.designation.querysets import BaseQuerySet, ReferenceQuerySet
from providers.designation.states import BaseStatus
from sojourn.core.history import tracked
from sojourn.core.models import Versioned
from sojourn.sharing.marking import markers_of


def _owned_by_its_member(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(owner=F("member")), name=name)


@tracked
class Scheme(Versioned):
    """A member's published way of designating bases, one row an edition.

    ``stages`` lists them in order, each ``{"code", "name"}``; an empty list is "not reported".
    """

    member = models.ForeignKey(
        "provinces.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("成员省份")
    )
    name = models.CharField(_("方案名称"), max_length=200)
    edition = models.CharField(_("版本"), max_length=40)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    stages = models.JSONField(_("评定环节"), default=list)
    source = models.CharField(_("来源"), max_length=400)

    objects = ReferenceQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("评定方案")
        verbose_name_plural = _("评定方案")
        triggers = [*Versioned.Meta.triggers, *markers_of("schemes")]
        constraints = [
            _owned_by_its_member("scheme_owner_is_its_member"),
            models.UniqueConstraint(fields=["member", "name", "edition"], name="scheme_edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"


@tracked
class Batch(Versioned):
    """One published list of designated bases."""

    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="batches", verbose_name=_("评定方案")
    )
    member = models.ForeignKey(
        "provinces.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("成员省份")
    )
    ordinal = models.PositiveSmallIntegerField(_("批次"))
    announced_on = models.DateField(_("公布日期"))
    plaques_on = models.DateField(_("授牌日期"), null=True, blank=True)
    announced_by = models.CharField(_("公布单位"), max_length=120)
    source = models.CharField(_("来源"), max_length=400)

    objects = ReferenceQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("认定批次")
        verbose_name_plural = _("认定批次")
        triggers = [*Versioned.Meta.triggers, *markers_of("batches")]
        constraints = [
            _owned_by_its_member("batch_owner_is_its_member"),
            models.UniqueConstraint(fields=["scheme", "ordinal"], name="batch_ordinal_once"),
            models.CheckConstraint(
                condition=Q(plaques_on__isnull=True) | Q(plaques_on__gte=F("announced_on")),
                name="batch_plaques_follow_the_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} #{self.ordinal}"


@tracked
class Base(Versioned):
    """A facility's designation as a demonstration base, by one line of a published list.

    ``listed_name`` is verbatim. ``plaque_number`` and ``valid_to`` (last day, inclusive) are null
    where they were not reported.
    """

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    facility = models.ForeignKey(
        "facilities.Facility", on_delete=models.PROTECT, related_name="+", verbose_name=_("养老机构")
    )
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+", verbose_name=_("评定方案"))
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="bases", verbose_name=_("认定批次")
    )
    listed_number = models.PositiveSmallIntegerField(_("名单序号"))
    listed_name = models.CharField(_("名单所列名称"), max_length=120)
    plaque_number = models.CharField(_("牌匾编号"), max_length=60, null=True, blank=True)
    designated_on = models.DateField(_("认定日期"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    status = models.CharField(
        _("认定状态"), max_length=16, choices=BaseStatus.choices, default=BaseStatus.DESIGNATED
    )
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("撤销原因"), max_length=400, blank=True)

    objects = BaseQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("示范基地")
        verbose_name_plural = _("示范基地")
        triggers = [*Versioned.Meta.triggers, *markers_of("bases")]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["owner", "status"], name="base_by_owner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "scheme"],
                condition=Q(status=BaseStatus.DESIGNATED),
                name="base_one_live_designation",
            ),
            models.UniqueConstraint(fields=["batch", "listed_number"], name="base_one_place_in_list"),
            models.CheckConstraint(condition=Q(status__in=BaseStatus.values), name="base_status_is_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("designated_on")),
                name="base_validity_follows_designation",
            ),
            models.CheckConstraint(
                condition=Q(status=BaseStatus.DESIGNATED, ended_on__isnull=True)
                | (
                    ~Q(status=BaseStatus.DESIGNATED)
                    & Q(ended_on__isnull=False, ended_on__gte=F("designated_on"))
                ),
                name="base_ends_when_it_is_over",
            ),
            models.CheckConstraint(
                condition=Q(status=BaseStatus.WITHDRAWN) ^ Q(withdrawal_reason=""),
                name="base_withdrawal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.listed_name


class ReportedCount(models.Model):
    """How many bases a member had in a period, as somebody reported it on a day.

    ``bases`` is null where the report covers the member and gives no figure; a member without a row
    was not part of any report. ``note`` is shown beside the figure.
    """

    member = models.ForeignKey(
        "provinces.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("成员省份")
    )
    period = models.CharField(_("统计期间"), max_length=40)
    reported_on = models.DateField(_("报告日期"))
    bases = models.PositiveIntegerField(_("示范基地数"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=400)
    note = models.CharField(_("说明"), max_length=400, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("示范基地报告数")
        verbose_name_plural = _("示范基地报告数")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "period", "reported_on"], name="reportedcount_once_in_a_report"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.period}"
