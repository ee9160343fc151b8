"""Who may assess: bodies, their assessors, and what ties an assessor to a facility or a resident."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.assessments.querysets import AssessorQuerySet, BodyQuerySet, InterestQuerySet
from residents.assessments.states import Background, InterestKind, Qualification
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7
from sojourn.core.models import Versioned


def _qualified_constraints(name: str) -> list[models.CheckConstraint]:
    """The period ends no earlier than it begins, and a suspension has its reason."""
    return [
        models.CheckConstraint(
            name=f"{name}_qualified_in_order",
            condition=Q(qualified_until__isnull=True) | Q(qualified_until__gte=F("qualified_from")),
        ),
        models.CheckConstraint(
            name=f"{name}_suspended_for_a_reason",
            condition=Q(status=Qualification.QUALIFIED, suspended_for="")
            | (Q(status=Qualification.SUSPENDED) & ~Q(suspended_for="")),
        ),
    ]


@tracked
class AssessmentBody(Versioned):
    """A body that assesses, qualified from a day until another, both included; null is without an end."""

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=120)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, null=True)
    division = models.ForeignKey(
        "provinces.Division", on_delete=models.PROTECT, related_name="+", verbose_name=_("主管地区")
    )
    status = models.CharField(
        _("状态"), max_length=16, choices=Qualification.choices, default=Qualification.QUALIFIED
    )
    suspended_for = models.CharField(_("暂停原因"), max_length=200, blank=True)
    qualified_from = models.DateField(_("资格生效日期"))
    qualified_until = models.DateField(_("资格有效至"), null=True)
    is_sample = models.BooleanField(_("样例数据"), default=False)

    objects = BodyQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("评估机构")
        verbose_name_plural = _("评估机构")
        constraints = [
            *_qualified_constraints("body"),
            models.UniqueConstraint(
                name="body_credit_code_once", fields=["owner", "credit_code"], condition=~Q(credit_code=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Assessor(Versioned):
    """Somebody whom a body sends to assess; ``user_id`` is the account she signs with."""

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    body = models.ForeignKey(
        AssessmentBody, on_delete=models.PROTECT, related_name="assessors", verbose_name=_("评估机构")
    )
    name = models.CharField(_("姓名"), max_length=60)
    user_id = models.UUIDField(_("账号"), null=True, unique=True, editable=False)
    background = models.CharField(_("专业背景"), max_length=20, choices=Background.choices)
    certificate = models.CharField(_("资格证书编号"), max_length=80, blank=True)
    status = models.CharField(
        _("状态"), max_length=16, choices=Qualification.choices, default=Qualification.QUALIFIED
    )
    suspended_for = models.CharField(_("暂停原因"), max_length=200, blank=True)
    qualified_from = models.DateField(_("资格生效日期"))
    qualified_until = models.DateField(_("资格有效至"), null=True)
    is_sample = models.BooleanField(_("样例数据"), default=False)

    objects = AssessorQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("评估人员")
        verbose_name_plural = _("评估人员")
        constraints = [
            *_qualified_constraints("assessor"),
            models.CheckConstraint(
                name="assessor_background_known", condition=Q(background__in=Background.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Interest(models.Model):
    """What keeps an assessor from signing: a tie to one facility, or to one resident, both days included."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessor = models.ForeignKey(
        Assessor, on_delete=models.PROTECT, related_name="interests", verbose_name=_("评估人员")
    )
    kind = models.CharField(_("利害关系"), max_length=16, choices=InterestKind.choices)
    facility = models.ForeignKey(
        "facilities.Facility",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("养老机构"),
    )
    resident = models.ForeignKey(
        "registry.Resident", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("老年人")
    )
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("利害关系")
        verbose_name_plural = _("利害关系")
        constraints = [
            models.CheckConstraint(
                name="interest_in_one_thing",
                condition=Q(facility__isnull=False, resident__isnull=True)
                | Q(facility__isnull=True, resident__isnull=False),
            ),
            models.CheckConstraint(
                name="interest_in_order", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
