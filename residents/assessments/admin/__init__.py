"""The staff's and the assessors' view of the room."""

from residents.assessments.admin import assessments, bodies, recognition, reviews
from residents.assessments.models import Assessment, Recognition
from residents.registry.admin.about import lead_to

lead_to(Assessment, Recognition, order=10)

__all__ = ["assessments", "bodies", "recognition", "reviews"]
