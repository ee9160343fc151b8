"""The verbs of consents and mandates; nothing else writes them or what they open."""

from residents.consents.services.by_law import (
    Duty,
    end_legal_share,
    propose_override,
    share_by_law,
)
from residents.consents.services.extracting import erase_run_out, renew_extracts
from residents.consents.services.giving import end_consent, give_consent, scan_consent, withdraw_consent
from residents.consents.services.handing_over import settle_moves
from residents.consents.services.mandating import (
    Paper,
    end_mandate,
    give_mandate,
    scan_mandate,
    withdraw_mandate,
)
from residents.consents.services.matching import (
    confirm_match,
    dismiss_match,
    match_residents,
)
from residents.consents.services.reading import disclose, masked_facts_of
from residents.consents.services.receiving import (
    accept_arrival,
    came_with,
    hindrance_of,
    refuse_arrival,
    settle_arrivals,
)
from residents.consents.services.recognising import original_of, recognise_received, recognised_of
from residents.consents.services.sweeping import sweep
from residents.consents.services.terms import Receiver, Saying, Terms

__all__ = [
    "Duty",
    "Paper",
    "Receiver",
    "Saying",
    "Terms",
    "accept_arrival",
    "came_with",
    "confirm_match",
    "disclose",
    "dismiss_match",
    "end_consent",
    "end_legal_share",
    "end_mandate",
    "erase_run_out",
    "give_consent",
    "give_mandate",
    "hindrance_of",
    "masked_facts_of",
    "match_residents",
    "original_of",
    "propose_override",
    "recognise_received",
    "recognised_of",
    "refuse_arrival",
    "renew_extracts",
    "scan_consent",
    "scan_mandate",
    "settle_arrivals",
    "settle_moves",
    "share_by_law",
    "sweep",
    "withdraw_consent",
    "withdraw_mandate",
]
