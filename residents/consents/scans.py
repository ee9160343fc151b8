"""The papers of mandates: who may look at their scans and who keeps them, and that they go with the resident."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from residents.consents import policy
from residents.consents.models import Mandate
from sojourn.core.actors import SYSTEM, Actor
from sojourn.files import owners
from sojourn.files.owners import Owner, OwnerKind
from sojourn.files.services import erase_files_of

MANDATE = "consents.mandate"


def paper_of(mandate: Mandate) -> Owner:
    """The mandate as the owner of its scan."""
    return Owner(MANDATE, mandate.pk)


def can_read(actor: Actor, mandate_id: UUID) -> bool:
    """Whoever may see the mandate; staff only after their second factor, as it shows everything in plain."""
    seen = Mandate.objects.visible_to(actor).filter(pk=mandate_id).exists()
    return seen and (actor.second_factor or not actor.is_staff)


def can_change(actor: Actor, mandate_id: UUID) -> bool:
    """The officers who record mandates."""
    mandate = Mandate.objects.visible_to(actor).select_related("resident").filter(pk=mandate_id).first()
    return mandate is not None and policy.can_record(actor, mandate.resident)


def erase(resident_id: UUID) -> None:
    """With a resident the scans of her mandates are destroyed."""
    for pk in Mandate.objects.filter(resident=resident_id).values_list("pk", flat=True):
        erase_files_of(owner=Owner(MANDATE, pk), actor=SYSTEM)


def register() -> None:
    """Files may be kept for mandates."""
    owners.register(OwnerKind(MANDATE, _("委托书"), can_read, can_change))
