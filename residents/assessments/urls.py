"""The room's addresses below /api/v1/."""

from residents.assessments.api import AssessmentViewSet


def routes(router) -> None:
    router.register("assessments", AssessmentViewSet, basename="assessment")
