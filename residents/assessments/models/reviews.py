"""Results that are assessed once more by others: on objection, or because the lot fell on them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.assessments.models.assessments import Assessment
from residents.assessments.models.bodies import AssessmentBody
from residents.assessments.querysets import DrawQuerySet, ReviewQuerySet
from residents.assessments.states import DECIDED, Objector, ReviewGround, ReviewStatus
from sojourn.core.history import tracked
from sojourn.core.models import AppendOnly, Versioned

OBJECTION = Q(ground=ReviewGround.OBJECTION)
UNDECIDED = Q(status__in=sorted([ReviewStatus.OPENED, ReviewStatus.ASSIGNED]))
IS_DECIDED = Q(status__in=sorted(DECIDED))


class RecheckDraw(AppendOnly):
    """Of a body's results concluded from one day to another, both included, a share was drawn to be re-checked.

    Seed, share and digest let anybody draw again (residents.assessments.drawing).
    """

    id = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(
        AssessmentBody, on_delete=models.PROTECT, related_name="draws", verbose_name=_("评估机构")
    )
    first_day = models.DateField(_("定级日期起"))
    last_day = models.DateField(_("定级日期止"))
    percent = models.PositiveSmallIntegerField(_("抽查比例（%）"))
    seed = models.CharField(_("随机种子"), max_length=64)
    population = models.PositiveIntegerField(_("可抽取份数"))
    population_digest = models.CharField(_("抽取范围摘要"), max_length=64)
    drawn = models.PositiveIntegerField(_("抽中份数"))
    drawn_at = models.DateTimeField(_("抽取时间"))

    objects = DrawQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("评估抽查")
        verbose_name_plural = _("评估抽查")
        constraints = [
            models.UniqueConstraint(name="draw_once_a_period", fields=["body", "first_day", "last_day"]),
            models.CheckConstraint(name="draw_in_order", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="draw_is_a_share", condition=Q(percent__range=(0, 100), drawn__lte=F("population"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d}–{self.last_day:%Y-%m-%d}"


@tracked
class Review(Versioned):
    """A final result is assessed once more by others; until it is decided, the result stands.

    ``second_look`` is the assessment that was made for it. ``agrees`` and ``steps_apart`` (levels, worse is
    positive) compare the two, and outlive both: they tell a body's agreement and nobody's ability.
    """

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("所复核的评估")
    )
    ground = models.CharField(_("复核事由"), max_length=16, choices=ReviewGround.choices)
    status = models.CharField(
        _("状态"), max_length=24, choices=ReviewStatus.choices, default=ReviewStatus.OPENED
    )
    draw = models.ForeignKey(
        RecheckDraw, on_delete=models.PROTECT, null=True, related_name="reviews", verbose_name=_("评估抽查")
    )
    objector = models.CharField(_("异议人"), max_length=16, choices=Objector.choices, blank=True)
    grounds_cipher = models.TextField(_("异议理由（密文）"), null=True, editable=False)
    raised_on = models.DateField(_("提出日期"))
    second_look = models.OneToOneField(
        Assessment,
        on_delete=models.PROTECT,
        null=True,
        related_name="made_for",
        verbose_name=_("复核评估"),
    )
    agrees = models.BooleanField(_("等级一致"), null=True)
    steps_apart = models.SmallIntegerField(_("相差级数"), null=True)
    decided_on = models.DateField(_("决定日期"), null=True)
    decided_by = models.UUIDField(_("决定人账号"), null=True, editable=False)
    is_sample = models.BooleanField(_("样例数据"), default=False)

    objects = ReviewQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("评估复核")
        verbose_name_plural = _("评估复核")
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["assessment", "ground"], name="review_of_assessment"),
        ]
        constraints = [
            models.UniqueConstraint(name="review_one_undecided", fields=["assessment"], condition=UNDECIDED),
            models.UniqueConstraint(name="review_drawn_once", fields=["assessment"], condition=~OBJECTION),
            models.CheckConstraint(
                name="review_has_its_ground",
                condition=(OBJECTION & Q(draw__isnull=True) & ~Q(objector=""))
                | Q(ground=ReviewGround.RECHECK, draw__isnull=False, objector=""),
            ),
            models.CheckConstraint(
                name="review_status_known", condition=Q(status__in=sorted(ReviewStatus.values))
            ),
            models.CheckConstraint(
                name="review_assigned_has_assessment",
                condition=~(Q(status=ReviewStatus.ASSIGNED) | IS_DECIDED) | Q(second_look__isnull=False),
            ),
            models.CheckConstraint(
                name="review_decided_is_whole",
                condition=(IS_DECIDED & Q(decided_on__isnull=False, agrees__isnull=False))
                | (~IS_DECIDED & Q(decided_on__isnull=True, decided_by__isnull=True, agrees__isnull=True)),
            ),
            models.CheckConstraint(
                name="review_agrees_where_nothing_lies_between",
                condition=Q(agrees__isnull=True, steps_apart__isnull=True)
                | Q(agrees=True, steps_apart=0)
                | (Q(agrees=False) & ~Q(steps_apart=0) & Q(steps_apart__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.number
