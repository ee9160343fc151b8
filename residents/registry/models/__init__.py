"""Residents and their keys, who may see them and who did; families, imports, and what happens to a registration."""

from residents.registry.models.batches import Export, ImportBatch, ImportRow
from residents.registry.models.family import CorrectionRequest, Link, LinkRequest
from residents.registry.models.life import Duplicate, LegalHold, Merge, PurgeLine, PurgeReport, Transfer
from residents.registry.models.residents import SILENCED, Access, Disclosure, Resident, ResidentKey

__all__ = [
    "SILENCED",
    "Access",
    "CorrectionRequest",
    "Disclosure",
    "Duplicate",
    "Export",
    "ImportBatch",
    "ImportRow",
    "LegalHold",
    "Link",
    "LinkRequest",
    "Merge",
    "PurgeLine",
    "PurgeReport",
    "Resident",
    "ResidentKey",
    "Transfer",
]
