"""The room's addresses below /api/v1/."""

from providers.facilities.api import FacilityViewSet, OperatorViewSet


def routes(router) -> None:
    router.register("operators", OperatorViewSet, basename="operator")
    router.register("facilities", FacilityViewSet, basename="facility")
