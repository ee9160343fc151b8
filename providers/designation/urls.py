"""The room's addresses below /api/v1/."""

from providers.designation.api import DesignationViewSet


def routes(router) -> None:
    router.register("designations", DesignationViewSet, basename="designation")
