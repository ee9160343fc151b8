"""Operators, facilities and what each facility reported, with what the database promises about them."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from providers.facilities.querysets import FacilityQuerySet, FeatureReportQuerySet, OperatorQuerySet
from providers.facilities.states import (
    AbilityLevel,
    Answer,
    FacilityKind,
    FacilityStatus,
    FilingState,
    GradeLevel,
    MedicalCare,
    PlacePrecision,
    RegistrationType,
    Standing,
)
from sojourn.core.history import tracked
from sojourn.core.models import Versioned
from sojourn.sharing.marking import markers_of


def _reported_with_a_date(day: str, *figures: str) -> Q:
    """Either none of the figures was reported, or the day they were true of stands beside them."""
    nothing = Q(**{f"{figure}__isnull": True for figure in figures})
    return nothing | Q(**{f"{day}__isnull": False})


def _one_of(field: str, choices: type[models.TextChoices]) -> Q:
    return Q(**{f"{field}__in": choices.values})


class Findable(models.Model):
    """The columns by which a name is found and sorted; the services fill them from the name."""

    name_normal = models.CharField(_("检索名称"), max_length=400, editable=False)
    pinyin = models.CharField(_("拼音"), max_length=1600, editable=False)
    initials = models.CharField(_("拼音首字母"), max_length=400, editable=False)
    sort_key = models.CharField(_("排序键"), max_length=1600, editable=False)

    class Meta:
        abstract = True
        indexes = [
            GinIndex(fields=["name_normal"], name="%(class)s_by_name", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["pinyin"], name="%(class)s_by_pinyin", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["initials"], name="%(class)s_by_initials", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["sort_key", "id"], name="%(class)s_by_sort_key"),
        ]


@tracked
class Operator(Findable, Versioned):
    """The body that runs one or several facilities.

    ``division`` is the division whose bureau keeps this row, not a claim about the registered seat.
    """

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True)
    registration_type = models.CharField(
        _("登记类型"), max_length=32, choices=RegistrationType.choices, null=True, blank=True
    )
    division = models.ForeignKey(
        "provinces.Division", on_delete=models.PROTECT, related_name="+", verbose_name=_("主管地区")
    )
    standing = models.CharField(_("监管状态"), max_length=32, choices=Standing.choices, default=Standing.GOOD)
    is_sample = models.BooleanField(_("样例数据"), default=False)

    objects = OperatorQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("运营主体")
        verbose_name_plural = _("运营主体")
        triggers = [*Versioned.Meta.triggers, *markers_of("operators")]
        indexes = [*Versioned.Meta.indexes, *Findable.Meta.indexes]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(credit_code__isnull=False),
                name="operator_credit_code_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(registration_type__isnull=True) | _one_of("registration_type", RegistrationType),
                name="operator_registration_type_is_known",
            ),
            models.CheckConstraint(
                condition=_one_of("standing", Standing), name="operator_standing_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Facility(Findable, Versioned):
    """A site that takes people in, with the facts it reported and the dates they were true of.

    Null means "not reported" and is never shown as zero or no. Money is in fen a month, the deposit
    in fen once; lng and lat are degrees of the point that ``place_precision`` qualifies.
    """

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    listed_name = models.CharField(_("机构名称"), max_length=120)
    operator = models.ForeignKey(
        Operator,
        on_delete=models.PROTECT,
        related_name="facilities",
        null=True,
        blank=True,
        verbose_name=_("运营主体"),
    )
    kind = models.CharField(_("机构类型"), max_length=32, choices=FacilityKind.choices, null=True, blank=True)
    status = models.CharField(
        _("状态"), max_length=32, choices=FacilityStatus.choices, default=FacilityStatus.REGISTERED
    )
    standing = models.CharField(_("监管状态"), max_length=32, choices=Standing.choices, default=Standing.GOOD)
    is_sample = models.BooleanField(_("样例数据"), default=False)

    division = models.ForeignKey(
        "provinces.Division", on_delete=models.PROTECT, related_name="+", verbose_name=_("所在地区")
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lng = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    place_precision = models.CharField(
        _("位置精度"), max_length=16, choices=PlacePrecision.choices, default=PlacePrecision.ABOUT
    )
    telephone = models.CharField(_("联系电话"), max_length=40, blank=True)
    telephone_hours = models.CharField(_("接听时间"), max_length=80, blank=True)

    levels_taken = ArrayField(
        models.CharField(max_length=16, choices=AbilityLevel.choices),
        verbose_name=_("接收的能力等级"),
        null=True,
        blank=True,
    )
    languages = ArrayField(models.CharField(max_length=32), verbose_name=_("服务语言"), null=True, blank=True)
    diets = ArrayField(models.CharField(max_length=32), verbose_name=_("膳食"), null=True, blank=True)
    shortest_stay_nights = models.PositiveSmallIntegerField(_("最短入住夜数"), null=True, blank=True)
    features_reported_at = models.DateTimeField(_("设施项目申报时间"), null=True, editable=False)

    filed_beds = models.PositiveIntegerField(_("备案床位"), null=True, blank=True)
    operating_beds = models.PositiveIntegerField(_("开放床位"), null=True, blank=True)
    nursing_beds = models.PositiveIntegerField(_("护理型床位"), null=True, blank=True)
    beds_as_of = models.DateField(_("床位数据日期"), null=True, blank=True)
    filing_state = models.CharField(
        _("备案状态"), max_length=16, choices=FilingState.choices, null=True, blank=True
    )
    filing_number = models.CharField(_("备案编号"), max_length=60, blank=True)

    grade = models.PositiveSmallIntegerField(_("机构等级"), choices=GradeLevel.choices, null=True, blank=True)
    graded_on = models.DateField(_("等级评定日期"), null=True, blank=True)
    graded_until = models.DateField(_("等级有效至"), null=True, blank=True, editable=False)

    medical_care = models.CharField(
        _("医疗服务方式"), max_length=16, choices=MedicalCare.choices, null=True, blank=True
    )
    contracted_hospital = models.CharField(_("签约医院名称"), max_length=120, blank=True)
    hospital_km = models.DecimalField(
        _("距医院（公里）"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    medical_as_of = models.DateField(_("医疗信息日期"), null=True, blank=True)

    bed_fee_fen = models.PositiveIntegerField(_("床位费（分/月）"), null=True, blank=True)
    care_fee_fen = models.PositiveIntegerField(_("照料护理费（分/月）"), null=True, blank=True)
    meal_fee_fen = models.PositiveIntegerField(_("餐费（分/月）"), null=True, blank=True)
    deposit_fen = models.PositiveIntegerField(_("押金（分）"), null=True, blank=True)
    prices_as_of = models.DateField(_("价格日期"), null=True, blank=True)

    picture_seed = models.PositiveIntegerField(_("示意图种子"), editable=False)

    objects = FacilityQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("养老机构")
        verbose_name_plural = _("养老机构")
        triggers = [*Versioned.Meta.triggers, *markers_of("facilities")]
        indexes = [
            *Versioned.Meta.indexes,
            *Findable.Meta.indexes,
            models.Index(fields=["division", "status"], name="facility_by_division"),
            models.Index(fields=["status", "sort_key", "id"], name="facility_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "listed_name"],
                condition=~Q(status=FacilityStatus.CLOSED),
                name="facility_one_name_in_a_division",
            ),
            models.CheckConstraint(
                condition=_one_of("status", FacilityStatus), name="facility_status_is_known"
            ),
            models.CheckConstraint(
                condition=_one_of("standing", Standing), name="facility_standing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__isnull=True) | _one_of("kind", FacilityKind), name="facility_kind_is_known"
            ),
            models.CheckConstraint(
                condition=_one_of("place_precision", PlacePrecision), name="facility_place_precision_is_known"
            ),
            models.CheckConstraint(
                condition=Q(lng__isnull=True, lat__isnull=True)
                | Q(lng__isnull=False, lat__isnull=False, lng__range=(73, 136), lat__range=(3, 54)),
                name="facility_point_is_whole_and_in_range",
            ),
            models.CheckConstraint(
                condition=Q(levels_taken__isnull=True)
                | (Q(levels_taken__contained_by=AbilityLevel.values) & ~Q(levels_taken=[])),
                name="facility_levels_taken_are_known",
            ),
            models.CheckConstraint(
                condition=Q(operating_beds__isnull=True)
                | Q(filed_beds__isnull=True)
                | Q(filed_beds__gte=F("operating_beds")),
                name="facility_filed_beds_cover_operating",
            ),
            models.CheckConstraint(
                condition=Q(nursing_beds__isnull=True)
                | Q(filed_beds__isnull=True)
                | Q(filed_beds__gte=F("nursing_beds")),
                name="facility_nursing_beds_within_filed",
            ),
            models.CheckConstraint(
                condition=_reported_with_a_date("beds_as_of", "filed_beds", "operating_beds", "nursing_beds"),
                name="facility_beds_have_a_date",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__in=GradeLevel.values),
                name="facility_grade_is_known",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True, graded_on__isnull=True, graded_until__isnull=True)
                | Q(
                    grade__isnull=False,
                    graded_on__isnull=False,
                    graded_until__isnull=False,
                    graded_until__gte=F("graded_on"),
                ),
                name="facility_grade_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(filing_state__isnull=True) | _one_of("filing_state", FilingState),
                name="facility_filing_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(medical_care__isnull=True) | _one_of("medical_care", MedicalCare),
                name="facility_medical_care_is_known",
            ),
            models.CheckConstraint(
                condition=Q(contracted_hospital="")
                | Q(medical_care__isnull=False, medical_care=MedicalCare.CONTRACTED),
                name="facility_hospital_is_contracted",
            ),
            models.CheckConstraint(
                condition=Q(hospital_km__isnull=True) | Q(hospital_km__gte=0),
                name="facility_hospital_km_not_negative",
            ),
            models.CheckConstraint(
                condition=_reported_with_a_date("medical_as_of", "medical_care", "hospital_km"),
                name="facility_medical_facts_have_a_date",
            ),
            models.CheckConstraint(
                condition=Q(bed_fee_fen__isnull=True, care_fee_fen__isnull=True, meal_fee_fen__isnull=True)
                | Q(bed_fee_fen__isnull=False, care_fee_fen__isnull=False, meal_fee_fen__isnull=False),
                name="facility_monthly_fees_are_whole",
            ),
            models.CheckConstraint(
                condition=_reported_with_a_date("prices_as_of", "bed_fee_fen", "deposit_fen"),
                name="facility_prices_have_a_date",
            ),
            models.CheckConstraint(
                condition=Q(shortest_stay_nights__isnull=True) | Q(shortest_stay_nights__gte=1),
                name="facility_shortest_stay_is_a_night",
            ),
        ]

    def __str__(self) -> str:
        return self.listed_name

    @property
    def is_real(self) -> bool:
        return not self.is_sample

    @property
    def monthly_fee_fen(self) -> int | None:
        """Bed, care and meals for a month; None where they were not reported."""
        bed, care, meal = self.bed_fee_fen, self.care_fee_fen, self.meal_fee_fen
        return None if bed is None or care is None or meal is None else bed + care + meal

    def grade_on(self, day: date) -> int | None:
        """The grade that holds on the day; None where none was reported or its validity has passed."""
        holds = self.graded_until is not None and day <= self.graded_until
        return self.grade if holds else None


class FeatureReport(models.Model):
    """A facility's latest answer about one feature of the catalogue, and who gave it."""

    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, related_name="feature_reports", verbose_name=_("养老机构")
    )
    feature = models.CharField(_("项目"), max_length=40)
    answer = models.CharField(_("申报结果"), max_length=8, choices=Answer.choices)
    as_of = models.DateField(_("数据日期"))
    reported_by = models.CharField(_("申报方"), max_length=80)

    objects = FeatureReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("设施项目申报")
        verbose_name_plural = _("设施项目申报")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "feature"], name="featurereport_one_answer_per_feature"
            ),
            models.CheckConstraint(condition=_one_of("answer", Answer), name="featurereport_answer_is_known"),
        ]
        indexes = [models.Index(fields=["feature", "answer"], name="featurereport_by_answer")]

    def __str__(self) -> str:
        return f"{self.feature}: {self.get_answer_display()}"
