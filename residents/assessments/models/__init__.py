"""Bodies and assessors, assessments, their reviews, and what other members' results count for."""

from residents.assessments.models.assessments import Assessment, EndingTold, EntryToTell, ItemReading
from residents.assessments.models.bodies import AssessmentBody, Assessor, Interest
from residents.assessments.models.recognition import LevelCrosswalk, Recognition
from residents.assessments.models.reviews import RecheckDraw, Review

__all__ = [
    "Assessment",
    "AssessmentBody",
    "Assessor",
    "EndingTold",
    "EntryToTell",
    "Interest",
    "ItemReading",
    "LevelCrosswalk",
    "RecheckDraw",
    "Recognition",
    "Review",
]
