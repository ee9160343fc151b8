"""Where files are downloaded; whoever has not signed in is asked to."""

from django.urls import path

from sojourn.files import pages
from sojourn.web.access import Access, declared

urlpatterns = [
    path("<uuid:file_id>/", declared(Access.SIGNED_IN)(pages.download), name="file"),
]
