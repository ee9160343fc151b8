"""Consents, sharings by law and mandates."""

from residents.consents.models.bases import Basis, Consent, LegalShare
from residents.consents.models.mandates import Mandate

__all__ = ["Basis", "Consent", "LegalShare", "Mandate"]
