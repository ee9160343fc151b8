"""The registry in the admin: residents, the spreadsheets they came by, and the lists that were taken away."""

from residents.registry.admin import exports, imports, residents

__all__ = ["exports", "imports", "residents"]
