"""A resident is told what was done in her name, in words that name nobody and show nothing."""

from datetime import timedelta
from uuid import UUID

from residents.registry.models import Resident
from residents.registry.safe import COLUMNS
from residents.registry.services.holding import safe_of
from residents.registry.states import PrivateField, ResidentStatus
from sojourn.accounts.services import phone_of
from sojourn.core.actors import Actor
from sojourn.core.clock import now
from sojourn.core.phones import is_mobile
from sojourn.core.trail import record
from sojourn.messages.services import put_message
from sojourn.messages.states import MessageKind

TOLD_FOR = timedelta(days=3)
# The first of her own telephones, and where she has none that of the people to be called about her.
REACHED_BY = (PrivateField.PHONE, PrivateField.CONTACT_PHONE)


def tell_resident(resident: Resident, *, topic: str, body: str, actor: Actor) -> None:
    """These words wait for her telephone, or her contact's; a fixed line is called and they are read out.

    Of a registration that went into another the one is told that stands for her. Nobody is, where no telephone is
    registered and where she died or was erased. ``body`` holds nothing personal: whoever picks up may hear it.
    """
    person = resident.person
    private = _reached_by(person) if person.status == ResidentStatus.REGISTERED else None
    if private is None:
        return
    safe, text = safe_of(person), getattr(person, COLUMNS[private])
    put_message(
        kind=MessageKind.TEXT if safe.is_mobile(private, text) else MessageKind.VOICE,
        topic=topic,
        recipient=lambda key, place: safe.first_relocked(private, text, key=key, of=place),
        body=body,
        expires_at=now() + TOLD_FOR,
    )
    record(action="resident.told", actor=actor, subject=person, topic=topic)


def tell_user(user_id: UUID, *, topic: str, body: str) -> None:
    """These words wait for the telephone by which a user signs in; nobody is told where she signs in otherwise.

    ``body`` holds nothing personal: whoever picks up may hear it.
    """
    phone = phone_of(user_id)
    if phone is None:
        return
    put_message(
        kind=MessageKind.TEXT if is_mobile(phone) else MessageKind.VOICE,
        topic=topic,
        recipient=phone,
        body=body,
        expires_at=now() + TOLD_FOR,
    )


def _reached_by(person: Resident) -> PrivateField | None:
    registered = (private for private in REACHED_BY if getattr(person, COLUMNS[private]) is not None)
    return next(registered, None)
