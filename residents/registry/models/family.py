"""Links between residents and those who sign in, and the requests for them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from residents.registry.querysets import CorrectionQuerySet, LinkQuerySet, RequestQuerySet
from residents.registry.states import (
    CORRECTABLE,
    OPENED_BY,
    CorrectionRefusal,
    LinkEnd,
    LinkRefusal,
    LinkStatus,
    Proof,
    Relation,
    RequestStatus,
)
from sojourn.core.history import tracked
from sojourn.core.ids import uuid7

IS_LIVE, IS_ENDED = Q(status=LinkStatus.CONFIRMED), Q(status=LinkStatus.ENDED)
IS_WAITING = Q(status=RequestStatus.WAITING)


def _user(label, **options) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.User", verbose_name=label, on_delete=models.PROTECT, related_name="+", **options
    )


@tracked
class Link(models.Model):
    """Somebody who signs in is this to a resident, by this proof, as an officer confirmed.

    The proof's number stands under the resident's own key. A link that opens her data has an access; on
    ``ends_on`` it is no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = models.ForeignKey(
        "registry.Resident", on_delete=models.PROTECT, related_name="links", verbose_name=_("老年人")
    )
    user = _user(_("用户"))
    relation = models.CharField(_("与老年人的关系"), max_length=16, choices=Relation.choices)
    proof = models.CharField(_("证明材料"), max_length=32, choices=Proof.choices)
    proof_cipher = models.TextField(_("证明材料编号（密文）"), null=True, editable=False)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("截止日期"), help_text=_("当日不再有效。"))
    status = models.CharField(
        _("状态"), max_length=10, choices=LinkStatus.choices, default=LinkStatus.CONFIRMED
    )
    access = models.OneToOneField(
        "registry.Access",
        on_delete=models.PROTECT,
        null=True,
        related_name="link",
        verbose_name=_("访问授权"),
    )
    confirmed_by = _user(_("确认人"), null=True)
    confirmed_at = models.DateTimeField(_("确认时间"))
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    end_reason = models.CharField(_("终止原因"), max_length=20, choices=LinkEnd.choices, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("亲属关系")
        verbose_name_plural = _("亲属关系")
        indexes = [models.Index(fields=["user", "status"], name="link_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "user"], condition=IS_LIVE, name="link_one_live_a_person"
            ),
            models.UniqueConstraint(
                fields=["resident"],
                condition=IS_LIVE & Q(relation=Relation.SELF),
                name="link_one_self_a_resident",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=IS_LIVE & Q(relation=Relation.SELF), name="link_one_self_a_user"
            ),
            models.CheckConstraint(
                name="link_opens_by_its_ground",
                condition=Q(relation__in=sorted(OPENED_BY), access__isnull=False)
                | (Q(access__isnull=True) & ~Q(relation__in=sorted(OPENED_BY))),
            ),
            models.CheckConstraint(name="link_ends_later", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="link_ended_is_whole",
                condition=(IS_ENDED & Q(ended_at__isnull=False) & ~Q(end_reason=""))
                | (IS_LIVE & Q(ended_at__isnull=True, end_reason="")),
            ),
            models.CheckConstraint(
                name="link_not_confirmed_by_oneself",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.get_relation_display()}"


class LinkRequest(models.Model):
    """Somebody who signs in says what she is to a person whom she names; a bureau looks whether it is so.

    What she typed stands under the node's key for contacts until that is decided, then it is blank. Whether
    there is such a resident the request does not know.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = _user(_("申请人"))
    relation = models.CharField(_("与老年人的关系"), max_length=16, choices=Relation.choices)
    proof = models.CharField(_("证明材料"), max_length=32, choices=Proof.choices)
    status = models.CharField(
        _("状态"), max_length=10, choices=RequestStatus.choices, default=RequestStatus.WAITING
    )
    name_cipher = models.TextField(_("姓名（密文）"), null=True, editable=False)
    identity_cipher = models.TextField(_("身份证号码（密文）"), null=True, editable=False)
    identity_index = models.BinaryField(_("身份证号码（盲索引）"), max_length=32, null=True, editable=False)
    proof_cipher = models.TextField(_("证明材料编号（密文）"), null=True, editable=False)
    division_code = models.CharField(_("办理单位所在区划"), max_length=6)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = _user(_("办理人"), null=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    refusal = models.CharField(_("没有通过的原因"), max_length=20, choices=LinkRefusal.choices, blank=True)
    link = models.OneToOneField(
        Link, on_delete=models.PROTECT, null=True, related_name="request", verbose_name=_("亲属关系")
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("亲属关系申请")
        verbose_name_plural = _("亲属关系申请")
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="linkrequest_of_user"),
            models.Index(fields=["division_code", "-asked_at"], name="linkrequest_of_bureau"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "identity_index"], condition=IS_WAITING, name="link_request_once"
            ),
            models.CheckConstraint(
                name="link_request_is_blank_when_over",
                condition=(
                    IS_WAITING
                    & Q(
                        name_cipher__isnull=False,
                        identity_cipher__isnull=False,
                        identity_index__isnull=False,
                        decided_at__isnull=True,
                    )
                )
                | (
                    ~IS_WAITING
                    & Q(
                        name_cipher__isnull=True,
                        identity_cipher__isnull=True,
                        identity_index__isnull=True,
                        proof_cipher__isnull=True,
                        decided_at__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="link_request_outcome_is_whole",
                condition=(Q(status=RequestStatus.GRANTED, link__isnull=False, refusal=""))
                | (Q(status=RequestStatus.REFUSED, link__isnull=True) & ~Q(refusal=""))
                | Q(
                    status__in=[RequestStatus.WAITING, RequestStatus.WITHDRAWN],
                    link__isnull=True,
                    refusal="",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.asked_at:%Y-%m-%d}"


class CorrectionRequest(models.Model):
    """Who speaks for a resident, or a facility that serves her, says what ought to be registered; her bureau decides.

    What is wanted stands under the resident's own key until that is decided; what was registered before a
    correction stays in the resident's history.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    resident = models.ForeignKey(
        "registry.Resident",
        on_delete=models.PROTECT,
        related_name="correction_requests",
        verbose_name=_("老年人"),
    )
    user = _user(_("申请人"), null=True)
    facility = models.ForeignKey(
        "facilities.Facility",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("申请机构"),
    )
    field = models.CharField(_("更正项目"), max_length=32, choices=CORRECTABLE)
    wanted_cipher = models.TextField(_("应更正为（密文）"), null=True, editable=False)
    status = models.CharField(
        _("状态"), max_length=10, choices=RequestStatus.choices, default=RequestStatus.WAITING
    )
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = _user(_("办理人"), null=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    refusal = models.CharField(
        _("没有通过的原因"), max_length=20, choices=CorrectionRefusal.choices, blank=True
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("更正申请")
        verbose_name_plural = _("更正申请")
        indexes = [models.Index(fields=["resident", "-asked_at"], name="correction_of_resident")]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "field"],
                condition=IS_WAITING & Q(facility__isnull=True),
                name="correction_one_waiting_a_field",
            ),
            models.UniqueConstraint(
                fields=["resident", "field", "facility"],
                condition=IS_WAITING,
                name="correction_one_waiting_a_facility",
            ),
            models.CheckConstraint(
                name="correction_asked_by_one",
                condition=Q(user__isnull=False, facility__isnull=True)
                | Q(user__isnull=True, facility__isnull=False),
            ),
            models.CheckConstraint(
                name="correction_is_blank_when_over",
                condition=(IS_WAITING & Q(wanted_cipher__isnull=False, decided_at__isnull=True))
                | (~IS_WAITING & Q(wanted_cipher__isnull=True, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="correction_refused_for_a_reason",
                condition=(Q(status=RequestStatus.REFUSED) & ~Q(refusal=""))
                | (~Q(status=RequestStatus.REFUSED) & Q(refusal="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.get_field_display()}"
