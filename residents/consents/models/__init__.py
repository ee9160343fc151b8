"""Consents, sharings by law, mandates, and what travels of residents on them or to find who stands twice."""

from residents.consents.models.arrivals import ARRIVALS, Arrival
from residents.consents.models.bases import Basis, Consent, LegalShare
from residents.consents.models.extracts import EXTRACTS, READINGS, Extract, Reading, ReceivedRecognition
from residents.consents.models.mandates import Mandate
from residents.consents.models.matching import MARKS, MATCHES, EarlierMark, Mark, Match, MatchingKey

__all__ = [
    "ARRIVALS",
    "EXTRACTS",
    "MARKS",
    "MATCHES",
    "READINGS",
    "Arrival",
    "Basis",
    "Consent",
    "EarlierMark",
    "Extract",
    "LegalShare",
    "Mandate",
    "Mark",
    "Match",
    "MatchingKey",
    "Reading",
    "ReceivedRecognition",
]
