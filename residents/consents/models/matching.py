"""Whether a person stands on the registers of two members, found out without telling who she is."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.consents.querysets import MarkQuerySet, MatchingKeyQuerySet, MatchQuerySet
from residents.consents.states import Disposition
from sojourn.core.ids import uuid7
from sojourn.core.models import Versioned
from sojourn.core.querysets import LockingQuerySet
from sojourn.sharing.marking import markers_of

MARKS, MATCHES = "match_marks", "matches"


class Mark(Versioned):
    """A resident's identity number as the matching key of two members makes it: 32 bytes in hex, for one of them.

    ``resident`` stays where it was written; a copy names nobody.
    """

    other = models.CharField(_("比对省份"), max_length=6)
    key = models.CharField(_("比对密钥"), max_length=80)
    mark = models.CharField(_("比对标记"), max_length=64)
    resident = models.UUIDField(_("老年人"), null=True)

    objects = MarkQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("比对标记")
        verbose_name_plural = _("比对标记")
        triggers = [*Versioned.Meta.triggers, *markers_of(MARKS, addressed_by="other")]
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["mark", "key"], name="mark_by_mark"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["resident", "other"], name="mark_one_a_resident"),
            models.CheckConstraint(
                condition=Q(mark__regex=r"^[0-9a-f]{64}$") & ~Q(other=F("owner")), name="mark_is_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class EarlierMark(models.Model):
    """What an older key makes of the same number, for as long as the other member has marks of that key.

    It travels nowhere: a mark and its id stand for one resident under whichever key.
    """

    id = models.BigAutoField(primary_key=True)
    row = models.ForeignKey(
        Mark, on_delete=models.CASCADE, related_name="earlier", verbose_name=_("所属标记")
    )
    key = models.CharField(_("比对密钥"), max_length=80)
    mark = models.CharField(_("比对标记"), max_length=64)
    made_at = models.DateTimeField(_("生成时间"))

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("原密钥的比对标记")
        verbose_name_plural = _("原密钥的比对标记")
        indexes = [models.Index(fields=["mark", "key"], name="earliermark_by_mark")]
        constraints = [
            models.UniqueConstraint(fields=["row", "key"], name="earliermark_one_a_key"),
            models.CheckConstraint(
                condition=Q(mark__regex=r"^[0-9a-f]{64}$"), name="earliermark_is_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MatchingKey(models.Model):
    """A matching key that a member of this node uses with another: since when, and under which grant it was begun."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(_("归属省份"), max_length=6)
    other = models.CharField(_("比对省份"), max_length=6)
    key = models.CharField(_("比对密钥"), max_length=80)
    grant = models.ForeignKey(
        "sharing.Grant", on_delete=models.PROTECT, related_name="+", verbose_name=_("数据授权")
    )
    in_use_since = models.DateTimeField(_("开始使用时间"))

    objects = MatchingKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("比对密钥")
        verbose_name_plural = _("比对密钥")
        constraints = [
            models.UniqueConstraint(fields=["owner", "other", "key"], name="matchingkey_begun_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.key


class Match(Versioned):
    """What one member says of two marks that are alike; each of the two members has one, and the other's as a copy.

    ``ours`` and ``theirs`` are the marks as the owner of the row sees them.
    """

    other = models.CharField(_("对方省份"), max_length=6)
    ours = models.UUIDField(_("本方标记"))
    theirs = models.UUIDField(_("对方标记"))
    found_at = models.DateTimeField(_("发现时间"))
    disposition = models.CharField(
        _("核实结果"), max_length=16, choices=Disposition.choices, default=Disposition.OPEN
    )
    disposed_at = models.DateTimeField(_("核实时间"), null=True)
    resident = models.UUIDField(_("老年人"), null=True)

    objects = MatchQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("疑似跨省重复登记")
        verbose_name_plural = _("疑似跨省重复登记")
        triggers = [*Versioned.Meta.triggers, *markers_of(MATCHES, addressed_by="other")]
        indexes = [*Versioned.Meta.indexes, models.Index(fields=["resident"], name="match_of_resident")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "ours", "theirs"], name="match_one_a_pair"),
            models.CheckConstraint(
                condition=Q(disposition=Disposition.OPEN, disposed_at__isnull=True)
                | ~Q(disposition=Disposition.OPEN) & Q(disposed_at__isnull=False),
                name="match_disposed_when_it_is",
            ),
            models.CheckConstraint(
                condition=Q(disposition__in=Disposition.values) & ~Q(other=F("owner")),
                name="match_disposition_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} – {self.other} {self.found_at:%Y-%m-%d}"
