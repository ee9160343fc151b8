"""Consents, sharings by law, mandates, and what travels of residents on them."""

from residents.consents.models.bases import Basis, Consent, LegalShare
from residents.consents.models.extracts import EXTRACTS, READINGS, Extract, Reading
from residents.consents.models.mandates import Mandate

__all__ = ["EXTRACTS", "READINGS", "Basis", "Consent", "Extract", "LegalShare", "Mandate", "Reading"]
