"""The room's addresses below /api/v1/."""

from sojourn.provinces.api import AgreementViewSet, DivisionViewSet, MemberViewSet


def routes(router) -> None:
    router.register("divisions", DivisionViewSet, basename="division")
    router.register("members", MemberViewSet, basename="member")
    router.register("agreements", AgreementViewSet, basename="agreement")
