"""The staff's view of consents, mandates and of what travels between members."""

from residents.consents.admin import arrivals, bases, between
from residents.consents.models import Consent, LegalShare, Mandate
from residents.registry.admin.about import lead_to

lead_to(Consent, Mandate, LegalShare, order=20)

__all__ = ["arrivals", "bases", "between"]
