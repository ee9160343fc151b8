"""What must reach a person, kept until it has or until it is no more use."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sojourn.core.ids import uuid7
from sojourn.messages.querysets import MessageQuerySet
from sojourn.messages.states import READABLE, MessageKind, MessageStatus, Reason
from sojourn.messages.topics import topic_label


class Message(models.Model):
    """One message to one telephone, written in the transaction that causes it.

    Number and words stand under the node's key for contacts, and in no history: once it was sent or is of
    no more use they are gone from here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("方式"), max_length=10, choices=MessageKind.choices)
    topic = models.CharField(_("事由"), max_length=40)
    status = models.CharField(
        _("状态"), max_length=10, choices=MessageStatus.choices, default=MessageStatus.WAITING
    )
    recipient_cipher = models.TextField(_("号码（密文）"), null=True, editable=False)
    body_cipher = models.TextField(_("内容（密文）"), null=True, editable=False)
    put_at = models.DateTimeField(_("产生时间"))
    expires_at = models.DateTimeField(_("过期时间"))
    next_try_at = models.DateTimeField(_("下次发送"))
    leased_until = models.DateTimeField(_("正在发送至"), null=True)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    reason = models.CharField(_("未发出的原因"), max_length=20, choices=Reason.choices, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    reference = models.CharField(_("渠道回执"), max_length=80, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("外发消息")
        verbose_name_plural = _("外发消息")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="message_waiting",
                condition=Q(status__in=sorted(READABLE)),
            ),
            models.Index(fields=["-put_at"], name="message_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_status_known", condition=Q(status__in=sorted(MessageStatus.values))
            ),
            models.CheckConstraint(name="message_kind_known", condition=Q(kind__in=MessageKind.values)),
            models.CheckConstraint(
                name="message_is_blank_when_over",
                condition=Q(
                    status__in=sorted(READABLE),
                    recipient_cipher__isnull=False,
                    body_cipher__isnull=False,
                )
                | (
                    ~Q(status__in=sorted(READABLE))
                    & Q(recipient_cipher__isnull=True, body_cipher__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="message_sent_has_its_time",
                condition=Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~Q(status=MessageStatus.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_expires_later", condition=Q(expires_at__gt=models.F("put_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{topic_label(self.topic)} {self.get_kind_display()}"
