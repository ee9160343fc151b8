"""A message is put down with what causes it, sent after that is committed, and forgotten once it is over."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from sojourn.core.actors import SYSTEM, Actor
from sojourn.core.announce import after_commit
from sojourn.core.ciphers import Undecipherable
from sojourn.core.clock import now
from sojourn.core.contacts import Lock
from sojourn.core.ids import uuid7
from sojourn.core.trail import record
from sojourn.messages import policy
from sojourn.messages.errors import NoSuchMessage, NotYourMessage
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, RECIPIENT, opened, sealed
from sojourn.messages.states import MESSAGE_FLOW, MessageKind, MessageStatus, Reason

SEND = "sojourn.messages.tasks.send"
# Longer than a channel may take (channels.LONGEST): before that nobody else tries the same message.
LEASE = timedelta(seconds=60)
# How long the next try waits after each one that failed; after the last of them nobody tries any more.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 45, 120, 300, 900, 1800))
MOST_ANNOUNCED = 500


@dataclass(frozen=True)
class Parcel:
    """What a channel is given; ``id`` is the same at every try, so that it can be known again."""

    id: UUID
    kind: MessageKind
    recipient: str = field(repr=False)
    body: str = field(repr=False)
    leased_until: datetime = field(repr=False)


@transaction.atomic
def put_message(*, kind: str, topic: str, recipient: str | Lock, body: str, expires_at: datetime) -> Message:
    """These words wait to reach this telephone, if the caller's transaction is committed at all.

    Whoever keeps a number locked hands over what locks it anew for the outbox, in place of the number.
    """
    message_id, at = uuid7(), now()
    message = Message.objects.create(
        id=message_id,
        kind=MessageKind(kind),
        topic=topic,
        recipient_cipher=sealed(recipient, message_id=message_id, column=RECIPIENT),
        body_cipher=sealed(body, message_id=message_id, column=BODY),
        put_at=at,
        next_try_at=at,
        expires_at=expires_at,
    )
    after_commit(SEND, str(message_id))
    return message


@transaction.atomic(durable=True)  # nothing is open while a channel takes its time
def claim(*, message_id: UUID) -> Parcel | None:
    """This message is ours to send until its lease ends; None where nothing is to be sent now."""
    at = now()
    message = Message.objects.due_at(at).select_for_update(skip_locked=True).filter(pk=message_id).first()
    if message is None:
        return None
    message.leased_until, message.attempts = at + LEASE, message.attempts + 1
    message.save(update_fields=["leased_until", "attempts"])
    try:
        return Parcel(
            id=message.pk,
            kind=MessageKind(message.kind),
            recipient=opened(message.recipient_cipher or "", message_id=message.pk, column=RECIPIENT),
            body=opened(message.body_cipher or "", message_id=message.pk, column=BODY),
            leased_until=message.leased_until,
        )
    except Undecipherable:
        _note_failure(message, Reason.UNREADABLE, is_final=True)
        return None


@transaction.atomic(durable=True)
def note_sent(*, parcel: Parcel, reference: str) -> bool:
    """The message was sent, once as far as this row tells; number and words are gone from it.

    A lease that ended in the meantime changes nothing about that. False where somebody else said so first.
    """
    message = Message.objects.locked().filter(pk=parcel.id, status=MessageStatus.WAITING).first()
    if message is None:
        return False
    message.sent_at, message.reference, message.reason = now(), reference, ""
    _end(message, "send")
    record(action="message.sent", actor=SYSTEM, subject=message, attempts=message.attempts)
    return True


@transaction.atomic(durable=True)
def note_failed(*, parcel: Parcel, reason: Reason, is_final: bool) -> bool:
    """The try failed: the next one waits longer, or there is none. False where the lease was no longer ours."""
    message = Message.objects.locked().filter(pk=parcel.id, leased_until=parcel.leased_until).first()
    if message is None or message.status != MessageStatus.WAITING:
        return False
    _note_failure(message, reason, is_final=is_final)
    return True


@transaction.atomic
def resend_message(*, message_id: UUID, actor: Actor) -> Message:
    """A message is tried again at once, as often as a new one, as long as it is of use."""
    message = Message.objects.managed_by(actor).locked().filter(pk=message_id).first()
    if message is None:
        raise NoSuchMessage
    if not policy.can_resend(actor, message):
        raise NotYourMessage
    message.status = MESSAGE_FLOW.after("resend", MessageStatus(message.status))
    message.attempts, message.next_try_at = 0, now()
    message.save(update_fields=["status", "attempts", "next_try_at"])
    record(action="message.resent", actor=actor, subject=message)
    after_commit(SEND, str(message.pk))
    return message


def announce_due() -> int:
    """Jobs are queued anew for the messages that wait to be tried; how many. One that is queued twice is sent once."""
    with transaction.atomic():
        due = list(
            Message.objects.due_at(now())
            .order_by("next_try_at")
            .values_list("pk", flat=True)[:MOST_ANNOUNCED]
        )
        for message_id in due:
            after_commit(SEND, str(message_id))
    return len(due)


def expire_overdue() -> int:
    """Messages that came to nothing in time lose number and words; how many."""
    overdue = Message.objects.overdue_at(now()).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(message_id) for message_id in list(overdue))


@transaction.atomic
def _expire(message_id: UUID) -> bool:
    message = Message.objects.overdue_at(now()).locked().filter(pk=message_id).first()
    if message is None:
        return False
    _end(message, "expire")
    record(action="message.expired", actor=SYSTEM, subject=message, reason=message.reason)
    return True


def _note_failure(message: Message, reason: Reason, *, is_final: bool) -> None:
    message.reason, message.leased_until = reason, None
    if is_final or message.attempts > len(BACK_OFF):
        message.status = MESSAGE_FLOW.after("give_up", MessageStatus(message.status))
        record(action="message.failed", actor=SYSTEM, subject=message, reason=reason)
    else:
        message.next_try_at = now() + BACK_OFF[message.attempts - 1]
    message.save(update_fields=["status", "reason", "leased_until", "next_try_at"])


def _end(message: Message, verb: str) -> None:
    message.status = MESSAGE_FLOW.after(verb, MessageStatus(message.status))
    message.recipient_cipher = message.body_cipher = message.leased_until = None
    message.save()
