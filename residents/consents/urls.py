"""The family's addresses of this room, under ``/my/``."""

from django.urls import path

from residents.consents import pages

urlpatterns = [
    path("people/<uuid:pk>/access-log/", pages.access_log, name="my_access_log"),
    path("people/<uuid:pk>/consents/", pages.consents, name="my_consents"),
    path("people/<uuid:pk>/consents/give/", pages.give, name="my_consent_give"),
    path("consents/<uuid:pk>/withdraw/", pages.withdraw, name="my_consent_withdraw"),
    path("mandates/<uuid:pk>/end/", pages.end_mandate, name="my_mandate_end"),
]
