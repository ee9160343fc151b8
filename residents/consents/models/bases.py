"""What something of a resident is opened on: her consent, or a law."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.consents.querysets import ConsentQuerySet, LegalShareQuerySet
from residents.consents.states import Channel, ConsentStatus, GivenBy, LegalShareStatus, ReceiverKind
from residents.registry.models import Access, Resident
from residents.registry.states import Ground, Purpose
from sojourn.core.history import tracked
from sojourn.core.models import Versioned

IS_GIVEN = Q(status=ConsentStatus.GIVEN)
IS_WITHDRAWN = Q(status=ConsentStatus.WITHDRAWN)
IS_LIVE = Q(status=LegalShareStatus.LIVE)


def to_one_receiver() -> Q:
    """A member by its code, a facility by its id and the member it stands in, an account by its id alone."""
    return (
        Q(receiver_kind=ReceiverKind.MEMBER, receiver_id__isnull=True) & ~Q(receiver_member="")
        | Q(receiver_kind=ReceiverKind.FACILITY, receiver_id__isnull=False) & ~Q(receiver_member="")
        | Q(receiver_kind=ReceiverKind.ACCOUNT, receiver_id__isnull=False, receiver_member="")
    )


class Basis(Versioned):
    """Which facts of a resident, to which end, for whom, on which ground and article, until when.

    ``fields`` are codes of the room's open list of facts; ``access`` opens the registry to a facility or an account
    of this node.
    """

    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="+", verbose_name=_("老年人")
    )
    purpose = models.CharField(_("用途"), max_length=32, choices=Purpose.choices)
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("共享项目"))
    receiver_kind = models.CharField(_("接收方类型"), max_length=16, choices=ReceiverKind.choices)
    receiver_member = models.CharField(_("接收省份"), max_length=6, blank=True)
    receiver_id = models.UUIDField(_("接收方"), null=True)
    ground = models.CharField(_("法定依据"), max_length=32, choices=Ground.choices)
    article = models.CharField(_("依据条文"), max_length=120)
    opened_at = models.DateTimeField(_("开始时间"))
    expires_at = models.DateTimeField(_("截止时间"))
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    access = models.OneToOneField(
        Access, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("访问授权")
    )

    class Meta(Versioned.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(fields=[]) & ~Q(article="") & Q(purpose__in=Purpose.values),
                name="%(class)s_says_what_for",
            ),
            models.CheckConstraint(condition=to_one_receiver(), name="%(class)s_to_one_receiver"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="%(class)s_expires"),
            models.CheckConstraint(
                condition=Q(access__isnull=False) | Q(receiver_kind__in=["member", "facility"]),
                name="%(class)s_account_has_access",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.get_purpose_display()}"


@tracked
class Consent(Basis):
    """A resident said yes, by whom and by which way, with a proof; taking it back is as easy.

    ``separate_fields`` are the sensitive ones to which she said yes one by one.
    """

    status = models.CharField(
        _("状态"), max_length=16, choices=ConsentStatus.choices, default=ConsentStatus.GIVEN
    )
    separate_fields = ArrayField(
        models.CharField(max_length=40), verbose_name=_("单独同意的项目"), default=list, blank=True
    )
    given_by = models.CharField(_("由谁表示同意"), max_length=16, choices=GivenBy.choices)
    channel = models.CharField(_("同意方式"), max_length=16, choices=Channel.choices)
    proof = models.CharField(_("同意凭证编号"), max_length=80)
    withdrawn_channel = models.CharField(_("撤回方式"), max_length=16, choices=Channel.choices, blank=True)
    withdrawn_proof = models.CharField(_("撤回凭证编号"), max_length=80, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta(Basis.Meta):
        verbose_name = _("个人信息处理同意")
        verbose_name_plural = _("个人信息处理同意")
        indexes = [
            *Basis.Meta.indexes,
            models.Index(fields=["resident", "-opened_at"], name="consent_of_resident"),
            models.Index(fields=["expires_at"], condition=IS_GIVEN, name="consent_running_out"),
        ]
        constraints = [
            *Basis.Meta.constraints,
            models.UniqueConstraint(
                fields=["resident", "purpose", "receiver_kind", "receiver_member", "receiver_id"],
                condition=IS_GIVEN,
                nulls_distinct=False,
                name="consent_one_given",
            ),
            models.CheckConstraint(
                condition=Q(separate_fields__contained_by=F("fields")), name="consent_separate_of_its_fields"
            ),
            models.CheckConstraint(
                condition=Q(ground=Ground.CONSENT, status__in=ConsentStatus.values)
                & Q(given_by__in=GivenBy.values, channel__in=Channel.values)
                & ~Q(proof=""),
                name="consent_was_given",
            ),
            models.CheckConstraint(
                condition=IS_WITHDRAWN & Q(ended_at__isnull=False, withdrawn_channel__in=Channel.values)
                | ~IS_WITHDRAWN & Q(withdrawn_channel=""),
                name="consent_withdrawn_by_a_channel",
            ),
            models.CheckConstraint(
                condition=IS_GIVEN & Q(ended_at__isnull=True) | ~IS_GIVEN & Q(ended_at__isnull=False),
                name="consent_ended_when_it_is",
            ),
        ]


@tracked
class LegalShare(Basis):
    """Something of a resident is opened on a law and not on her consent; she is told all the same.

    ``overrides`` is the consent she withdrew, where two people decided to share nevertheless.
    """

    status = models.CharField(
        _("状态"), max_length=16, choices=LegalShareStatus.choices, default=LegalShareStatus.LIVE
    )
    ground_code = models.CharField(_("依据代码"), max_length=40)
    reason = models.CharField(_("共享理由"), max_length=200)
    notice = models.CharField(_("告知本人的凭证编号"), max_length=80)
    overrides = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("已撤回的同意")
    )

    objects = LegalShareQuerySet.as_manager()

    class Meta(Basis.Meta):
        verbose_name = _("依法共享")
        verbose_name_plural = _("依法共享")
        indexes = [
            *Basis.Meta.indexes,
            models.Index(fields=["resident", "-opened_at"], name="legalshare_of_resident"),
            models.Index(fields=["expires_at"], condition=IS_LIVE, name="legalshare_running_out"),
        ]
        constraints = [
            *Basis.Meta.constraints,
            models.UniqueConstraint(
                fields=["resident", "purpose", "receiver_kind", "receiver_member", "receiver_id"],
                condition=IS_LIVE,
                nulls_distinct=False,
                name="legalshare_one_live",
            ),
            models.CheckConstraint(
                condition=~Q(ground=Ground.CONSENT) & ~Q(notice="") & ~Q(reason=""),
                name="legalshare_has_law_reason_and_notice",
            ),
            models.CheckConstraint(
                condition=IS_LIVE & Q(ended_at__isnull=True) | ~IS_LIVE & Q(ended_at__isnull=False),
                name="legalshare_ended_when_it_is",
            ),
        ]
