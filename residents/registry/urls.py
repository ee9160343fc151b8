"""The room's addresses: the family's under ``/my/``, the programs' below ``/api/v1/``."""

from django.urls import path

from residents.registry.api import CorrectionViewSet, ResidentViewSet
from residents.registry.pages import family, people

urlpatterns = [
    path("", people.people, name="my"),
    path("links/", family.links, name="my_links"),
    path("links/new/", family.ask_link, name="my_link_new"),
    path("links/requests/<uuid:pk>/withdraw/", family.withdraw, name="my_link_withdraw"),
    path("links/<uuid:pk>/end/", family.end_link, name="my_link_end"),
    path("people/<uuid:pk>/", people.person, name="my_person"),
    path("people/<uuid:pk>/see/", family.see, name="my_see"),
    path("people/<uuid:pk>/corrections/", family.corrections, name="my_corrections"),
    path("people/<uuid:pk>/whereabouts/", people.whereabouts, name="my_whereabouts"),
    path("corrections/<uuid:pk>/withdraw/", family.withdraw_correction, name="my_correction_withdraw"),
    path("people/<uuid:pk>/access/", family.access, name="my_access"),
]


def routes(router) -> None:
    router.register("residents", ResidentViewSet, basename="resident")
    router.register("corrections", CorrectionViewSet, basename="correction")
