"""What happens to a registration in its life, beside the row itself: holds, merges, hand-overs, corrections, purges."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.registry.querysets import LegalHoldQuerySet
from residents.registry.states import HoldGround
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7

RESIDENT = _("老年人")
KEPT = pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)


def _resident(related_name: str = "+", label=RESIDENT, **options) -> models.ForeignKey:
    return models.ForeignKey(
        "registry.Resident",
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name=related_name,
        **options,
    )


def _officer(label, **options) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.User", verbose_name=label, on_delete=models.PROTECT, related_name="+", **options
    )


def _said_together(fields: dict[str, str | None], when: Q) -> Q:
    """The fields stand exactly where the condition holds; ``fields`` maps each to how it looks empty."""
    full, empty = when, ~when
    for name, nothing in fields.items():
        lookup = {f"{name}__isnull": True} if nothing is None else {name: nothing}
        full, empty = full & ~Q(**lookup), empty & Q(**lookup)
    return full | empty


@tracked
class LegalHold(models.Model):
    """A case needs what is known of a resident: nothing of it is erased or purged before the hold is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = _resident("holds")
    ground = models.CharField(_("留存依据"), max_length=16, choices=HoldGround.choices)
    case = models.CharField(_("案号或文号"), max_length=80)
    reason = models.CharField(_("留存理由"), max_length=200)
    set_by = _officer(_("设定人"))
    set_at = models.DateTimeField(_("设定时间"))
    lifted_by = _officer(_("解除人"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lift_reason = models.CharField(_("解除理由"), max_length=200, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("依法留存")
        verbose_name_plural = _("依法留存")
        indexes = [models.Index(fields=["resident"], name="hold_live", condition=Q(lifted_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground__in=HoldGround.values) & ~Q(case="") & ~Q(reason=""),
                name="hold_has_its_ground",
            ),
            models.CheckConstraint(
                condition=_said_together({"lifted_by": None, "lift_reason": ""}, Q(lifted_at__isnull=False)),
                name="hold_lifted_is_whole",
            ),
        ]
        triggers = [
            KEPT,
            pgtrigger.ReadOnly(name="set_once", fields=["ground", "case", "reason", "set_by", "set_at"]),
            pgtrigger.Protect(
                name="lifted_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.case
