"""The registry in the admin: residents and their families, imports and exports, what happens to a registration."""

from residents.registry.admin import exports, family, imports, life, residents

__all__ = ["exports", "family", "imports", "life", "residents"]
