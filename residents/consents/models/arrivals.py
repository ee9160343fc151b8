"""Who is handed out to a member of this node by one of another, and what became of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.consents.querysets import ArrivalQuerySet
from residents.consents.states import ArrivalStatus
from sojourn.core.models import Versioned
from sojourn.sharing.marking import markers_of

ARRIVALS = "arrivals"
IS_DECIDED = Q(status__in=[ArrivalStatus.ACCEPTED, ArrivalStatus.REGISTERED, ArrivalStatus.REFUSED])


class Arrival(Versioned):
    """What the new home says of a registration that was handed out to it: the answer, under the id of the hand-over.

    It travels back to the old home, which believes nothing else. Place, number there, who decided and the registration
    here stay where they were written.
    """

    home = models.CharField(_("原户籍省份"), max_length=6)
    status = models.CharField(
        _("状态"), max_length=16, choices=ArrivalStatus.choices, default=ArrivalStatus.WAITING
    )
    opinion = models.CharField(_("不同意的理由"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    place = models.CharField(_("迁入地"), max_length=6, db_default="")
    resident_number = models.CharField(_("原编号"), max_length=32, db_default="")
    is_sample = models.BooleanField(_("样例数据"), default=False, db_default=False)
    decided_by = models.UUIDField(_("办理人"), null=True)
    resident = models.UUIDField(_("老年人"), null=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("外省迁入")
        verbose_name_plural = _("外省迁入")
        triggers = [*Versioned.Meta.triggers, *markers_of(ARRIVALS, addressed_by="home")]
        indexes = [*Versioned.Meta.indexes, models.Index(fields=["place", "status"], name="arrival_at_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ArrivalStatus.values) & ~Q(home=F("owner")), name="arrival_is_known"
            ),
            models.CheckConstraint(
                condition=Q(opinion="") ^ Q(status=ArrivalStatus.REFUSED), name="arrival_refused_says_why"
            ),
            models.CheckConstraint(
                condition=~IS_DECIDED | Q(decided_at__isnull=False), name="arrival_decided_when_it_is"
            ),
        ]

    def __str__(self) -> str:
        return self.resident_number or str(self.pk)
