"""The outbox in the admin: masked, without words, for those who look after the whole node."""

import pytest
from django.urls import reverse

from sojourn.core.actors import Role
from sojourn.messages import services
from sojourn.messages.models import Message
from sojourn.messages.states import MessageStatus, Reason
from tests.factories.accounts import MembershipFactory
from tests.factories.messages import PHONE, WORDS, MessageFactory
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed() -> Message:
    message = MessageFactory()
    parcel = services.claim(message_id=message.pk)
    services.note_failed(parcel=parcel, reason=Reason.DECLINED, is_final=True)
    return message


def client_of(role: Role, division: str = ""):
    return sign_in(MembershipFactory(role=role, division_code=division).user)


def test_an_administrator_reads_why_a_message_failed_and_never_what_it_says(failed):
    client = client_of(Role.ADMIN)

    listed = client.get(reverse("admin:outbox_message_changelist")).content.decode()
    page = client.get(reverse("admin:outbox_message_change", args=[failed.pk])).content.decode()

    assert "渠道不接受这条消息" in listed
    assert "登录验证码" in listed
    assert "100******21" in page
    assert PHONE not in listed + page
    assert WORDS not in listed + page


def test_the_button_has_it_tried_again(failed):
    client = client_of(Role.ADMIN)

    client.post(reverse("admin:outbox_message_resend", args=[failed.pk]))

    failed.refresh_from_db()
    assert failed.status == MessageStatus.WAITING


def test_once_sent_not_even_the_mask_is_left():
    message = MessageFactory()
    services.note_sent(parcel=services.claim(message_id=message.pk), reference="")

    page = client_of(Role.AUDITOR).get(reverse("admin:outbox_message_change", args=[message.pk]))

    assert "已清除" in page.content.decode()
    assert "100******21" not in page.content.decode()


def test_an_officer_has_no_part_in_it(failed):
    page = client_of(Role.OFFICER, "440106").get(reverse("admin:outbox_message_changelist"))

    assert page.status_code in {302, 403}


def test_the_watchers_learn_how_many_wait_and_for_how_long(client, failed):
    MessageFactory()

    figures = client.get("/metrics").content.decode()

    assert 'sojourn_messages{status="waiting"} 1.0' in figures
    assert 'sojourn_messages{status="failed"} 1.0' in figures
    assert "sojourn_messages_oldest_seconds" in figures
