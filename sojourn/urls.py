"""The addresses of a node."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from providers.designation import urls as designation
from providers.facilities import urls as facilities
from providers.search import urls as search
from residents.assessments import urls as assessments
from residents.registry import urls as registry
from sojourn.accounts.api import token
from sojourn.provinces import urls as provinces
from sojourn.web import health, languages, modes
from sojourn.web.access import Access, declared

router = SimpleRouter()
for room in (provinces, facilities, designation, search, registry, assessments):
    room.routes(router)

SAFE = ["get", "head"]
anyone = declared(Access.PUBLIC)

urlpatterns = [
    path("", include("providers.search.urls")),
    path("guide/", include("residents.consents.guide_urls")),
    path("language/", languages.choose_language, name="language"),
    path("mode/", modes.choose_mode, name="mode"),
    path("sign-in/", include("sojourn.accounts.family_urls")),
    path("accounts/", include("sojourn.accounts.urls")),
    path("my/", include("sojourn.accounts.my_urls")),
    path("my/", include("residents.registry.urls")),
    path("my/", include("residents.assessments.urls")),
    path("my/", include("residents.consents.urls")),
    path("oauth/token/", token, name="oauth_token"),
    path("files/", include("sojourn.files.urls")),
    path("admin/", admin.site.urls),
    path("sharing/v1/", include("sojourn.sharing.urls")),
    path("api/v1/", include(router.urls)),
    path("api/v1/schema/", anyone(SpectacularAPIView.as_view(http_method_names=SAFE)), name="schema"),
    path(
        "api/v1/docs/",
        anyone(SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=SAFE)),
        name="docs",
    ),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("freshz", health.freshz, name="freshz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = "sojourn.web.errors.bad_request"
handler403 = "sojourn.web.errors.permission_denied"
handler404 = "sojourn.web.errors.page_not_found"
handler500 = "sojourn.web.errors.server_error"
