"""What one member is given of a resident of another, and what its people looked at."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from providers.facilities.states import AbilityLevel
from residents.assessments.states import RecognitionStatus
from residents.consents.querysets import ExtractQuerySet, ReadingQuerySet, ReceivedRecognitionQuerySet
from residents.registry.states import Ground, Purpose
from sojourn.core.actors import Role
from sojourn.core.ids import uuid7
from sojourn.core.models import Versioned
from sojourn.sharing.marking import markers_of

EXTRACTS, READINGS = "resident_extracts", "extract_readings"


class Extract(Versioned):
    """What a receiver may know of one resident on one basis, whose id it bears; a copy where her home is elsewhere.

    It is in no history and stands as long as its basis. ``sealed`` holds each fact as a ciphertext: on its way under
    the key that both members have for each other, where it is kept under a key of its own (``wrapped``) that the
    receiving member's key locks. ``place`` is the division whose staff may look: all of the member, or less.
    """

    receiver = models.CharField(_("接收省份"), max_length=6)
    facility = models.UUIDField(_("接收机构"), null=True)
    place = models.CharField(_("使用地区"), max_length=6)
    resident = models.UUIDField(_("老年人"))
    resident_number = models.CharField(_("老年人编号"), max_length=32)
    is_sample = models.BooleanField(_("样例数据"), default=False)
    purpose = models.CharField(_("用途"), max_length=32, choices=Purpose.choices)
    ground = models.CharField(_("法定依据"), max_length=32, choices=Ground.choices)
    article = models.CharField(_("依据条文"), max_length=120)
    expires_at = models.DateTimeField(_("截止时间"))
    sealed = models.JSONField(_("共享项目（密文）"), default=dict)
    wrapped = models.TextField(_("数据密钥（密文）"), blank=True)

    objects = ExtractQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("外省共享的老年人信息")
        verbose_name_plural = _("外省共享的老年人信息")
        triggers = [
            *Versioned.Meta.triggers,
            *markers_of(EXTRACTS, addressed_by="receiver"),
            # Pages of the owner are applied in plain SQL: what rested on a copy goes with it all the same.
            pgtrigger.Trigger(
                name="takes_recognitions",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="DELETE FROM consents_receivedrecognition WHERE extract = OLD.id; RETURN OLD;",
            ),
        ]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["place", "expires_at"], name="extract_at_place"),
            models.Index(
                fields=["facility"], condition=Q(facility__isnull=False), name="extract_at_facility"
            ),
            models.Index(fields=["resident"], name="extract_of_resident"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(receiver=F("owner")), name="extract_for_another_member"),
            models.CheckConstraint(
                condition=Exact(Left("place", 2), Left("receiver", 2)), name="extract_place_of_receiver"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values, ground__in=Ground.values) & ~Q(article=""),
                name="extract_says_what_for",
            ),
        ]

    def __str__(self) -> str:
        return self.resident_number


class Reading(Versioned):
    """Somebody of a receiving member was shown facts of an extract: as what and where, never her name.

    The row is written with the disclosure and travels to the resident's home; ``reader`` stays where it was written.
    """

    home = models.CharField(_("户籍省份"), max_length=6)
    extract = models.UUIDField(_("外省共享的老年人信息"))
    resident = models.UUIDField(_("老年人"))
    at = models.DateTimeField(_("时间"))
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("查看项目"))
    purpose = models.CharField(_("用途"), max_length=32, choices=Purpose.choices)
    case = models.CharField(_("事由编号"), max_length=80)
    role = models.CharField(_("查看者角色"), max_length=20, choices=Role.choices)
    reach = models.CharField(_("查看者辖区"), max_length=200, blank=True)
    facility = models.UUIDField(_("查看者所在机构"), null=True)
    reader = models.UUIDField(_("查看者账号"), null=True)

    objects = ReadingQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("外省查看记录")
        verbose_name_plural = _("外省查看记录")
        triggers = [*Versioned.Meta.triggers, *markers_of(READINGS, addressed_by="home")]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["resident", "-at"], name="reading_of_resident"),
            models.Index(fields=["reader", "at"], name="reading_by_reader"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(fields=[]) & ~Q(case="") & Q(purpose__in=Purpose.values),
                name="reading_has_its_case",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReceivedRecognition(models.Model):
    """What a result that came with an extract counts for at the receiving member; it stands as long as the extract.

    ``paper_reference`` says which result it was. The row travels nowhere and, as the extract, is in no history.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("编号"), max_length=32, unique=True, editable=False)
    extract = models.UUIDField(_("外省共享的老年人信息"))
    status = models.CharField(_("互认结论"), max_length=16, choices=RecognitionStatus.choices)
    level = models.CharField(_("互认等级"), max_length=16, choices=AbilityLevel.choices, null=True)
    agreement = models.ForeignKey(
        "provinces.Agreement", on_delete=models.PROTECT, related_name="+", verbose_name=_("合作协议")
    )
    crosswalk = models.ForeignKey(
        "assessments.LevelCrosswalk",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("等级对照"),
    )
    paper_reference = models.CharField(_("评估报告编号"), max_length=120)
    valid_until = models.DateField(_("有效期至"))
    recognised_on = models.DateField(_("互认日期"))

    objects = ReceivedRecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("外省共享结果的互认")
        verbose_name_plural = _("外省共享结果的互认")
        indexes = [models.Index(fields=["extract"], name="received_of_extract")]
        constraints = [
            models.CheckConstraint(
                name="received_by_a_row_or_not_at_all",
                condition=Q(status=RecognitionStatus.RECOGNISED, crosswalk__isnull=False, level__isnull=False)
                | Q(status=RecognitionStatus.REASSESS, crosswalk__isnull=True, level__isnull=True),
            ),
            models.CheckConstraint(name="received_has_its_original", condition=~Q(paper_reference="")),
        ]

    def __str__(self) -> str:
        return self.number
