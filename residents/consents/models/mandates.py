"""Who acts for a resident, and how far."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.consents.querysets import MandateQuerySet
from residents.consents.states import AgentAct, Channel, MandateStatus
from residents.registry.models import Access, Resident
from residents.registry.states import PrivateField
from sojourn.core.history import tracked
from sojourn.core.models import Versioned

IS_VALID = Q(status=MandateStatus.VALID)
IS_WITHDRAWN = Q(status=MandateStatus.WITHDRAWN)


@tracked
class Mandate(Versioned):
    """A resident lets an account act for her: what it may be shown and do, by which paper, until when.

    Nothing that tells of her health is among what an agent may be shown: the list of private fields holds none.
    """

    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="+", verbose_name=_("委托人")
    )
    agent = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("代理人账号")
    )
    may_see = ArrayField(
        models.CharField(max_length=32, choices=PrivateField.choices),
        verbose_name=_("可查看项目"),
        default=list,
        blank=True,
    )
    may_do = ArrayField(models.CharField(max_length=32, choices=AgentAct.choices), verbose_name=_("委托事项"))
    channel = models.CharField(_("办理方式"), max_length=16, choices=Channel.choices)
    proof = models.CharField(_("委托书编号"), max_length=80)
    opened_at = models.DateTimeField(_("开始时间"))
    expires_at = models.DateTimeField(_("截止时间"))
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    status = models.CharField(
        _("状态"), max_length=16, choices=MandateStatus.choices, default=MandateStatus.VALID
    )
    withdrawn_channel = models.CharField(_("撤销方式"), max_length=16, choices=Channel.choices, blank=True)
    withdrawn_proof = models.CharField(_("撤销凭证编号"), max_length=80, blank=True)
    access = models.OneToOneField(
        Access, on_delete=models.PROTECT, related_name="+", verbose_name=_("访问授权")
    )

    objects = MandateQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = _("委托书")
        verbose_name_plural = _("委托书")
        indexes = [
            *Versioned.Meta.indexes,
            models.Index(fields=["resident", "-opened_at"], name="mandate_of_resident"),
            models.Index(fields=["agent", "expires_at"], condition=IS_VALID, name="mandate_of_agent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "agent"], condition=IS_VALID, name="mandate_one_valid"
            ),
            models.CheckConstraint(
                condition=Q(may_see__contained_by=PrivateField.values)
                & Q(may_do__contained_by=AgentAct.values)
                & ~Q(may_do=[]),
                name="mandate_says_how_far",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MandateStatus.values, channel__in=Channel.values) & ~Q(proof=""),
                name="mandate_has_its_paper",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="mandate_expires"),
            models.CheckConstraint(
                condition=IS_WITHDRAWN & Q(withdrawn_channel__in=Channel.values)
                | ~IS_WITHDRAWN & Q(withdrawn_channel=""),
                name="mandate_withdrawn_by_a_channel",
            ),
            models.CheckConstraint(
                condition=IS_VALID & Q(ended_at__isnull=True) | ~IS_VALID & Q(ended_at__isnull=False),
                name="mandate_ended_when_it_is",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.opened_at:%Y-%m-%d}"
