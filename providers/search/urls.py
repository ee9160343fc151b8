"""The addresses of the public search."""

from django.urls import path

from providers.search import directory_api
from providers.search.api import BaseViewSet
from providers.search.pages import compare, facility, guide, home, results, seasons, statistics

urlpatterns = [
    path("", home.home, name="home"),
    path("bases/", results.bases, name="bases"),
    path("bases/<str:number>/", facility.base, name="base"),
    path("compare/", compare.compare, name="compare"),
    path("compare/pick/", compare.pick, name="pick"),
    path("guide/", guide.guide, name="guide"),
    path("seasons/", seasons.overview, name="seasons"),
    path("seasons/<int:month>/", seasons.month, name="season-month"),
    path("seasons/rule/", seasons.rule, name="season-rule"),
    path("statistics/", statistics.statistics, name="statistics"),
]


def routes(router) -> None:
    router.register("bases", BaseViewSet, basename="api-base")
    router.register("hsds", directory_api.RootViewSet, basename="hsds")
    router.register("hsds/organizations", directory_api.OrganizationViewSet, basename="hsds-organization")
    router.register("hsds/services", directory_api.ServiceViewSet, basename="hsds-service")
    router.register("hsds/locations", directory_api.LocationViewSet, basename="hsds-location")
    router.register(
        "hsds/service_at_locations",
        directory_api.ServiceAtLocationViewSet,
        basename="hsds-service-at-location",
    )
