"""The verbs of the registry; nothing else writes a resident, her key or a disclosure."""

from residents.registry.services.correcting import correct_resident, record_death
from residents.registry.services.disclosing import disclose, disclosures_of, masked_facts_of
from residents.registry.services.erasing import erase_resident
from residents.registry.services.looking_up import find_by_identity, find_by_phone, look_up_resident
from residents.registry.services.opening import Opening, close_access, open_access
from residents.registry.services.registering import NewResident, register_resident, register_residents

__all__ = [
    "NewResident",
    "Opening",
    "close_access",
    "correct_resident",
    "disclose",
    "disclosures_of",
    "erase_resident",
    "find_by_identity",
    "find_by_phone",
    "look_up_resident",
    "masked_facts_of",
    "open_access",
    "record_death",
    "register_resident",
    "register_residents",
]
