"""The staff's view of consents, mandates and of what travels between members."""

from residents.consents.admin import arrivals, bases, between

__all__ = ["arrivals", "bases", "between"]
