"""The room's addresses below /api/v1/."""

from sojourn.provinces.api import AgreementViewSet, DivisionViewSet, MemberViewSet, SeasonViewSet


def routes(router) -> None:
    router.register("divisions", DivisionViewSet, basename="division")
    router.register("members", MemberViewSet, basename="member")
    router.register("agreements", AgreementViewSet, basename="agreement")
    router.register("seasons", SeasonViewSet, basename="season-month")
