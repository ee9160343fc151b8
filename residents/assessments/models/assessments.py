"""One assessment of one resident, and who read its items."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments.models.bodies import AssessmentBody, Assessor
from residents.assessments.querysets import AssessmentQuerySet, EntryToTellQuerySet, ItemReadingQuerySet
from residents.assessments.states import CONCLUDED, OPEN, AssessmentKind, AssessmentStatus, ReadPart
from residents.registry.states import Purpose
from sojourn.core.actors import Role
from sojourn.core.history import tracked
from sojourn.core.models import AppendOnly, Versioned
from sojourn.core.ownership import NOT_APPLYING
from sojourn.core.querysets import LockingQuerySet

IMPORTED = Q(kind=AssessmentKind.IMPORTED)
IS_ERASED = Q(status=AssessmentStatus.ERASED)
IS_CONCLUDED = Q(status__in=sorted(CONCLUDED))
NOT_SIGNED = Q(first_signed_at__isnull=True, second_signed_at__isnull=True)
SIGNED_BY_BOTH = Q(first_signed_at__isnull=False, second_signed_at__isnull=False)
# What a result is; once it is concluded, none of it changes.
RESULT = (
    "resident_id",
    "kind",
    "scale_code",
    "edition",
    "scale_digest",
    "assessed_on",
    "findings_cipher",
    "level",
)
SIGNATURES = ("body_id", "first_assessor_id", "second_assessor_id", "first_signed_at", "second_signed_at")


def _another_result() -> pgtrigger.Condition:
    """A concluded result would not be what it was, and not because a page of its owner is applied."""
    statuses = ", ".join(f"'{status}'" for status in sorted(CONCLUDED))
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in (*RESULT, *SIGNATURES))
    return pgtrigger.Condition(f"{NOT_APPLYING} AND OLD.status IN ({statuses}) AND ({differs})")


def _who(label) -> models.ForeignKey:
    return models.ForeignKey(
        Assessor, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=label
    )


@tracked
class Assessment(Versioned):
    """What two assessors found a resident able to do, on one edition of one scale.

    Answers, sums and reasons stand under her own key (residents.assessments.findings); the level is readable.
    ``valid_until`` is the last day on which it holds. A result made elsewhere has no assessors of ours, but
    ``source`` and ``paper_reference``. ``follows`` is the assessment of which this one is the review.
    """

    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    kind = models.CharField(_("来源"), max_length=16, choices=AssessmentKind.choices)
    status = models.CharField(_("状态"), max_length=16, choices=AssessmentStatus.choices)
    is_sample = models.BooleanField(_("样例数据"), default=False)
    resident = models.ForeignKey(
        "registry.Resident", on_delete=models.PROTECT, related_name="+", verbose_name=_("老年人")
    )
    reason = models.CharField(_("评估原因"), max_length=20, blank=True)
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="followed_by",
        verbose_name=_("所复核的评估"),
    )
    facility = models.ForeignKey(
        "facilities.Facility",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("所涉养老机构"),
    )

    scale_code = models.CharField(_("量表"), max_length=32)
    edition = models.CharField(_("量表版本"), max_length=16)
    scale_digest = models.CharField(_("量表摘要"), max_length=64)
    assessed_on = models.DateField(_("评估日期"), null=True)
    valid_until = models.DateField(_("有效期至"), null=True)
    findings_cipher = models.TextField(_("评估内容（密文）"), null=True, editable=False)
    level = models.CharField(_("能力等级"), max_length=16, choices=AbilityLevel.choices, null=True)

    body = models.ForeignKey(
        AssessmentBody,
        on_delete=models.PROTECT,
        null=True,
        related_name="assessments",
        verbose_name=_("评估机构"),
    )
    first_assessor = _who(_("评估人员一"))
    second_assessor = _who(_("评估人员二"))
    first_signed_at = models.DateTimeField(_("评估人员一签字时间"), null=True)
    second_signed_at = models.DateTimeField(_("评估人员二签字时间"), null=True)
    concluded_on = models.DateField(_("定级日期"), null=True)
    source = models.CharField(_("出具评估结果的单位"), max_length=120, blank=True)
    paper_reference = models.CharField(_("评估报告编号"), max_length=80, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("能力评估")
        verbose_name_plural = _("能力评估")
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["resident", "-assessed_on"], name="assessment_of_resident"),
            models.Index(fields=["first_assessor"], name="assessment_of_first"),
            models.Index(fields=["second_assessor"], name="assessment_of_second"),
            models.Index(fields=["body", "concluded_on"], name="assessment_of_body"),
            models.Index(
                fields=["valid_until"],
                name="assessment_ending",
                condition=Q(status=AssessmentStatus.FINAL),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="assessment_one_at_hand",
                fields=["resident"],
                condition=Q(kind=AssessmentKind.REGULAR, status__in=sorted(OPEN)),
            ),
            models.UniqueConstraint(
                name="assessment_paper_entered_once",
                fields=["resident", "source", "paper_reference"],
                condition=IMPORTED & ~Q(status__in=[AssessmentStatus.DISCARDED, AssessmentStatus.ERASED]),
            ),
            models.CheckConstraint(
                name="assessment_status_known",
                condition=Q(
                    status__in=sorted(AssessmentStatus.values), kind__in=sorted(AssessmentKind.values)
                ),
            ),
            models.CheckConstraint(
                name="assessment_two_assessors",
                condition=Q(IMPORTED, first_assessor__isnull=True, second_assessor__isnull=True)
                | (
                    ~IMPORTED
                    & Q(body__isnull=False, first_assessor__isnull=False, second_assessor__isnull=False)
                    & ~Q(first_assessor=F("second_assessor"))
                ),
            ),
            models.CheckConstraint(
                name="assessment_imported_has_its_paper",
                condition=~IMPORTED | IS_ERASED | (~Q(source="") & ~Q(paper_reference="")),
            ),
            models.CheckConstraint(
                name="assessment_signed_as_its_status_says",
                condition=IMPORTED
                | IS_ERASED
                | Q(status=AssessmentStatus.DISCARDED)
                | (Q(status=AssessmentStatus.DRAFT) & NOT_SIGNED)
                | (Q(status=AssessmentStatus.SIGNED_ONCE) & ~NOT_SIGNED & ~SIGNED_BY_BOTH)
                | (IS_CONCLUDED & SIGNED_BY_BOTH),
            ),
            models.CheckConstraint(
                name="assessment_concluded_is_whole",
                condition=(
                    IS_CONCLUDED
                    & Q(level__isnull=False, findings_cipher__isnull=False, assessed_on__isnull=False)
                    & Q(valid_until__isnull=False, concluded_on__isnull=False)
                    & Q(valid_until__gte=F("assessed_on"), concluded_on__gte=F("assessed_on"))
                )
                | (~IS_CONCLUDED & Q(concluded_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="assessment_level_known",
                condition=Q(level__isnull=True) | Q(level__in=AbilityLevel.values),
            ),
            models.CheckConstraint(
                name="assessment_draft_has_no_level",
                condition=~Q(status=AssessmentStatus.DRAFT) | Q(level__isnull=True),
            ),
            models.CheckConstraint(
                name="assessment_review_follows_one",
                condition=Q(kind=AssessmentKind.REVIEWING, follows__isnull=False)
                | (~Q(kind=AssessmentKind.REVIEWING) & Q(follows__isnull=True)),
            ),
            models.CheckConstraint(
                name="assessment_erased_tells_nothing",
                condition=~IS_ERASED
                | Q(
                    level__isnull=True,
                    findings_cipher__isnull=True,
                    assessed_on__isnull=True,
                    facility__isnull=True,
                ),
            ),
        ]
        triggers = [
            *Versioned.Meta.triggers,
            pgtrigger.Protect(
                name="concluded_stands",
                when=pgtrigger.After,  # before a write a fact with an owner asks its one trigger
                operation=pgtrigger.Update,
                condition=_another_result(),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class EntryToTell(models.Model):
    """A result that a spreadsheet brought, of which its resident is told from a day on; gone once she is.

    Undone before that day she is never told of it (decision 0057).
    """

    assessment = models.OneToOneField(
        Assessment,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        verbose_name=_("能力评估"),
    )
    tell_on = models.DateField(_("告知日期"), db_index=True)

    objects = EntryToTellQuerySet.as_manager()

    class Meta:
        verbose_name = _("待告知的补录结果")
        verbose_name_plural = _("待告知的补录结果")

    def __str__(self) -> str:
        return str(self.pk)


class ItemReading(AppendOnly):
    """Somebody was shown something of one result, ours or another member's: who, what, when, for what, in which case."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, related_name="readings", verbose_name=_("能力评估")
    )
    recognition = models.ForeignKey(
        "assessments.Recognition",
        on_delete=models.PROTECT,
        null=True,
        related_name="readings",
        verbose_name=_("评估结果互认"),
    )
    at = models.DateTimeField(_("时间"))
    part = models.CharField(
        _("查看内容"),
        max_length=16,
        choices=ReadPart.choices,
        default=ReadPart.ITEMS,
        db_default=ReadPart.ITEMS,
    )
    purpose = models.CharField(_("用途"), max_length=32, choices=Purpose.choices)
    case = models.CharField(_("事由编号"), max_length=80)
    actor_role = models.CharField(_("查看者角色"), max_length=20, choices=Role.choices)
    actor_user_id = models.UUIDField(_("查看者账号"))
    actor_divisions = models.CharField(_("查看者辖区"), max_length=200, blank=True)
    on_behalf_of = models.CharField(_("代何人办理"), max_length=80, blank=True)

    objects = ItemReadingQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("评估内容查看记录")
        verbose_name_plural = _("评估内容查看记录")
        indexes = [models.Index(fields=["actor_user_id", "at"], name="reading_by_actor")]
        constraints = [
            models.CheckConstraint(
                name="assessment_reading_has_its_case", condition=Q(purpose__in=Purpose.values) & ~Q(case="")
            ),
            models.CheckConstraint(
                name="assessment_reading_part_known", condition=Q(part__in=sorted(ReadPart.values))
            ),
            models.CheckConstraint(
                name="assessment_reading_of_one_result",
                condition=Q(part=ReadPart.RECOGNISED, recognition__isnull=False, assessment__isnull=True)
                | (~Q(part=ReadPart.RECOGNISED) & Q(assessment__isnull=False, recognition__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EndingTold(models.Model):
    """Whoever this result is of was told once that it is about to end."""

    assessment = models.OneToOneField(
        Assessment,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="told",
        verbose_name=_("能力评估"),
    )
    told_at = models.DateTimeField(_("告知时间"))

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("评估到期告知")
        verbose_name_plural = _("评估到期告知")

    def __str__(self) -> str:
        return str(self.pk)
