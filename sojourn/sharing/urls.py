"""The addresses of the door for other nodes."""

from django.urls import path

from sojourn.sharing import api

app_name = "sharing"
urlpatterns = [
    path("keys/", api.keys, name="keys"),
    path("heads/", api.heads, name="heads"),
    path("ping/", api.ping, name="ping"),
    path("feeds/<str:owner>/<str:resource>/<str:audience>/snapshot/", api.snapshot, name="snapshot"),
    path("pages/", api.pages, name="pages"),
    path(
        "feeds/<str:owner>/<str:resource>/<str:audience>/snapshot/<int:epoch>/<int:no>/<int:piece>/",
        api.snapshot_piece,
        name="snapshot-piece",
    ),
    path(
        "feeds/<str:owner>/<str:resource>/<str:audience>/digest/<int:epoch>/<int:no>/",
        api.digest,
        name="digest",
    ),
    path(
        "feeds/<str:owner>/<str:resource>/<str:audience>/digest/<int:epoch>/<int:no>/<int:bucket>/",
        api.bucket,
        name="bucket",
    ),
    path(
        "feeds/<str:owner>/<str:resource>/<str:audience>/pages/<int:epoch>/<int:no>/", api.page, name="page"
    ),
]
