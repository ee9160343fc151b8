"""Residents are found by a whole identity number or phone, and that somebody looked is written down."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Model

from residents.registry import policy
from residents.registry.errors import NoSuchResident, NotYourResident, OneNumberNeeded
from residents.registry.facts import phone_number
from residents.registry.models import Resident
from residents.registry.safe import indexes_of
from residents.registry.services.counting import LOOKED_UP, refuse_spent
from residents.registry.states import PrivateField
from sojourn.accounts.models import User
from sojourn.core.actors import Actor
from sojourn.core.identifiers import resident_identity
from sojourn.core.refusals import SecondFactorNeeded
from sojourn.core.trail import record_all


@transaction.atomic
def find_by_identity(*, identity_number: str, actor: Actor) -> Resident | None:
    """The resident with this identity number, where this officer may see her; the trail keeps no number."""
    _permit(actor)
    indexes = indexes_of(PrivateField.IDENTITY_NUMBER, resident_identity(identity_number).number18)
    refuse_spent(actor)
    behind = Resident.objects.filter(identity_index__in=indexes).survivors()
    found = list(behind.visible_to(actor))
    _note(PrivateField.IDENTITY_NUMBER, found, actor)
    return found[0] if found else None


@transaction.atomic
def find_by_phone(*, phone: str, actor: Actor) -> list[Resident]:
    """The residents with this phone among their own, as far as this officer may see them; the trail keeps no phone."""
    _permit(actor)
    indexes = indexes_of(PrivateField.PHONE, phone_number(phone))
    refuse_spent(actor)
    behind = Resident.objects.filter(phone_indexes__overlap=indexes).survivors()
    found = list(behind.visible_to(actor).by_name())
    _note(PrivateField.PHONE, found, actor)
    return found


def look_up_residents(*, identity_number: str = "", phone: str = "", actor: Actor) -> list[Resident]:
    """Whom one of the two finds; that nobody was found is written down before it is said."""
    if bool(identity_number.strip()) == bool(phone.strip()):
        raise OneNumberNeeded
    if phone.strip():
        found = find_by_phone(phone=phone, actor=actor)
    else:
        bearer = find_by_identity(identity_number=identity_number, actor=actor)
        found = [bearer] if bearer else []
    if not found:
        raise NoSuchResident
    return found


def _permit(actor: Actor) -> None:
    if actor.is_staff and not actor.second_factor:
        raise SecondFactorNeeded
    if not policy.can_look_up(actor):
        raise NotYourResident


def _note(private: PrivateField, found: list[Resident], actor: Actor) -> None:
    """One line a resident found; where nobody was, one about the officer who looked."""
    subjects: Sequence[Model] = found or [User(pk=actor.user_id)]
    facts = {"looked_up_by": private, "found": len(found)}
    record_all(action=LOOKED_UP, actor=actor, lines=[(subject, facts) for subject in subjects])
