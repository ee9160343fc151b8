"""Instruments of cooperation with their parties of any level, and what was agreed under them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.history import tracked
from sojourn.core.models import Changing
from sojourn.provinces.models.divisions import Division
from sojourn.provinces.models.periods import ends_after_it_begins
from sojourn.provinces.querysets import AgreementQuerySet, PublicQuerySet
from sojourn.provinces.states import AgreementKind, AgreementStatus, DatePrecision, ItemStatus, PartyKind

NO_DAY = Q(signed_on__isnull=True)
NO_YEARS = Q(signed_from_year__isnull=True, signed_to_year__isnull=True)
BOTH_YEARS = Q(signed_from_year__isnull=False, signed_to_year__isnull=False)
DATE_AS_SAID = (
    Q(NO_YEARS, signed_precision=DatePrecision.DAY, signed_on__isnull=False)
    | Q(NO_DAY, BOTH_YEARS, signed_precision=DatePrecision.YEAR, signed_from_year=F("signed_to_year"))
    | Q(NO_DAY, BOTH_YEARS, signed_precision=DatePrecision.YEARS, signed_from_year__lt=F("signed_to_year"))
    | Q(NO_DAY, NO_YEARS, signed_precision=DatePrecision.NOT_REPORTED)
)


@tracked
class Agreement(Changing):
    """An instrument of cooperation; it belongs to no single province, so it has no owner.

    ``title`` is its own title, "" where none was reported. ``digest`` covers parties and items too, so
    that a change of either raises the version.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(_("代号"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    title = models.CharField(_("文件原名"), max_length=120, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=AgreementKind.choices)
    status = models.CharField(_("状态"), max_length=20, choices=AgreementStatus.choices)
    signed_on = models.DateField(_("签订日期"), null=True)
    signed_precision = models.CharField(_("日期精度"), max_length=20, choices=DatePrecision.choices)
    signed_from_year = models.PositiveSmallIntegerField(_("签订年份起"), null=True)
    signed_to_year = models.PositiveSmallIntegerField(_("签订年份止"), null=True)
    instruments = models.PositiveSmallIntegerField(_("文件份数"), null=True)
    valid_from = models.DateField(_("生效"), null=True)
    valid_to = models.DateField(_("失效"), null=True)
    source = models.CharField(_("来源"), max_length=200)
    note = models.TextField(_("说明"), blank=True)
    digest = models.CharField(_("摘要"), max_length=64, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("合作协议")
        verbose_name_plural = _("合作协议")
        constraints = [
            models.CheckConstraint(
                name="agreement_date_as_precise_as_said",
                condition=DATE_AS_SAID,
            ),
            ends_after_it_begins("agreement_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def signed(self) -> str:
        """When it was signed, as precisely as was reported."""
        match self.signed_precision:
            case DatePrecision.DAY:
                return f"{self.signed_on:%Y-%m-%d}"
            case DatePrecision.YEAR:
                return str(self.signed_from_year)
            case DatePrecision.YEARS:
                return f"{self.signed_from_year}–{self.signed_to_year}"
        return str(DatePrecision(self.signed_precision).label)


class Party(models.Model):
    """A government or bureau of any level that stands behind an agreement; body "" is "not reported"."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="parties", verbose_name=_("合作协议")
    )
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="party_to", verbose_name=_("行政区划")
    )
    kind = models.CharField(_("类别"), max_length=20, choices=PartyKind.choices)
    body = models.CharField(_("签约机关"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("次序"))

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("缔约方")
        verbose_name_plural = _("缔约方")
        constraints = [
            models.UniqueConstraint(
                name="party_once_an_agreement", fields=["agreement", "division", "kind", "body"]
            ),
        ]

    def __str__(self) -> str:
        return self.body or self.division.name


class AgreedItem(models.Model):
    """One thing that was agreed, done, planned or explored; a feature is on only where one says so."""

    code = models.CharField(_("代号"), max_length=60, unique=True)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="items", verbose_name=_("合作协议")
    )
    status = models.CharField(_("状态"), max_length=20, choices=ItemStatus.choices)
    text = models.CharField(_("事项"), max_length=200)
    parties_reported = models.CharField(_("报道的参与方"), max_length=40)
    reported_on = models.DateField(_("报道日期"), null=True)
    source = models.CharField(_("来源"), max_length=200)
    note = models.TextField(_("说明"), blank=True)
    position = models.PositiveSmallIntegerField(_("次序"))

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("合作事项")
        verbose_name_plural = _("合作事项")

    def __str__(self) -> str:
        return self.text
