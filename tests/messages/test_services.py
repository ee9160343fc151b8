"""A message is sent at least once, told sent once, and then forgotten but for the fact."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sojourn.core.actors import SYSTEM, Actor, Role
from sojourn.core.clock import frozen, now
from sojourn.core.models import AuditEntry
from sojourn.core.refusals import WrongStatus
from sojourn.messages import services
from sojourn.messages.errors import NoSuchMessage, NotYourMessage
from sojourn.messages.models import Message
from sojourn.messages.services import BACK_OFF, LEASE
from sojourn.messages.states import MESSAGE_FLOW, MessageStatus, Reason
from tests.factories.messages import PHONE, WORDS, MessageFactory
from tests.residents.dumping import dump

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor(role=Role.ADMIN, divisions=("",), second_factor=True)


def after(**time):
    return frozen(now() + timedelta(**time))


def fail(message: Message, reason: Reason = Reason.BUSY, *, is_final: bool = False) -> Message:
    parcel = services.claim(message_id=message.pk)
    services.note_failed(parcel=parcel, reason=reason, is_final=is_final)
    message.refresh_from_db()
    return message


def test_number_and_words_stand_nowhere_in_the_database():
    message = MessageFactory()

    copy = dump()

    assert str(message.pk) in copy
    assert PHONE not in copy
    assert WORDS not in copy


def test_what_is_claimed_is_what_was_put_and_shows_itself_to_nobody():
    message = MessageFactory()

    parcel = services.claim(message_id=message.pk)

    assert (parcel.recipient, parcel.body) == (PHONE, WORDS)
    assert PHONE not in repr(parcel)
    assert "004217" not in repr(parcel)


def test_a_message_shares_the_fate_of_what_causes_it():
    with transaction.atomic():
        MessageFactory()
        transaction.set_rollback(True)

    assert not Message.objects.exists()


def test_while_one_sends_it_nobody_else_does_until_the_lease_ends():
    message = MessageFactory()
    services.claim(message_id=message.pk)

    assert services.claim(message_id=message.pk) is None
    with after(seconds=LEASE.total_seconds() + 1):
        assert services.claim(message_id=message.pk) is not None


def test_a_message_that_was_sent_holds_neither_number_nor_words():
    message = MessageFactory()

    assert services.note_sent(parcel=services.claim(message_id=message.pk), reference="r-1")

    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert (message.recipient_cipher, message.body_cipher) == (None, None)
    assert message.reference == "r-1"
    assert AuditEntry.objects.filter(action="message.sent", subject_id=str(message.pk)).count() == 1


def test_a_message_that_two_sent_is_told_sent_once():
    message = MessageFactory()
    first = services.claim(message_id=message.pk)
    with after(seconds=LEASE.total_seconds() + 1):
        second = services.claim(message_id=message.pk)

        told = [services.note_sent(parcel=parcel, reference="") for parcel in (second, first)]

    assert told == [True, False]
    assert AuditEntry.objects.filter(action="message.sent").count() == 1


def test_a_slow_failure_does_not_undo_the_try_that_came_after_it():
    message = MessageFactory()
    first = services.claim(message_id=message.pk)
    with after(seconds=LEASE.total_seconds() + 1):
        services.claim(message_id=message.pk)

        assert not services.note_failed(parcel=first, reason=Reason.TIMEOUT, is_final=True)

    message.refresh_from_db()
    assert message.status == MessageStatus.WAITING
    assert message.leased_until is not None


def test_each_try_that_fails_is_followed_later_by_the_next():
    message = fail(MessageFactory())

    assert message.reason == Reason.BUSY
    assert services.claim(message_id=message.pk) is None
    with after(seconds=BACK_OFF[0].total_seconds() + 1):
        again = fail(message)
    assert again.attempts == 2
    assert again.next_try_at - now() > BACK_OFF[1]


def test_after_the_last_try_it_waits_for_a_person():
    message = MessageFactory(expires_at=now() + timedelta(days=2))

    for wait in (timedelta(0), *BACK_OFF):
        with after(hours=message.attempts, seconds=wait.total_seconds()):
            fail(message)

    assert message.status == MessageStatus.FAILED
    assert message.attempts == len(BACK_OFF) + 1
    assert message.recipient_cipher is not None


def test_a_channel_that_never_will_ends_the_tries_at_once():
    message = fail(MessageFactory(), Reason.DECLINED, is_final=True)

    assert message.status == MessageStatus.FAILED
    assert AuditEntry.objects.get(action="message.failed").facts == {"reason": "declined"}


@pytest.mark.parametrize("failed", [False, True])
def test_what_is_of_no_more_use_is_forgotten_unsent(failed):
    message = MessageFactory()
    if failed:
        fail(message, is_final=True)

    with after(minutes=11):
        assert services.expire_overdue() == 1
        assert services.expire_overdue() == 0

    message.refresh_from_db()
    assert message.status == MessageStatus.EXPIRED
    assert (message.recipient_cipher, message.body_cipher) == (None, None)


def test_what_is_being_sent_just_now_does_not_expire_under_the_sender():
    message = MessageFactory(expires_at=now() + timedelta(seconds=30))
    parcel = services.claim(message_id=message.pk)

    with after(seconds=40):
        assert services.expire_overdue() == 0
        assert services.note_sent(parcel=parcel, reference="")


def test_what_a_lost_job_left_is_queued_again(django_capture_on_commit_callbacks, monkeypatch):
    queued = []
    monkeypatch.setattr(services, "after_commit", lambda name, *ids: queued.append((name, *ids)))
    message, leased = MessageFactory(), MessageFactory()
    services.claim(message_id=leased.pk)
    queued.clear()

    assert services.announce_due() == 1

    assert queued == [("sojourn.messages.tasks.send", str(message.pk))]


def test_a_changed_ciphertext_is_given_up_and_not_sent():
    message, other = MessageFactory(), MessageFactory()
    Message.objects.filter(pk=message.pk).update(recipient_cipher=other.recipient_cipher)

    assert services.claim(message_id=message.pk) is None

    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.FAILED, Reason.UNREADABLE)


def test_an_administrator_of_the_node_has_it_tried_again():
    message = fail(MessageFactory(), is_final=True)

    services.resend_message(message_id=message.pk, actor=ADMINISTRATOR)

    assert services.claim(message_id=message.pk) is not None


@pytest.mark.parametrize("status", sorted(set(MessageStatus) - MESSAGE_FLOW.sources("resend")))
def test_what_is_over_is_not_tried_again(status):
    message = MessageFactory()
    at = {"sent_at": now()} if status == MessageStatus.SENT else {}
    Message.objects.filter(pk=message.pk).update(status=status, recipient_cipher=None, body_cipher=None, **at)

    with pytest.raises(WrongStatus):
        services.resend_message(message_id=message.pk, actor=SYSTEM)

    assert Message.objects.get(pk=message.pk).status == status
    assert not AuditEntry.objects.filter(subject_id=str(message.pk)).exists()


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (Actor(role=Role.AUDITOR, divisions=("",), second_factor=True), NotYourMessage),
        (Actor(role=Role.ADMIN, divisions=("44",), second_factor=True), NoSuchMessage),
        (Actor(role=Role.OFFICER, divisions=("44",), second_factor=True), NoSuchMessage),
        (Actor(role=Role.FAMILY), NoSuchMessage),
    ],
)
def test_nobody_else_has_it_tried_again(actor, refusal):
    message = fail(MessageFactory(), is_final=True)

    with pytest.raises(refusal):
        services.resend_message(message_id=message.pk, actor=actor)

    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED


@pytest.mark.parametrize(
    "change",
    [
        {"status": "sent"},
        {"status": "expired"},
        {"recipient_cipher": None},
        {"status": "unknown"},
        {"kind": "pigeon"},
    ],
)
def test_the_database_keeps_the_promise(change):
    message = MessageFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)


def test_there_is_no_history_of_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'outbox_%'")
        assert cursor.fetchone() == (1,)
