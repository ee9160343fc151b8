"""The verbs of consents and mandates; nothing else writes them or what they open."""

from residents.consents.services.by_law import (
    Duty,
    end_legal_share,
    propose_override,
    share_by_law,
)
from residents.consents.services.giving import end_consent, give_consent, withdraw_consent
from residents.consents.services.mandating import Paper, end_mandate, give_mandate, withdraw_mandate
from residents.consents.services.sweeping import sweep
from residents.consents.services.terms import Receiver, Saying, Terms

__all__ = [
    "Duty",
    "Paper",
    "Receiver",
    "Saying",
    "Terms",
    "end_consent",
    "end_legal_share",
    "end_mandate",
    "give_consent",
    "give_mandate",
    "propose_override",
    "share_by_law",
    "sweep",
    "withdraw_consent",
    "withdraw_mandate",
]
