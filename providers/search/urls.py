"""The addresses of the public search."""

from django.urls import path

from providers.search import pages
from providers.search.api import BaseViewSet

urlpatterns = [
    path("", pages.home, name="home"),
    path("bases/", pages.bases, name="bases"),
    path("bases/<str:number>/", pages.base, name="base"),
    path("statistics/", pages.statistics, name="statistics"),
]


def routes(router) -> None:
    router.register("bases", BaseViewSet, basename="api-base")
