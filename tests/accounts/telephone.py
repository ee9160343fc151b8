"""A telephone in tests: what came to it last, and a browser that signed in by it."""

import re
from datetime import timedelta

from django.test import Client

from sojourn.accounts.models import SignInPhone, User
from sojourn.accounts.phones import index_of
from sojourn.core.clock import frozen, now
from sojourn.messages.models import Message
from sojourn.messages.sealing import BODY, RECIPIENT, opened

PHONE = "10012345678"
ASK, ENTER = "/sign-in/", "/sign-in/code/"


def last_message(phone: str = PHONE) -> Message:
    """The newest message to this telephone that was not sent yet."""
    for message in Message.objects.exclude(recipient_cipher=None).order_by("-pk"):
        if opened(message.recipient_cipher, message_id=message.pk, column=RECIPIENT) == phone:
            return message
    raise AssertionError("nothing came to this telephone")


def words_of(message: Message) -> str:
    return opened(message.body_cipher, message_id=message.pk, column=BODY)


def last_code(phone: str = PHONE) -> str:
    """The six digits of the newest code."""
    return re.search(r"\d{6}", words_of(last_message(phone)).replace("，", ""))[0]


def wrong(code: str) -> str:
    """Six digits that differ from the code's in each place."""
    return "".join(str((int(digit) + 1) % 10) for digit in code)


def sign_in_by_phone(client: Client, phone: str = PHONE, **more):
    """The browser asks for a code and types it; the answer to that."""
    client.post(ASK, {"phone": phone, **more})
    return client.post(ENTER, {"code": last_code(phone)})


def user_of(phone: str = PHONE) -> User:
    return SignInPhone.objects.select_related("user").get(phone_index=index_of(phone)).user


def later(**time):
    return frozen(now() + timedelta(**time))
