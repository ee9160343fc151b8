"""The staff's and the assessors' view of the room."""

from residents.assessments.admin import assessments, bodies, recognition, reviews

__all__ = ["assessments", "bodies", "recognition", "reviews"]
