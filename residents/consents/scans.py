"""The papers of mandates and consents: who may look at their scans, who keeps them, and that they go with her."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from residents.consents import policy
from residents.consents.models import Consent, Mandate
from residents.registry.policy import hides_places
from sojourn.core.actors import SYSTEM, Actor
from sojourn.files import owners
from sojourn.files.owners import Owner, OwnerKind
from sojourn.files.services import erase_files_of

MANDATE, CONSENT = "consents.mandate", "consents.consent"
KINDS: dict[str, type[Mandate] | type[Consent]] = {MANDATE: Mandate, CONSENT: Consent}
CALLED = {MANDATE: _("委托书"), CONSENT: _("同意书")}


def paper_of(row: Mandate | Consent) -> Owner:
    """The mandate or the consent as the owner of its scan."""
    return Owner(row._meta.label_lower, row.pk)


def can_read_of_mandate(actor: Actor, mandate_id: UUID) -> bool:
    """Whoever may see the mandate."""
    return _can_read(Mandate, actor, mandate_id)


def can_change_of_mandate(actor: Actor, mandate_id: UUID) -> bool:
    """The officers who record mandates."""
    return _can_change(Mandate, actor, mandate_id)


def can_read_of_consent(actor: Actor, consent_id: UUID) -> bool:
    """Whoever may see the consent and read the name of a facility, which the paper tells (decision 0064)."""
    row = Consent.objects.select_related("resident__merged_into").filter(pk=consent_id).first()
    if row is None or hides_places(actor, row.resident):
        return False
    return _can_read(Consent, actor, consent_id)


def can_change_of_consent(actor: Actor, consent_id: UUID) -> bool:
    """The officers who record consents."""
    return _can_change(Consent, actor, consent_id)


def _can_read(model: type[Mandate] | type[Consent], actor: Actor, pk: UUID) -> bool:
    """Staff only after their second factor, as a paper shows everything in plain."""
    seen = model.objects.visible_to(actor).filter(pk=pk).exists()
    return seen and (actor.second_factor or not actor.is_staff)


def _can_change(model: type[Mandate] | type[Consent], actor: Actor, pk: UUID) -> bool:
    row = model.objects.visible_to(actor).select_related("resident").filter(pk=pk).first()
    return row is not None and policy.can_record(actor, row.resident)


def erase(resident_id: UUID) -> None:
    """With a resident the scans of her mandates and consents are destroyed."""
    for kind, model in KINDS.items():
        for pk in model.objects.filter(resident=resident_id).values_list("pk", flat=True):
            erase_files_of(owner=Owner(kind, pk), actor=SYSTEM)


def register() -> None:
    """Files may be kept for mandates and consents."""
    owners.register(OwnerKind(MANDATE, CALLED[MANDATE], can_read_of_mandate, can_change_of_mandate))
    owners.register(OwnerKind(CONSENT, CALLED[CONSENT], can_read_of_consent, can_change_of_consent))
