"""The room's addresses: the family's under ``/my/``, the programs' below ``/api/v1/``."""

from django.urls import path

from residents.assessments import pages
from residents.assessments.api import AssessmentViewSet

urlpatterns = [
    path("people/<uuid:pk>/assessments/", pages.results, name="my_assessments"),
    path("assessments/<uuid:pk>/object/", pages.object_to, name="my_assessment_object"),
]


def routes(router) -> None:
    router.register("assessments", AssessmentViewSet, basename="assessment")
