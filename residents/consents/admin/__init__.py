"""The staff's view of consents, mandates and of what travels between members."""

from residents.consents.admin import bases, between

__all__ = ["bases", "between"]
