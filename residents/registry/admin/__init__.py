"""The registry in the admin: residents and their families, imports and exports, what happens to a registration."""

from residents.registry.admin import exports, family, imports, life, residents
from residents.registry.admin.about import lead_to
from residents.registry.models import CorrectionRequest, Link
from residents.registry.models.life import LegalHold, Transfer

lead_to(Link, CorrectionRequest, Transfer, LegalHold, order=30)

__all__ = ["exports", "family", "imports", "life", "residents"]
