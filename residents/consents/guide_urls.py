"""Papers to print and fill in by hand, under ``/guide/``: for anybody."""

from django.urls import path

from residents.consents import blanks

urlpatterns = [
    path("mandate/", blanks.mandate, name="blank_mandate"),
    path("consent/", blanks.consent, name="blank_consent"),
]
