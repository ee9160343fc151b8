"""What a level of one scale counts for on another, as members agreed; and whom that was said of."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments.querysets import CrosswalkQuerySet, RecognitionQuerySet
from residents.assessments.states import RecognitionStatus
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7
from sojourn.core.models import Changing, Versioned
from sojourn.provinces.models.periods import VALIDITY, ends_after_it_begins
from sojourn.provinces.states import RuleFlag

IS_ERASED = Q(status=RecognitionStatus.ERASED)


def _agreement() -> models.ForeignKey:
    return models.ForeignKey(
        "provinces.Agreement", on_delete=models.PROTECT, related_name="+", verbose_name=_("合作协议")
    )


@tracked
class LevelCrosswalk(Changing):
    """Under an agreement a level of one scale counts as a level of another, for a period ``[from, to)``.

    Where no row stands, nothing is guessed: the resident is assessed anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement = _agreement()
    from_scale = models.CharField(_("原量表"), max_length=32)
    from_edition = models.CharField(_("原量表版本"), max_length=16)
    from_level = models.CharField(_("原等级代码"), max_length=32)
    from_label = models.CharField(_("原等级"), max_length=60)
    to_scale = models.CharField(_("互认量表"), max_length=32)
    to_edition = models.CharField(_("互认量表版本"), max_length=16)
    level = models.CharField(_("互认等级"), max_length=16, choices=AbilityLevel.choices)
    valid_from = models.DateField(_("生效"), null=True)
    valid_to = models.DateField(_("失效"), null=True)
    source = models.CharField(_("来源"), max_length=200)
    flag = models.CharField(_("核实程度"), max_length=20, choices=RuleFlag.choices)

    objects = CrosswalkQuerySet.as_manager()

    class Meta(Changing.Meta):
        verbose_name = _("等级对照")
        verbose_name_plural = _("等级对照")
        constraints = [
            ExclusionConstraint(
                name="crosswalk_one_level_a_day",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("from_scale", RangeOperators.EQUAL),
                    ("from_edition", RangeOperators.EQUAL),
                    ("from_level", RangeOperators.EQUAL),
                    ("to_scale", RangeOperators.EQUAL),
                    ("to_edition", RangeOperators.EQUAL),
                    (VALIDITY, RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="crosswalk_level_known", condition=Q(level__in=AbilityLevel.values)),
            ends_after_it_begins("crosswalk_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.from_scale} {self.from_edition} {self.from_label}"


@tracked
class Recognition(Versioned):
    """What another member's result counts for with the member that owns this row, beside the original."""

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    resident = models.ForeignKey(
        "registry.Resident", on_delete=models.PROTECT, related_name="+", verbose_name=_("老年人")
    )
    status = models.CharField(_("互认结论"), max_length=16, choices=RecognitionStatus.choices)
    agreement = _agreement()
    crosswalk = models.ForeignKey(
        LevelCrosswalk, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("等级对照")
    )
    from_member = models.ForeignKey(
        "provinces.Member", on_delete=models.PROTECT, related_name="+", verbose_name=_("出具结果的成员省份")
    )
    from_scale = models.CharField(_("原量表"), max_length=32)
    from_edition = models.CharField(_("原量表版本"), max_length=16)
    from_level = models.CharField(_("原等级代码"), max_length=32, blank=True)
    from_label = models.CharField(_("原等级"), max_length=60, blank=True)
    source = models.CharField(_("出具评估结果的单位"), max_length=120, blank=True)
    paper_reference = models.CharField(_("评估报告编号"), max_length=80, blank=True)
    assessed_on = models.DateField(_("评估日期"), null=True)
    valid_until = models.DateField(_("有效期至"), null=True)
    level = models.CharField(_("互认等级"), max_length=16, choices=AbilityLevel.choices, null=True)
    recognised_on = models.DateField(_("互认日期"))
    is_sample = models.BooleanField(_("样例数据"), default=False)

    objects = RecognitionQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("评估结果互认")
        verbose_name_plural = _("评估结果互认")
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["resident", "-assessed_on"], name="recognition_of_resident"),
        ]
        constraints = [
            models.CheckConstraint(
                name="recognition_by_a_row_or_not_at_all",
                condition=IS_ERASED
                | Q(status=RecognitionStatus.RECOGNISED, crosswalk__isnull=False, level__isnull=False)
                | Q(status=RecognitionStatus.REASSESS, crosswalk__isnull=True, level__isnull=True),
            ),
            models.CheckConstraint(
                name="recognition_has_its_original",
                condition=IS_ERASED
                | (
                    ~Q(from_level="")
                    & ~Q(from_label="")
                    & ~Q(source="")
                    & ~Q(paper_reference="")
                    & Q(assessed_on__isnull=False, valid_until__gte=F("assessed_on"))
                ),
            ),
            models.CheckConstraint(
                name="recognition_erased_tells_nothing",
                condition=~IS_ERASED
                | Q(
                    level__isnull=True,
                    from_level="",
                    from_label="",
                    paper_reference="",
                    assessed_on__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number
