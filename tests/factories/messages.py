"""Messages on their way; invented numbers, of a range that nobody is given."""

from datetime import timedelta

import factory

from sojourn.core.clock import now
from sojourn.messages.models import Message
from sojourn.messages.services import put_message
from sojourn.messages.states import MessageKind

PHONE = "10000004321"
WORDS = "您的验证码是：004217"


class MessageFactory(factory.django.DjangoModelFactory):
    """A text that waits to be sent within ten minutes, put down by the verb."""

    class Meta:
        model = Message

    kind = MessageKind.TEXT
    topic = "sign_in_code"
    recipient = PHONE
    body = WORDS
    expires_at = factory.LazyFunction(lambda: now() + timedelta(minutes=10))

    @classmethod
    def _create(cls, model_class, *args, **kwargs) -> Message:
        return put_message(**kwargs)
