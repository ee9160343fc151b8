"""The family's addresses, under ``/my/``."""

from django.urls import path

from residents.registry import pages

urlpatterns = [
    path("", pages.people, name="my"),
    path("people/<uuid:pk>/", pages.person, name="my_person"),
    path("people/<uuid:pk>/access-log/", pages.access_log, name="my_access_log"),
]
